"""Names from outside stay inside."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.storage.paths import (
    free_path,
    library_path,
    original_text,
    path_of,
    printable,
    safe_join,
    safe_name,
)


@pytest.mark.parametrize(
    "name",
    ["", "..", "../x", "a/../../x", "/etc/passwd", "C:\\x", "\\\\host\\x", "a\x00b", ".",
     "a\\..\\..\\b", "con", "Kit/NUL.wav"],
)  # fmt: skip
def test_names_that_would_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError):
        safe_join(tmp_path, name)


def test_a_link_that_points_outside_is_refused(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "out").symlink_to(tmp_path)
    with pytest.raises(InvalidInputError, match="stay inside"):
        safe_join(tmp_path / "inside", "out/secret.wav")


def test_folders_and_odd_letters_inside_are_fine(tmp_path: Path) -> None:
    assert safe_join(tmp_path, "Kit 1/ünï 🥁.wav") == tmp_path / "Kit 1" / "ünï 🥁.wav"
    assert safe_join(tmp_path, "./a//b.wav") == tmp_path / "a" / "b.wav"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("kick.wav", "kick.wav"),
        ("../../etc/passwd", "passwd"),
        ("C:\\kits\\snare.wav", "snare.wav"),
        (".hidden.wav", "hidden.wav"),
        ("a\nb\tc.wav", "a_b_c.wav"),
        ("...", "unnamed"),
        ("nul.wav", "_nul.wav"),
        ("e\u0301.wav", "é.wav"),
    ],
)
def test_a_strangers_name_becomes_one_plain_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.text())
def test_any_name_becomes_one_that_can_be_written(name: str) -> None:
    safe = safe_name(name)
    assert 0 < len(safe.encode("utf-8")) <= 200
    assert safe not in (".", "..")
    assert not set(safe) & set("/\\\x00\n")
    assert safe_join(Path("/nowhere"), safe).name == safe


@given(st.binary(min_size=1).filter(lambda raw: b"\x00" not in raw))
def test_every_name_a_disk_can_hold_is_kept_as_text_and_found_again(raw: bytes) -> None:
    name = os.fsdecode(raw)
    text = printable(name)
    text.encode("utf-8")
    assert original_text(text) == name


def test_files_of_the_library_are_written_down_relative_to_it(tmp_path: Path) -> None:
    inside = tmp_path / "raw" / "Kit" / os.fsdecode(b"\xff.wav")
    assert library_path(inside, tmp_path / "raw") == "Kit/\\xff.wav"
    assert path_of("Kit/\\xff.wav", tmp_path / "raw") == inside
    outside = tmp_path / "elsewhere" / "a.wav"
    assert library_path(outside, tmp_path / "raw") == str(outside)
    assert path_of(str(outside), tmp_path / "raw") == outside


def test_the_first_free_name_is_found(tmp_path: Path) -> None:
    assert free_path(tmp_path / "a.wav") == tmp_path / "a.wav"
    (tmp_path / "a.wav").touch()
    (tmp_path / "a (2).wav").symlink_to("nowhere")
    assert free_path(tmp_path / "a.wav") == tmp_path / "a (3).wav"
    assert free_path(tmp_path / "a.wav", tried=6) == tmp_path / "a (7).wav"
