"""Refused files can be seen, tried again, and deleted."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.core.config import Settings
from src.core.errors import ConflictError, NotFoundError
from src.db.database import Database
from src.services.ingest.lock import import_lock
from src.services.library.quarantine import QuarantineService
from src.services.preprocessor import NeuroAnalyzer
from tests.services.library_files import write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An empty database of its own."""
    opened = Database(settings.sql_url)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def analyzer(database: Database, settings: Settings) -> NeuroAnalyzer:
    """An analyzer over a raw folder with one bad file in a kit."""
    (settings.raw_path / "Kit").mkdir(parents=True)
    (settings.raw_path / "Kit" / "bad.wav").write_text("words")
    return NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN)


@pytest.fixture
def quarantine(database: Database, settings: Settings) -> QuarantineService:
    """The quarantine of the same library."""
    return QuarantineService(database, settings)


def test_a_refused_file_is_listed_with_where_it_was_and_lies(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run()
    (bad,) = quarantine.list_files()
    assert (bad.original_path, bad.reason, bad.moved) == ("Kit/bad.wav", "not_audio", True)
    assert bad.path == str(settings.quarantine_path / "ERROR_not_audio_bad.wav")
    assert "Format not recognised" in bad.message


def test_a_name_in_no_encoding_is_listed_in_text_that_can_be_sent(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    odd = os.path.join(os.fsencode(settings.raw_path), b"odd\xff.wav")
    Path(os.fsdecode(odd)).write_text("words")
    analyzer.run(keep_bad_files=True)
    paths = [bad.path for bad in quarantine.list_files()]
    assert str(settings.raw_path / "odd\\xff.wav") in paths
    assert "".join(map(str, paths)).isprintable()


def test_a_retried_file_goes_back_and_comes_in_once_it_is_good(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run()
    (bad,) = quarantine.list_files()
    assert bad.path is not None
    write_sound(Path(bad.path), seed=1)
    back = quarantine.retry(bad.id)
    assert back == settings.raw_path / "Kit" / "bad.wav"
    assert quarantine.list_files() == []
    assert analyzer.run().added == 1


def test_a_retried_file_that_is_still_bad_is_refused_again(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService
) -> None:
    analyzer.run()
    (bad,) = quarantine.list_files()
    quarantine.retry(bad.id)
    assert analyzer.run().quarantined == 1
    (again,) = quarantine.list_files()
    assert (again.id, again.stored_as) == (bad.id, bad.stored_as)


def test_a_place_that_is_taken_is_not_overwritten_by_a_retry(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run()
    write_sound(settings.raw_path / "Kit" / "bad.wav", seed=1)
    (bad,) = quarantine.list_files()
    assert quarantine.retry(bad.id).name == "bad (2).wav"


def test_a_file_whose_folder_is_gone_goes_to_a_folder_for_retries(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run()
    (settings.raw_path / "Kit").rmdir()
    (bad,) = quarantine.list_files()
    assert quarantine.retry(bad.id) == settings.raw_path / "retried" / "bad.wav"


def test_a_file_that_was_left_in_its_place_is_only_looked_at_again(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run(keep_bad_files=True)
    (bad,) = quarantine.list_files()
    assert bad.path == str(settings.raw_path / "Kit" / "bad.wav")
    assert quarantine.retry(bad.id) == settings.raw_path / "Kit" / "bad.wav"
    assert analyzer.run(keep_bad_files=True).quarantined == 1


def test_a_deleted_file_is_gone_for_good(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run()
    (bad,) = quarantine.list_files()
    quarantine.delete(bad.id)
    assert quarantine.list_files() == []
    assert list(settings.quarantine_path.iterdir()) == []
    with pytest.raises(NotFoundError, match="no refused file"):
        quarantine.get(bad.id)


def test_files_that_were_left_in_their_place_survive_a_deletion_from_the_list(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run(keep_bad_files=True)
    quarantine.delete(quarantine.list_files()[0].id)
    assert (settings.raw_path / "Kit" / "bad.wav").exists()


def test_nothing_is_moved_while_an_import_runs(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService, settings: Settings
) -> None:
    analyzer.run()
    (bad,) = quarantine.list_files()
    with import_lock(settings.processed_path), pytest.raises(ConflictError):
        quarantine.retry(bad.id)
    assert quarantine.get(bad.id).moved


def test_a_file_that_someone_took_away_is_forgotten_by_the_next_import(
    analyzer: NeuroAnalyzer, quarantine: QuarantineService
) -> None:
    analyzer.run()
    (bad,) = quarantine.list_files()
    assert bad.path is not None
    Path(bad.path).unlink()
    with pytest.raises(NotFoundError, match="is gone"):
        quarantine.retry(bad.id)
    analyzer.run()
    assert quarantine.list_files() == []
