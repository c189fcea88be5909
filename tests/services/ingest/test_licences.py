"""A kit's licence goes to its stems."""

import os
from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.services.ingest.licences import MAX_CHARACTERS, KitLicences
from src.services.preprocessor import NeuroAnalyzer
from tests.services.library_files import rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CC0-1.0\n\nTo the extent possible ...", "CC0-1.0"),
        ("\ufeff\r\n# MIT  License #\r\nCopyright", "MIT License"),
        ("=======\nRoyalty\x00 free\n", "Royalty free"),
        ("x" * 900, "x" * MAX_CHARACTERS),
        ("\n \n", None),
    ],
)
def test_the_first_line_that_says_something_counts(
    tmp_path: Path, text: str, told: str | None
) -> None:
    (tmp_path / "Kit").mkdir()
    (tmp_path / "Kit" / "LICENSE.txt").write_text(text, encoding="utf-8", newline="")
    assert KitLicences(tmp_path).of("Kit/One Shots/kick.wav") == told


def test_the_nearest_file_up_to_the_kit_counts(tmp_path: Path) -> None:
    inner = tmp_path / "Kit" / "Drums"
    inner.mkdir(parents=True)
    (tmp_path / "LICENSE.txt").write_text("of the whole folder, no kit's")
    (inner / "COPYING").write_text("of the drums")
    licences = KitLicences(tmp_path)
    assert licences.of("Kit/Drums/kick.wav") == "of the drums"
    assert licences.of("Kit/bass.wav") is None
    assert licences.of("loose.wav") is None


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    kit = tmp_path / "Kit"
    kit.mkdir()
    os.mkfifo(kit / "LICENSE.txt")
    (kit / "LICENSE").mkdir()
    (kit / "LICENCE.md").write_text("CC-BY 4.0")
    assert KitLicences(tmp_path).of("Kit/kick.wav") == "CC-BY 4.0"


def test_an_import_writes_it_on_the_stems(settings: Settings) -> None:
    raw = settings.raw_path
    write_sound(raw / "Kit" / "Drums" / "kick.wav", seed=1)
    write_sound(raw / "Other" / "snare.wav", seed=2)
    (raw / "Kit" / "LICENSE.txt").write_text("CC-BY-4.0\n")
    database = Database(settings.sql_url)
    database.upgrade()
    NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN).run()
    assert rows_of(database, "stems", "name", "licence") == [("kick", "CC-BY-4.0"), ("snare", None)]
    database.close()
