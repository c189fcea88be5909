"""Every id that a command prints is taken by the next one."""

import re
from pathlib import Path

import pytest

from src.cli import main
from src.core.config import Settings
from src.wiring import build_services
from tests.services.small_library import fill_library, made_stems


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    services = build_services(Settings(TRAUM_HOME=tmp_path))
    fill_library(services.database, services.settings, services.embedder, made_stems())
    services.close()
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    code = main([*words, "--quiet"])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    return captured.out


def ids(text: str) -> list[str]:
    """The second word of each line of a search, the first of other lists."""
    return re.findall(r"(?m)^(?:\d\.\d\d  )?([0-9a-f-]{12,36})\b", text)


def test_from_a_search_to_an_export(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stems = ids(said(capsys, "search", "", "--limit", "50"))
    assert len(stems) > 5
    assert said(capsys, "matches", stems[0])
    (collection,) = ids(said(capsys, "collections", "--create", "All", "--add", *stems))
    assert sorted(ids(said(capsys, "collections", collection))) == sorted(stems)
    words = ("generate", "techno 130 bpm, 8 bars", "--palette", collection)
    found = re.search(r"(?m)^track (\S+)$", said(capsys, *words))
    assert found is not None
    assert ids(said(capsys, "tracks")) == [found[1]]
    assert "score" in said(capsys, "explain", found[1])
    (revised,) = ids(said(capsys, "revise", found[1], "--bars", "4"))
    assert said(capsys, "export", revised, "--formats", "midi")
    assert ids(said(capsys, "exports")) == [revised]
    assert "deleted" in said(capsys, "export", revised, "--delete")


def test_a_palette_holds_and_is_checked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "techno, 8 bars", "--palette", "favourites"]) == 1
    assert "the palette has no stem" in capsys.readouterr().err
    assert main(["generate", "techno, 8 bars", "--palette", "nowhere"]) == 1
    assert "there is no kit 'nowhere'" in capsys.readouterr().err
