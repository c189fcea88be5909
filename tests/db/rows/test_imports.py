"""Rows of imports hold together though others change the library meanwhile."""

from sqlalchemy import select

from src.core.config import Settings
from src.db.database import Database
from src.db.models import Kit, StemLocation
from src.db.rows import imports
from src.storage.fingerprint import stem_id
from tests.db.stocked import SOUNDS, stock


def place_of(stem_id: str, path: str) -> imports.KnownPlace:
    return imports.KnownPlace(path, stem_id, None, size_bytes=1, modified_ns=1)


def test_a_place_whose_stem_was_deleted_meanwhile_is_left_out(
    database: Database, settings: Settings
) -> None:
    ids = stock(database, settings, SOUNDS[:1])
    with database.transaction() as session:
        imports.put_places(session, [place_of("gone", "a.wav"), place_of(ids[0], "b.wav")])
    with database.transaction() as session:
        paths = set(session.scalars(select(StemLocation.path)))
    assert paths == {SOUNDS[0].place, "b.wav"}


def test_a_place_replaces_what_was_known_at_its_path_and_moves_are_forgotten(
    database: Database, settings: Settings
) -> None:
    first, second = stock(database, settings, SOUNDS[:2])
    with database.transaction() as session:
        imports.put_places(session, [place_of(second, SOUNDS[0].place)], gone=[SOUNDS[1].place])
    with database.transaction() as session:
        state = imports.library_state(session, model_id="none")
    assert {path: place.stem_id for path, place in state.locations.items()} == {
        SOUNDS[0].place: second
    }
    assert first in {stem_id(digest) for digest in state.stems}


def test_kits_go_when_no_stem_is_theirs(database: Database, settings: Settings) -> None:
    stock(database, settings, SOUNDS[:1])
    with database.transaction() as session:
        session.add(Kit(id="lonely", path="Lonely", name="Lonely"))
    with database.transaction() as session:
        imports.drop_empty_kits(session)
    with database.transaction() as session:
        assert [kit.name for kit in session.scalars(select(Kit))] == ["Techno 138 Am"]
