"""A kit's licence goes to its stems."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from src.core.config import Settings
from src.db.database import Database
from src.db.models import Stem
from src.db.rows.corrections import set_said
from src.services.ingest.licences import KitLicences
from src.services.preprocessor import NeuroAnalyzer
from src.storage.licence_texts import MAX_CHARACTERS
from tests.services.library_files import rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("CC0-1.0\n\nTo the extent possible ...", "CC0-1.0"),
        ("\ufeff\r\n# MIT  License #\r\nCopyright", "MIT License"),
        ("=======\nRoyalty\x00 free\n", "Royalty free"),
        ("Creative Commons Legal Code\n\nCC0 1.0 Universal\n\n  ...", "CC0 1.0 Universal"),
        ("x" * 900, "x" * MAX_CHARACTERS),
        ("\n \n", None),
    ],
)
def test_the_first_line_that_says_something_counts(
    tmp_path: Path, text: str, reported: str | None
) -> None:
    (tmp_path / "Kit").mkdir()
    (tmp_path / "Kit" / "LICENSE.txt").write_text(text, encoding="utf-8", newline="")
    assert KitLicences(tmp_path).of("Kit/One Shots/kick.wav") == reported


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


FREESOUND = """Sound pack downloaded from Freesound
----------------------------------------

"claps" by ada

Licenses in this pack

  * 512340__ada__clap-one.wav
    * url: https://freesound.org/s/512340/
    * license: Attribution 4.0
  * 512341__ada__clap-two.aiff
    * url: https://freesound.org/s/512341/
    * license: Creative Commons 0
"""


def test_each_sound_of_a_freesound_pack_has_its_own_licence(tmp_path: Path) -> None:
    pack = tmp_path / "512__ada__claps"
    pack.mkdir()
    (pack / "_readme_and_license.txt").write_text(FREESOUND)
    licences = KitLicences(tmp_path)
    assert licences.of("512__ada__claps/512340__ada__clap-one.wav") == "Attribution 4.0"
    assert licences.of("512__ada__claps/512341__ada__Clap-Two.wav") == "Creative Commons 0"
    assert licences.of("512__ada__claps/other.wav") is None
    (pack / "LICENSE.txt").write_text("CC BY-SA 4.0")
    licences = KitLicences(tmp_path)
    assert licences.of("512__ada__claps/512340__ada__clap-one.wav") == "Attribution 4.0"
    assert licences.of("512__ada__claps/other.wav") == "CC BY-SA 4.0"


def test_a_licence_comes_before_a_readme_and_other_encodings_are_read(tmp_path: Path) -> None:
    (tmp_path / "Kit").mkdir()
    (tmp_path / "Kit" / "readme.txt").write_text("License: CC BY 4.0")
    assert KitLicences(tmp_path).of("Kit/kick.wav") == "CC BY 4.0"
    (tmp_path / "Kit" / "License.txt").write_bytes("Für alle frei".encode("utf-16"))
    assert KitLicences(tmp_path).of("Kit/kick.wav") == "Für alle frei"
    (tmp_path / "Kit" / "License.txt").write_bytes("Für alle frei".encode("cp1252"))
    assert KitLicences(tmp_path).of("Kit/kick.wav") == "Für alle frei"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_licence_above_the_kit_counts_where_the_kit_has_none(tmp_path: Path) -> None:
    write(tmp_path / "Label" / "LICENSE.txt", "CC BY 4.0")
    write(tmp_path / "Label" / "Kit 02" / "License.txt", "CC0")
    licences = KitLicences(tmp_path)
    assert licences.of("Label/Kit 01/Drums/kick.wav") == "CC BY 4.0"
    assert licences.of("Label/Kit 02/Drums/kick.wav") == "CC0"


def test_a_folder_that_only_holds_a_licence_speaks_for_what_lies_beside_it(tmp_path: Path) -> None:
    write(tmp_path / "Pack" / "License" / "Vendor.txt", "Royalty-free for all")
    write(tmp_path / "Other" / "Docs" / "notes.txt", "License: CC0")
    licences = KitLicences(tmp_path)
    assert licences.of("Pack/Loops/beat.wav") == "Royalty-free for all"
    assert licences.of("Other/Loops/beat.wav") is None


def test_outside_the_library_the_imported_folder_is_asked_and_nothing_above_it(
    tmp_path: Path,
) -> None:
    write(tmp_path / "Downloads" / "LICENSE.txt", "of something else")
    write(tmp_path / "Downloads" / "Pack" / "License.txt", "CC BY 4.0")
    location = (tmp_path / "Downloads" / "Pack" / "Kit 01" / "kick.wav").as_posix()
    raw, pack = tmp_path / "raw", tmp_path / "Downloads" / "Pack"
    assert KitLicences(raw, pack).of(location) == "CC BY 4.0"
    assert KitLicences(raw).of(location) is None
    (pack / "License.txt").unlink()
    assert KitLicences(raw, pack).of(location) is None


def test_a_licence_that_comes_later_reaches_stems_without_one(settings: Settings) -> None:
    raw = settings.raw_path
    write_sound(raw / "Kit" / "kick.wav", seed=1)
    write_sound(raw / "Kit" / "snare.wav", seed=2)
    write_sound(raw / "Other" / "hat.wav", seed=3)
    database = Database(settings.sql_url)
    database.upgrade()
    analyzer = NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN)
    analyzer.run()
    with database.transaction() as session:
        snare = session.scalars(select(Stem).where(Stem.name == "snare")).one()
        set_said(snare, {"licence": ""})
    write(raw / "Kit" / "License.txt", "CC0")
    report = analyzer.run()
    found = rows_of(database, "stems", "name", "licence")
    assert found == [("hat", None), ("kick", "CC0"), ("snare", "")]
    assert (report.licensed, analyzer.run().licensed) == (1, 0)
    assert "1 stems got the licence of a text that came later" in report.messages
    database.close()
