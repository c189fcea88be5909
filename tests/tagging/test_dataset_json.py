import json
from pathlib import Path
from typing import Any

import pytest

from src.core.errors import InvalidInputError, NotFoundError
from src.tagging.dataset_json import (
    DatasetFile,
    DatasetSample,
    read_dataset,
    spelled_keyscale,
    spelled_time_signature,
    write_dataset,
)


def sample(folder: Path, name: str = "a", **values: Any) -> DatasetSample:
    path = folder / f"{name}.wav"
    return DatasetSample(name, str(path), path.name, "techno, dark", **values)


def write(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_dataset_is_read_as_it_was_written_and_moves_with_its_folder(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    one = sample(
        here, bpm=138, keyscale="A minor", timesignature="4", duration=60, lyrics="[verse]"
    )
    write_dataset(here / "dataset.json", DatasetFile("set", (one,)), created_at="2026-01-01")
    assert read_dataset(here).samples == (one,)
    here.rename(there)
    assert read_dataset(there).samples[0].audio_path == str(there / "a.wav")


def test_the_file_has_the_fields_of_the_trainer(tmp_path: Path) -> None:
    dataset = DatasetFile("set", (sample(tmp_path, is_instrumental=True),), custom_tag="xyz")
    write_dataset(tmp_path / "d.json", dataset, created_at="2026-01-01T00:00:00")
    stored = json.loads((tmp_path / "d.json").read_text(encoding="utf-8"))
    assert stored["metadata"] == {
        "name": "set", "custom_tag": "xyz", "tag_position": "prepend", "genre_ratio": 0,
        "created_at": "2026-01-01T00:00:00", "num_samples": 1, "all_instrumental": True,
    }  # fmt: skip
    assert set(stored["samples"][0]) == {
        "id", "audio_path", "filename", "caption", "genre", "lyrics", "bpm", "keyscale",
        "timesignature", "duration", "language", "is_instrumental", "custom_tag", "labeled",
        "prompt_override",
    }  # fmt: skip
    assert stored["samples"][0]["audio_path"] == "a.wav"


@pytest.mark.parametrize("shape", ["samples", "data", "list"])
def test_shapes_of_other_tools_are_read_with_warnings(tmp_path: Path, shape: str) -> None:
    rows = [{"path": r"songs\x.mp3", "key": "am", "tempo": "92.6", "tags": ["pop", "happy"]}]
    stored: Any = rows if shape == "list" else {shape: rows}
    found = read_dataset(write(tmp_path / "other.json", stored))
    one = found.samples[0]
    assert one.audio_path == str(tmp_path / "songs" / "x.mp3")
    assert (one.keyscale, one.bpm, one.caption) == ("A minor", 93, "pop, happy")
    assert any("'key' stands for 'keyscale'" in text for text in found.warnings)


@pytest.mark.parametrize(
    ("stored", "rule"),
    [
        ({"metadata": {}}, "lists no samples"), ([1], "is an object"), ([{}], "names no file"),
        ([{"path": "a", "bpm": "fast"}], "are numbers"), ("text", "lists no samples"),
    ],
)  # fmt: skip
def test_what_is_no_dataset_is_told(tmp_path: Path, stored: Any, rule: str) -> None:
    with pytest.raises(InvalidInputError, match=rule):
        read_dataset(write(tmp_path / "d.json", stored))


def test_a_missing_dataset_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no dataset"):
        read_dataset(tmp_path)


def test_keys_and_metres_are_spelled_as_the_trainer_takes_them() -> None:
    assert [spelled_keyscale(key) for key in ("F#m", "C", None)] == ["F# minor", "C major", ""]
    assert [spelled_time_signature(beats) for beats in (4, 3, 5, None)] == ["4", "3", "", ""]
