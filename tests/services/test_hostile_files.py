"""Broken and strange files end as expected, and nothing is lost."""

import csv
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.services.ingest.quarantine_moves import KEPT_PREFIX
from src.services.ingest.report import ImportReport
from src.services.preprocessor import NeuroAnalyzer
from src.storage.paths import original_text, printable
from tests.services.library_files import everything, rows_of
from tests.services.plain_analysis import PLAIN, SpectralEmbedder

BOTH_ALLOWED = ("acceptable", "either outcome", "or quarantine", "or ok", "as root it ingests ok")
"""Notes by which a file may be taken or refused."""


class Imported:
    """A library into which the hostile files were imported."""

    def __init__(self, home: Path, archive: Path) -> None:
        self.settings = Settings(TRAUM_HOME=home, workers=2)
        self.settings.raw_path.mkdir(parents=True)
        subprocess.run(["tar", "xf", archive, "-C", self.settings.raw_path], check=True)
        self.before = sounds_below(self.settings.raw_path)
        self.database = Database(self.settings.sql_url)
        self.database.upgrade()
        self.analyzer = NeuroAnalyzer(
            self.database, self.settings, SpectralEmbedder(), analysis=PLAIN
        )
        self.report: ImportReport = self.analyzer.run()


def sounds_below(folder: Path) -> set[str]:
    """Names of everything that is not a folder."""
    return {
        printable(name) for _, _, names in os.walk(folder) for name in names if name != ".gitkeep"
    }


@pytest.fixture(scope="module")
def imported(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """One import for all tests of this module."""
    library = Imported(tmp_path_factory.mktemp("hostile"), hostile / "hostile.tar.gz")
    yield library
    library.database.close()


def test_each_hostile_file_ends_as_expected(hostile: Path, imported: Imported) -> None:
    taken = set(rows_of(imported.database, "places", "path"))
    refused = set(rows_of(imported.database, "quarantine", "original_path"))
    wrong = []
    with (hostile / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = "hostile/" + row["relpath"]
            if "\\xff" not in place:
                place = printable(place)
            outcome = (
                "ingest_ok" if place in taken else "quarantine" if place in refused else "skip"
            )
            free = any(note in row["notes"] + row["reason"] for note in BOTH_ALLOWED)
            if outcome != row["expected"] and not (free and outcome != "skip"):
                wrong.append(f"{row['relpath']!r}: {outcome}, expected {row['expected']}")
    assert wrong == []


def test_nothing_is_lost(imported: Imported) -> None:
    stored = dict(rows_of(imported.database, "quarantine", "stored_as", "original_path"))
    names = {Path(original_text(path)).name for path in stored.values()}
    there = sounds_below(imported.settings.raw_path) | {printable(name) for name in names}
    assert imported.before - there == set()
    for name, place in stored.items():
        kept = imported.settings.raw_path / original_text(place)
        moved = imported.settings.quarantine_path / name
        assert os.path.lexists(kept if name.startswith(KEPT_PREFIX) else moved)


def test_no_failure_is_ours(imported: Imported) -> None:
    assert imported.report.failed == 0


def test_lengths_are_those_of_the_sound_not_of_the_header(
    hostile: Path, imported: Imported
) -> None:
    lengths = dict(rows_of(imported.database, "stems", "content_hash", "duration_s"))
    stems = dict(rows_of(imported.database, "places", "path", "stem_id"))
    checked = 0
    with (hostile / "expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            stem = stems.get(printable("hostile/" + row["relpath"]))
            if stem is None or not row["expect_duration_s"]:
                continue
            length_s = next(s for digest, s in lengths.items() if digest.startswith(stem))
            assert length_s == pytest.approx(float(row["expect_duration_s"]), abs=0.06)
            checked += 1
    assert checked > 20


def test_a_second_import_has_nothing_to_do(imported: Imported) -> None:
    before = everything(imported.database)
    report = imported.analyzer.run()
    assert (report.added, report.quarantined, report.failed) == (0, 0, 0)
    assert everything(imported.database) == before
