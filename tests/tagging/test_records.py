from pathlib import Path

import pytest

from src.core.errors import InvalidInputError
from src.tagging.policy import SongTags
from src.tagging.records import FieldSource, SongMeasures, SongRecord, read_record, write_record

RECORD = SongRecord(
    "a.wav", "abc", title="A", tags=SongTags(("techno",), 138, "minor key", vocal="instrumental"),
    key="Am", sources={"bpm": FieldSource("measured", 0.9, (("file", "120"),))},
    measures=SongMeasures(61.5, 138.0, key_changes=((30.0, "Bm"),), sections=((0.0, "A"),)),
    written={"a_prompt.txt": "1234"},
)  # fmt: skip


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_record(tmp_path / "x" / "a.json", RECORD)
    assert read_record(tmp_path / "x" / "a.json") == RECORD


def test_no_record_and_one_of_another_version_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    assert read_record(path) is None
    path.write_text('{"version": 0}', encoding="utf-8")
    assert read_record(path) is None


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 1}', '{"version": 1, "tags": 3}'])
def test_a_file_that_is_no_record_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="no record"):
        read_record(path)


def test_the_vocal_type_says_whether_somebody_sings() -> None:
    assert RECORD.is_instrumental
    assert not SongRecord(
        "a", "b", tags=SongTags(vocal="duet"), lyrics_state="instrumental"
    ).is_instrumental
    assert SongRecord("a", "b", lyrics_state="instrumental").is_instrumental
