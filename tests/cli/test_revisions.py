"""Explaining and changing rendered tracks from the command line."""

import argparse
import json
import shutil
from pathlib import Path

import pytest

from src.cli import main
from src.cli.revisions import add_options, edits_of
from src.core.errors import InvalidInputError
from src.music.arranging.plan_edits import (
    Level,
    Mute,
    Reroll,
    SetEnding,
    SetEntry,
    SetKey,
    SetLength,
    SetMoods,
    SetTempo,
    Swap,
)


def edits(*words: str) -> list:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return edits_of(parser.parse_args(["track", *words]))


def test_every_option_is_an_edit() -> None:
    assert edits("--swap", "bass=b1", "--swap", "kick") == [Swap("bass", "b1"), Swap("kick")]
    assert edits("--mute", "hihat@Drop 2", "--unmute", "pad") == [
        Mute("hihat", ("Drop 2",)),
        Mute("pad", (), on=False),
    ]
    assert edits("--reroll", "Drop", "--level", "bass=-3") == [Reroll("Drop"), Level("bass", -3.0)]
    assert edits("--bars", "64", "--bpm", "128", "--key", "Am") == [
        SetLength(64, None),
        SetTempo(128.0),
        SetKey("Am"),
    ]
    assert edits("--mood", "dark", "--mood", "warm") == [SetMoods(("dark", "warm"))]


def test_entries_exits_and_endings_are_edits() -> None:
    assert edits("--enter", "bass@Drop 2:9", "--exit", "kick@Intro:5") == [
        SetEntry("bass", "Drop 2", enters_bar=9),
        SetEntry("kick", "Intro", exits_bar=5),
    ]
    assert edits("--fade", "10") == [SetEnding("fade", 10.0)]
    assert edits("--cold-end") == [SetEnding("cold")]
    with pytest.raises(InvalidInputError, match="written as bass@Drop:9, got 'bass@9'"):
        edits("--enter", "bass@9")


def test_a_level_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="got 'bass=loud'"):
        edits("--level", "bass=loud")


def test_a_track_is_generated_explained_revised_and_listed(
    capsys: pytest.CaptureFixture[str], demo_library: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(demo_library, home)

    def run(*words: str) -> dict:
        assert main([*words, "--json", "--library", str(home)]) == 0
        return json.loads(capsys.readouterr().out)

    first = run("generate", "techno 138 bpm, 16 bars", "--seed", "1")
    voices = {voice["voice"]: voice for voice in run("explain", first["track_id"])["voices"]}
    others = run("suggest", first["track_id"], "kick")["stems"]
    assert voices["kick"]["stem_id"] not in {other["stem_id"] for other in others}
    revised = run("revise", first["track_id"], "--swap", f"kick={others[0]['stem_id']}")
    after = {stem["voice"]: stem["stem_id"] for stem in revised["stems"]}
    before = {name: voice["stem_id"] for name, voice in voices.items()}
    assert after == before | {"kick": others[0]["stem_id"]}
    listed = run("tracks")["items"]
    assert [(item["id"], item["parent_id"]) for item in listed] == [
        (revised["track_id"], first["track_id"]),
        (first["track_id"], None),
    ]


def test_a_revision_without_a_change_is_refused(
    capsys: pytest.CaptureFixture[str], demo_library: Path
) -> None:
    assert main(["revise", "nobody", "--library", str(demo_library)]) == 1
    assert "revise --help" in capsys.readouterr().err
