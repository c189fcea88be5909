"""Names of standardised copies."""

from pathlib import Path

import pytest

from src.core.config import Settings
from src.storage.stem_copies import copied_stems, copy_in, copy_path, stem_of_copy

STEM = "0123456789abcdef"


def test_the_row_and_the_file_name_the_same_place() -> None:
    settings = Settings(TRAUM_HOME=Path("/home"))
    assert settings.processed_path / copy_path(STEM) == copy_in(settings.stems_path, STEM)


def test_a_copy_tells_whose_it_is() -> None:
    assert stem_of_copy(copy_in(Path("stems"), STEM).name) == STEM


@pytest.mark.parametrize(
    "name", [f"{STEM}.flac", f"{STEM}a.wav", f".{STEM}.wav", "kick.wav", STEM.upper() + ".wav"]
)
def test_other_files_are_nobodys_copy(name: str) -> None:
    assert stem_of_copy(name) is None


def test_only_copies_count_among_the_files_of_their_folder(tmp_path: Path) -> None:
    assert copied_stems(tmp_path / "missing") == set()
    copy_in(tmp_path, STEM).touch()
    (tmp_path / "notes.txt").touch()
    assert copied_stems(tmp_path) == {STEM}
