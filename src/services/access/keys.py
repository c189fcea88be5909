"""Keys of the API by name: made, found by what a client sends, revoked."""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from src.core.errors import ConflictError, InvalidInputError
from src.db.access import keys as rows
from src.db.database import Database
from src.db.models import ApiKey, now
from src.schemas.access import KeyOut, NewKey

PREFIX = "tk_"
"""Begins every key, so that people and scanners of secrets know it for one."""

_KEY_BYTES = 32
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.@-]{0,63}")
_NOTED_EVERY_S = 60.0


@dataclass(frozen=True)
class KeyGrant:
    """As whom a request is answered, and whether it may change anything."""

    name: str
    read_only: bool = False


class KeyService:
    """The named keys of one library.

    clock: seconds that never go back; how often a use is written down follows it
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock = clock
        self._noted: dict[str, float] = {}

    def create(self, name: str, *, read_only: bool = False) -> NewKey:
        """Make a key. The answer is the only place where it ever stands.

        Raises InvalidInputError for what is no name, ConflictError for one that is or was used.
        """
        if not _NAME.fullmatch(name):
            raise InvalidInputError(
                "a key's name must have 1 to 64 letters, digits and signs of _.@-, and begin with"
                f" a letter or digit, got {name!r}"
            )
        key = PREFIX + secrets.token_urlsafe(_KEY_BYTES)
        with self._database.transaction() as session:
            if rows.is_key(session, name):
                raise ConflictError(f"there is or was a key {name!r}", code="name_taken")
            row = rows.add_key(session, name=name, digest=_digest(key), read_only=read_only)
            return NewKey(**_reported(row).model_dump(), key=key)

    def all(self) -> list[KeyOut]:
        """List the keys by name, without the keys themselves."""
        with self._database.transaction() as session:
            return [_reported(row) for row in rows.list_keys(session)]

    def revoke(self, name: str) -> KeyOut:
        """Let a key open nothing from now on. Raises NotFoundError."""
        with self._database.transaction() as session:
            return _reported(rows.revoke_key(session, name))

    def grant(self, given: str) -> KeyGrant | None:
        """Find what a key allows; None for one that is none, or is revoked."""
        if not given.startswith(PREFIX):
            return None
        with self._database.transaction() as session:
            row = rows.valid_key(session, _digest(given))
        return None if row is None else KeyGrant(row.name, row.read_only)

    def note_use(self, name: str) -> None:
        """Write down that a key was used, at most once a minute."""
        moment = self._clock()
        if moment - self._noted.get(name, -_NOTED_EVERY_S) < _NOTED_EVERY_S:
            return
        self._noted[name] = moment
        with self._database.transaction() as session:
            rows.note_use(session, name, now())


def _digest(key: str) -> str:
    # 256 random bits can't be guessed: a slow hash, as passwords need one, would protect nothing
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _reported(row: ApiKey) -> KeyOut:
    return KeyOut(
        name=row.name,
        read_only=row.read_only,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
