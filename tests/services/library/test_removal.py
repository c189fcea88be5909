"""A removed stem stays removed, and nothing of the user's is lost."""

import pytest

from src.core.config import Settings
from src.core.errors import ConflictError, NotFoundError
from src.db import crud
from src.db.database import Database
from src.db.models import StemLocation
from src.services.ingest.lock import import_lock
from src.services.library.quarantine import QuarantineService
from src.services.library.removal import remove_stem
from src.services.preprocessor import NeuroAnalyzer
from tests.api.stand_ins import PlainEmbedder
from tests.db.stocked import SOUNDS, fresh_database, stock


@pytest.fixture
def database(settings: Settings) -> Database:
    return fresh_database(settings)


@pytest.fixture
def stem_ids(database: Database, settings: Settings) -> list[str]:
    return stock(database, settings)


def still_there(database: Database) -> set[str]:
    with database.transaction() as session:
        rows, _ = crud.list_stems(session, crud.StemFilter(), sort="name", window=crud.Window())
        return {row.id for row in rows}


def test_only_the_copy_is_deleted(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    answer = remove_stem(database, settings, stem_ids[0])
    assert still_there(database) == set(stem_ids[1:])
    assert (settings.raw_path / SOUNDS[0].place).is_file()
    assert not (settings.stems_path / f"{stem_ids[0]}.wav").exists()
    assert answer.originals_left == [SOUNDS[0].place]
    assert answer.note


def test_an_original_that_moves_can_be_put_back(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    data = (settings.raw_path / SOUNDS[0].place).read_bytes()
    answer = remove_stem(database, settings, stem_ids[0], originals=True)
    assert (answer.originals_moved, answer.originals_left) == ([SOUNDS[0].place], [])
    quarantine = QuarantineService(database, settings)
    (entry,) = quarantine.list_files()
    assert entry.stored_as == "ERROR_removed_kick_01.wav"
    assert (settings.quarantine_path / entry.stored_as).read_bytes() == data
    assert quarantine.retry(entry.id) == settings.raw_path / SOUNDS[0].place
    assert (settings.raw_path / SOUNDS[0].place).read_bytes() == data


def test_names_that_are_taken_in_the_quarantine_are_not_overwritten(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    settings.quarantine_path.mkdir(parents=True)
    other = settings.quarantine_path / "ERROR_removed_kick_01.wav"
    other.write_bytes(b"another file")
    remove_stem(database, settings, stem_ids[0], originals=True)
    assert other.read_bytes() == b"another file"
    assert len(list(settings.quarantine_path.iterdir())) == 2


def test_places_of_one_name_all_move(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    first = settings.raw_path / SOUNDS[0].place
    second = settings.raw_path / "Second Kit" / first.name
    second.parent.mkdir()
    second.write_bytes(first.read_bytes())
    with database.transaction() as session:
        size, time = first.stat().st_size, second.stat().st_mtime_ns
        path = f"Second Kit/{first.name}"
        session.add(StemLocation(stem_id=stem_ids[0], path=path, size_bytes=size, modified_ns=time))
    answer = remove_stem(database, settings, stem_ids[0], originals=True)
    assert answer.originals_moved == sorted([SOUNDS[0].place, path])
    assert len(list(settings.quarantine_path.iterdir())) == 2


def test_originals_do_not_move_while_an_import_runs(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    with import_lock(settings.processed_path):
        with pytest.raises(ConflictError, match="import"):
            remove_stem(database, settings, stem_ids[0], originals=True)
        assert still_there(database) == set(stem_ids)
        remove_stem(database, settings, stem_ids[1])
    assert still_there(database) == {stem_ids[0], *stem_ids[2:]}


def test_originals_that_are_gone_already_are_no_obstacle(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    (settings.raw_path / SOUNDS[0].place).unlink()
    (settings.stems_path / f"{stem_ids[0]}.wav").unlink()
    remove_stem(database, settings, stem_ids[0], originals=True)
    assert still_there(database) == set(stem_ids[1:])
    with pytest.raises(NotFoundError):
        remove_stem(database, settings, stem_ids[0])


@pytest.mark.parametrize("originals", [False, True])
def test_the_next_import_leaves_it_alone(
    database: Database, settings: Settings, stem_ids: list[str], originals: bool
) -> None:
    for stem_id in stem_ids:
        remove_stem(database, settings, stem_id, originals=originals)
    analyzer = NeuroAnalyzer(database, settings, PlainEmbedder())
    report = analyzer.run()
    assert (report.added, report.quarantined) == (0, 0)
    assert report.left_alone == (0 if originals else len(stem_ids))
    assert still_there(database) == set()
    assert len(QuarantineService(database, settings).list_files()) == len(stem_ids)
    assert (settings.raw_path / SOUNDS[0].place).exists() is not originals
