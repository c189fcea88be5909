"""Rows of the API's keys. Every function takes a session and never commits."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from src.core.errors import NotFoundError
from src.db.models import ApiKey, now


def is_key(session: Session, name: str) -> bool:
    """Tell whether a key has this name, revoked ones too."""
    return session.get(ApiKey, name) is not None


def add_key(session: Session, *, name: str, digest: str, read_only: bool) -> ApiKey:
    """Write a new key."""
    made = ApiKey(name=name, digest=digest, read_only=read_only, created_at=now())
    session.add(made)
    session.flush()
    return made


def list_keys(session: Session) -> list[ApiKey]:
    """List all keys by name, revoked ones too."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


def valid_key(session: Session, digest: str) -> ApiKey | None:
    """Find the key of a digest, where it is not revoked."""
    return session.scalar(
        select(ApiKey).where(ApiKey.digest == digest, ApiKey.revoked_at.is_(None))
    )


def revoke_key(session: Session, name: str) -> ApiKey:
    """Let a key open nothing any more; one that is revoked stays so. Raises NotFoundError."""
    row = session.get(ApiKey, name)
    if row is None:
        raise NotFoundError(f"there is no key {name!r}")
    if row.revoked_at is None:
        row.revoked_at = now()
        session.flush()
    return row


def note_use(session: Session, name: str, moment: datetime) -> None:
    """Write down when a key was used."""
    session.execute(update(ApiKey).where(ApiKey.name == name).values(last_used_at=moment))
