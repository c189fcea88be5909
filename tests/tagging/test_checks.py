from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from src.tagging.checks import check_dataset
from src.tagging.dataset_json import DatasetFile, DatasetSample
from src.tagging.records import FieldSource, SongMeasures, SongRecord


@pytest.fixture
def good(tmp_path: Path) -> DatasetSample:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    return DatasetSample(
        "a", str(path), "a.wav", "techno, dark", lyrics="[verse]\nla", bpm=138,
        keyscale="A minor", timesignature="4", duration=60,
    )  # fmt: skip


def codes(*samples: DatasetSample, records: Any = None, warnings: Any = ()) -> set[str]:
    dataset = DatasetFile("set", samples, warnings=tuple(warnings))
    return {one.code for one in check_dataset(dataset, records)}


def test_a_good_set_has_no_findings(good: DatasetSample) -> None:
    assert codes(good) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"audio_path": "/nowhere/x.wav"}, "missing_file"), ({"caption": " "}, "no_caption"),
        ({"caption": "x" * 512}, "caption_length"), ({"bpm": 20}, "tempo_range"),
        ({"bpm": None}, "no_tempo"), ({"keyscale": "H sharpish"}, "key_name"),
        ({"keyscale": ""}, "no_key"), ({"timesignature": "5"}, "time_signature"),
        ({"duration": 700}, "duration_range"), ({"duration": 300}, "duration_cut"),
        ({"lyrics": "x" * 4096}, "lyrics_length"), ({"lyrics": ""}, "no_lyrics"),
        ({"lyrics": "[hook]\nla"}, "structure_tag"), ({"lyrics": "sch\ufffdn"}, "encoding"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(good: DatasetSample, change: Any, code: str) -> None:
    assert codes(replace(good, **change)) == {code}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"drift": 0.05}, "tempo_drift"), ({"tempo_changes": 1}, "tempo_drift"),
        ({"clipped": 0.01}, "clipping"), ({"silent": 0.5}, "silence"),
    ],
)  # fmt: skip
def test_what_was_measured_is_checked(good: DatasetSample, change: Any, code: str) -> None:
    record = SongRecord("a.wav", "1", measures=SongMeasures(60.0, **change))
    assert codes(good, records={"a.wav": record}) == {code}


def test_sources_that_disagree_are_shown(good: DatasetSample) -> None:
    source = FieldSource("measured", 0.9, (("model", "93 bpm"),))
    record = SongRecord("a.wav", "1", sources={"bpm": source})
    assert codes(good, records={"a.wav": record}) == {"disagreement"}


def test_the_same_sound_twice_is_an_error(good: DatasetSample) -> None:
    twin = replace(good, id="b", filename="b.wav")
    records = {name: SongRecord(name, "same") for name in ("a.wav", "b.wav")}
    assert codes(good, twin, records=records) == {"duplicate"}
    assert "duplicate_id" in codes(good, good)


def test_a_set_of_one_tempo_and_key_is_told(good: DatasetSample, tmp_path: Path) -> None:
    several = []
    for number in range(4):
        path = tmp_path / f"{number}.wav"
        path.write_bytes(b"")
        several.append(replace(good, id=str(number), audio_path=str(path), filename=path.name))
    assert codes(*several) == {"one_tempo", "one_key"}
    several[0] = replace(several[0], bpm=90, keyscale="C major")
    assert codes(*several) == set()


def test_errors_stand_before_warnings(good: DatasetSample) -> None:
    found = check_dataset(DatasetFile("s", (replace(good, bpm=None, caption=""),), warnings=("x",)))
    assert [one.level for one in found] == ["error", "warning", "warning"]
    assert codes() == {"empty"}
