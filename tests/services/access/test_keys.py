"""Keys by name: made once, found by themselves, revoked for good."""

from pathlib import Path

import pytest
from sqlalchemy import text

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.db.database import Database
from src.services.access.keys import KeyService
from tests.db.stocked import fresh_database


@pytest.fixture
def database(settings: Settings) -> Database:
    return fresh_database(settings)


@pytest.fixture
def keys(database: Database) -> KeyService:
    return KeyService(database)


def test_a_key_is_kept_nowhere(keys: KeyService, database: Database, settings: Settings) -> None:
    made = keys.create("phone")
    with database.transaction() as session:
        session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    for file in Path(settings.processed_path).glob("stems.db*"):
        assert made.key.encode() not in file.read_bytes()
    assert len(made.key) > 40
    assert made.key != keys.create("other").key


def test_a_key_is_found_by_itself_alone(keys: KeyService) -> None:
    made = keys.create("phone", read_only=True)
    found = keys.grant(made.key)
    assert found is not None
    assert (found.name, found.read_only) == ("phone", True)
    for wrong in ("", "phone", made.key[:-1], made.key + "x", made.key.upper()):
        assert keys.grant(wrong) is None


def test_a_revoked_key_stays_revoked_and_its_name_taken(keys: KeyService) -> None:
    made = keys.create("phone")
    first = keys.revoke("phone")
    assert keys.grant(made.key) is None
    assert keys.revoke("phone") == first
    with pytest.raises(ConflictError, match="is or was a key 'phone'"):
        keys.create("phone")
    with pytest.raises(NotFoundError, match="no key 'tablet'"):
        keys.revoke("tablet")


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 65, "-x", "a\nb", "ключ"])
def test_what_is_no_name_is_refused(keys: KeyService, name: str) -> None:
    with pytest.raises(InvalidInputError, match="a key's name must have"):
        keys.create(name)


def test_its_use_is_written_down_once_a_minute(database: Database) -> None:
    seconds = [0.0]
    keys = KeyService(database, clock=lambda: seconds[0])
    keys.create("phone")
    uses = []
    for moment in (0.0, 59.0, 60.0):
        seconds[0] = moment
        keys.note_use("phone")
        uses.append(keys.all()[0].last_used_at)
    assert uses[0] == uses[1] != uses[2]
