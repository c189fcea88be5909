"""Finding stems, and keeping sets of them, from the command line."""

import json
from pathlib import Path
from typing import Any

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


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_pages_typos_and_likes_are_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer(capsys, "search", "basss", "--limit", "1")
    assert first["did_you_mean"] == "bass"
    second = answer(capsys, "search", "basss", "--limit", "1", "--cursor", first["next_cursor"])
    assert first["hits"][0]["id"] != second["hits"][0]["id"]
    liked = answer(capsys, "search", "--like", first["hits"][0]["id"], "--limit", "200")
    assert first["hits"][0]["id"] not in {hit["id"] for hit in liked["hits"]}
    assert main(["search", "bass", "--why"]) == 0
    assert "name says bass" in capsys.readouterr().out


def test_a_file_finds_what_resembles_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hit = answer(capsys, "search", "bass", "--limit", "1")["hits"][0]
    found = answer(capsys, "search", "--sound", hit["path"], "--aspect", "timbre", "--limit", "1")
    assert len(found["hits"]) == 1
    assert main(["search", "--sound", "nowhere.wav"]) == 1
    assert "there is no file" in capsys.readouterr().err


def test_collections_are_made_filled_searched_and_deleted(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hits = answer(capsys, "search", "bass", "--limit", "2")["hits"]
    ids = [hit["id"] for hit in hits]
    made = answer(capsys, "collections", "--create", "album", "--add", ids[0])
    changed = answer(capsys, "collections", made["id"], "--add", *ids)
    assert changed["added"] == [ids[1]]
    found = answer(capsys, "search", "--collection", made["id"])
    assert {hit["id"] for hit in found["hits"]} == set(ids)
    listed = answer(capsys, "collections")["collections"]
    assert [(one["name"], one["stems"]) for one in listed] == [("Favourites", 0), ("album", 2)]
    lost = answer(capsys, "collections", made["id"], "--delete")
    assert set(lost["stem_ids"]) == set(ids)
    assert main(["collections", "favourites"]) == 0
    assert "Nothing lies in it" in capsys.readouterr().out
    assert main(["collections", "--add", ids[0]]) == 1
