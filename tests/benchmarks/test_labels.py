from pathlib import Path

import pytest

from benchmarks.labels import Label, label_of, read_labels, sources
from src.core.errors import InvalidInputError


def _folder(tmp_path: Path, table: str, *names: str) -> Path:
    (tmp_path / "labels.csv").write_bytes(table.encode())
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"sound")
    return tmp_path


def test_all_columns_are_read_in_any_order_and_case(tmp_path: Path) -> None:
    table = (
        "\ufeffBPM,relpath,source,category,is_loop,key,key_evidence\n"
        "120.0,My Kit #1/a é & b.wav,one,drumloop,1,,\n"
        ",c.wav,two,Hi-Hat,false,8A,root-note\n"
    )
    read = read_labels(_folder(tmp_path, table, "My Kit #1/a é & b.wav", "c.wav"))
    assert read.rows == (
        Label("My Kit #1/a é & b.wav", "one", "drums", ("drums",), True, 120.0),
        Label("c.wav", "two", "hihat", ("hihat",), False, None, "Am", True),
    )
    assert not read.doubts
    assert sources(read.rows) == ["one", "two"]


def test_a_table_of_paths_alone_knows_nothing_and_doubts_nothing(tmp_path: Path) -> None:
    read = read_labels(_folder(tmp_path, "relpath\na.wav\n", "a.wav"))
    assert read.rows == (Label("a.wav"),)
    assert not read.doubts


def test_rows_with_too_few_or_too_many_cells_are_read(tmp_path: Path) -> None:
    table = "relpath,source,bpm\na.wav\nb.wav,s,90,more,and more\n"
    read = read_labels(_folder(tmp_path, table, "a.wav", "b.wav"))
    assert [row.bpm for row in read.rows] == [None, 90.0]


def test_a_missing_file_is_told_and_left_out(tmp_path: Path) -> None:
    read = read_labels(_folder(tmp_path, "relpath\na.wav\ngone.wav\n", "a.wav"))
    assert [row.relpath for row in read.rows] == ["a.wav"]
    assert "gone.wav" in read.doubts[0]


def test_a_folder_without_labels_or_without_paths_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"labels\.csv"):
        read_labels(tmp_path)
    with pytest.raises(InvalidInputError, match="relpath"):
        read_labels(_folder(tmp_path, "path,bpm\na.wav,120\n"))


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1", True), ("0", False), ("TRUE", True), ("False", False), ("yes", True), ("", None),
     ("one-shot", False), ("perhaps", None)],
)  # fmt: skip
def test_loops_are_told_in_many_words(cell: str, value: bool | None) -> None:
    assert label_of({"relpath": "a", "is_loop": cell}, []).is_loop is value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("120", 120.0), ("120.0", 120.0), ("87,5 BPM", 87.5), ("fast", None), ("0", None),
     ("inf", None), ("", None)],
)  # fmt: skip
def test_tempos_are_positive_numbers(cell: str, value: float | None) -> None:
    assert label_of({"relpath": "a", "bpm": cell}, []).bpm == value


@pytest.mark.parametrize(
    ("cell", "value"),
    [("A minor", "Am"), ("8A", "Am"), ("Abm", "Abm"), ("G#min", "Abm"), ("A# major", "Bb"),
     ("C", "C"), ("Q", None), ("", None)],
)  # fmt: skip
def test_keys_are_read_in_common_spellings(cell: str, value: str | None) -> None:
    assert label_of({"relpath": "a", "key": cell}, []).key == value


def test_what_makes_no_sense_is_told_with_its_file() -> None:
    doubts: list[str] = []
    row = {"relpath": "a.wav", "bpm": "fast", "key": "Q", "is_loop": "2", "category": "zither"}
    read = label_of(row, doubts)
    assert (read.bpm, read.key, read.is_loop, read.right_categories) == (None, None, None, ())
    assert len(doubts) == 4
    assert all(doubt.startswith("a.wav: ") for doubt in doubts)


def test_other_is_not_scored_and_chords_are_any_tonal_category() -> None:
    assert label_of({"relpath": "a", "category": "other"}, []).right_categories == ()
    chord = label_of({"relpath": "a", "category": "chord"}, [])
    assert {"pad", "keys", "synth"} <= set(chord.right_categories)
    assert "drums" not in chord.right_categories
