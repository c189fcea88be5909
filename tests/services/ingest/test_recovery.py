"""What an import that was killed left, and how the next one tidies up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from src.core.config import Settings
from src.db.database import Database
from src.db.models import Quarantine
from src.services.ingest.recovery import recover
from src.services.preprocessor import NeuroAnalyzer
from src.storage.atomic import TEMPORARY_PREFIX
from tests.services.library_files import everything, rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """A library with one stem and one refused file."""
    opened = Database(settings.sql_url)
    opened.upgrade()
    write_sound(settings.raw_path / "a.wav", seed=1)
    (settings.raw_path / "bad.wav").write_text("words")
    NeuroAnalyzer(opened, settings, SpectralEmbedder(), analysis=PLAIN).run()
    yield opened
    opened.close()


def stored(settings: Settings) -> Path:
    """Where the refused file lies."""
    return settings.quarantine_path / "ERROR_not_audio_bad.wav"


def set_unmoved(database: Database) -> None:
    """As if the import had been killed before it noted the move."""
    with database.transaction() as session:
        session.execute(update(Quarantine).values(moved=False))


def test_half_written_files_and_copies_without_a_row_go(
    database: Database, settings: Settings
) -> None:
    (settings.stems_path / f"{TEMPORARY_PREFIX}99-1.wav").write_bytes(b"half")
    (settings.stems_path / "0123456789abcdef.wav").write_bytes(b"orphan")
    (settings.stems_path / "somebody's notes.txt").write_text("stay")
    recover(database, settings)
    own = Path(rows_of(database, "stems", "path")[0]).name
    left = sorted(path.name for path in settings.stems_path.iterdir())
    assert left == sorted([own, "somebody's notes.txt"])


def test_a_move_that_was_only_intended_is_made(database: Database, settings: Settings) -> None:
    stored(settings).rename(settings.raw_path / "bad.wav")
    set_unmoved(database)
    recover(database, settings)
    assert stored(settings).read_text() == "words"
    assert not (settings.raw_path / "bad.wav").exists()
    assert rows_of(database, "quarantine", "moved") == [True]


def test_a_move_that_was_made_but_not_noted_is_noted(
    database: Database, settings: Settings
) -> None:
    set_unmoved(database)
    recover(database, settings)
    assert rows_of(database, "quarantine", "moved") == [True]


def test_a_file_that_was_mended_before_its_move_is_left_to_the_import(
    database: Database, settings: Settings
) -> None:
    stored(settings).unlink()
    set_unmoved(database)
    write_sound(settings.raw_path / "bad.wav", seed=2)
    recover(database, settings)
    assert (settings.raw_path / "bad.wav").exists()
    assert rows_of(database, "quarantine", "id") == []


def test_where_all_agrees_nothing_changes(database: Database, settings: Settings) -> None:
    before = everything(database)
    recover(database, settings)
    assert everything(database) == before
