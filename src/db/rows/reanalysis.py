"""What a re-analysis reads and writes: stems with their files, facts, vectors."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, load_only, selectinload

from src.db.models import Embedding, Stem, StemLocation
from src.db.rows import imports, stem_edits
from src.db.rows.stem_edits import CHUNK

Facts = tuple[Any, ...]
"""Tempo, key, category, loop: by them a stem counts as changed."""


class UnheardLoop(NamedTuple):
    """A loop whose notes may be heard. path: its copy, below the processed folder"""

    id: str
    path: str
    duration_s: float


def stems_with_places(session: Session, ids: Sequence[str]) -> list[Stem]:
    """Return stems by the path of their original, with their places, usable after the session.

    Of the columns only id, content_hash and original_file are read.
    """
    columns = load_only(Stem.id, Stem.content_hash, Stem.original_file)
    statement = select(Stem).where(Stem.id.in_(ids)).order_by(Stem.original_file, Stem.id)
    return list(session.scalars(statement.options(columns, selectinload(Stem.locations))))


def all_places(session: Session) -> Iterator[str]:
    """Yield the paths of all places."""
    yield from session.scalars(select(StemLocation.path))


def held_stems(session: Session, ids: Sequence[str]) -> dict[str, Stem]:
    """Return stems by id, kept from other writers; those that were removed are left out."""
    sorted_ids = sorted(ids)
    stem_edits.hold(session, sorted_ids)
    return {stem.id: stem for stem in session.scalars(select(Stem).where(Stem.id.in_(sorted_ids)))}


def facts_of(stem: Stem) -> Facts:
    """Return the facts of a stem."""
    return (stem.bpm, stem.key, stem.category, stem.is_loop)


def count_changed(session: Session, before: Mapping[str, Facts]) -> int:
    """Return how many stems hold other facts than before."""
    changed, ids = 0, sorted(before)
    for start in range(0, len(ids), CHUNK):
        statement = select(Stem.id, Stem.bpm, Stem.key, Stem.category, Stem.is_loop)
        for stem_id, *facts in session.execute(
            statement.where(Stem.id.in_(ids[start : start + CHUNK]))
        ):
            changed += tuple(facts) != before[stem_id]
    return changed


def replace_vectors(session: Session, model_id: str, vectors: Mapping[str, bytes]) -> None:
    """Write vectors by stem id over those of the same model. Flushes what waits before."""
    session.flush()
    session.execute(
        delete(Embedding).where(Embedding.stem_id.in_(vectors), Embedding.model_id == model_id)
    )
    rows = [
        {"stem_id": one, "model_id": model_id, "vector": vector} for one, vector in vectors.items()
    ]
    imports.add_rows(session, vectors=rows)


def stems_without_notes(
    session: Session, categories: Sequence[str], *, after: str, limit: int
) -> list[UnheardLoop]:
    """List loops of these categories whose notes were never heard, by id.

    after: id of the last one of the page before; "" for the first
    """
    statement = (
        select(Stem.id, Stem.path, Stem.duration_s)
        .where(Stem.notes.is_(None), Stem.is_loop, Stem.category.in_(categories), Stem.id > after)
        .order_by(Stem.id)
        .limit(limit)
    )
    return [UnheardLoop(*row) for row in session.execute(statement)]


def write_notes(session: Session, notes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write notes by stem id; stems that were removed meanwhile are left out."""
    for stem_id, row in notes.items():
        session.execute(update(Stem).where(Stem.id == stem_id).values(notes=dict(row)))
