"""``matches``, and presets of levels, from the command line."""

import json
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


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_words_find_the_stem_and_matches_are_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "matches", "Bass 120", "--limit", "3")
    assert len(found["matches"]) == 3
    scores = [match["score"] for match in found["matches"]]
    assert scores == sorted(scores, reverse=True)
    again = answer(capsys, "matches", found["stem_id"], "--limit", "3")
    assert again == found


def test_matches_can_be_narrowed_and_explained(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drums = answer(capsys, "matches", "Bass 120", "--category", "drums")["matches"]
    assert {match["category"] for match in drums} == {"drums"}
    assert main(["matches", "Bass 120", "--category", "drums", "--why"]) == 0
    told = capsys.readouterr().out
    assert "tempo: " in told
    assert "variety: the only drums" in told


def test_commands_take_the_filters_of_the_api(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "search", "--bpm", "119..121", "--limit", "50")["hits"]
    assert found
    assert {hit["bpm"] for hit in found} == {120.0}
    matched = answer(capsys, "matches", found[0]["id"], "--bpm", "119..121", "--limit", "50")
    assert {match["bpm"] for match in matched["matches"]} == {120.0}
    assert main(["search", "--bpm", "fast"]) == 1
    assert "a range must be a number" in capsys.readouterr().err


def test_the_id_that_a_search_prints_is_taken_by_the_next_command(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", "Bass 120", "--limit", "1"]) == 0
    stem_id = capsys.readouterr().out.split()[1]
    assert answer(capsys, "matches", stem_id)["stem_id"] == stem_id


def test_unknown_company_is_an_error(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matches", "Bass 120", "--beside", "nobody"]) == 1
    assert "there is no stem 'nobody'" in capsys.readouterr().err


def test_a_track_is_mastered_as_asked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = {"bpm": 120, "structure": [{"bars": 4, "stem_queries": [{"category": "drums"}]}]}
    (home / "plan.json").write_text(json.dumps(plan))
    track = answer(capsys, "render", str(home / "plan.json"), "--mastering", "premaster")
    assert track["plan"]["mastering"] == track["mix"]["preset"] == "premaster"
    assert track["mix"]["sample_peak_dbfs"] == pytest.approx(-6.0, abs=0.05)
