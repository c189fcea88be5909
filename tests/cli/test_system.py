import json
from pathlib import Path

import numpy as np
import pytest

from src.cli.program import main
from src.core.config import Settings
from src.services.tracks.render_store import render_cache


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    kept = render_cache(Settings(TRAUM_HOME=tmp_path))
    kept.put("a", [np.ones((2, 500), np.float32)])
    kept.put("b", [np.ones((2, 500), np.float32)])
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    assert main(["cache", "--json", *words]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_cache_tells_its_size_and_can_be_cleared(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = told(capsys)
    assert (before["entries"], before["limit_bytes"]) == (2, 2_000_000_000)
    assert before["folder"] == str(home / "processed_database" / "render_cache")
    assert told(capsys, "--clear")["removed"] == 2
    assert told(capsys)["size_bytes"] == 0


def test_cache_says_when_it_is_switched_off(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RENDER_CACHE_MB", "0")
    assert main(["cache"]) == 0
    assert "RENDER_CACHE_MB=0" in capsys.readouterr().out
