"""What the reconciling of kits reads and writes: page by page, never row by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, lazyload, load_only

from src.db.models import KitConsensusState, Stem, StemChange
from src.db.rows.corrections import COLUMNS, set_found

CHUNK = 500
"""Stems that are read or written at once."""


class Member(NamedTuple):
    """A stem, where it lies, and the number of its newest change."""

    id: str
    location: str
    seq: int


class State(NamedTuple):
    """In which state stems were reconciled: who they were, and their newest change."""

    members: str
    seq: int


class Learnt(NamedTuple):
    """What a stem learnt of its neighbours: columns, and the notes of its analysis."""

    columns: Mapping[str, Any]
    notes: Mapping[str, Any]


def all_members(session: Session) -> list[Member]:
    """List every stem, by place."""
    rows = session.execute(
        select(Stem.id, Stem.original_file, func.coalesce(StemChange.seq, 0))
        .outerjoin(StemChange, StemChange.stem_id == Stem.id)
        .order_by(Stem.original_file, Stem.id)
    )
    return [Member(*row) for row in rows]


def consensus_states(session: Session) -> dict[str, State]:
    """Return by folder the state in which its stems were reconciled."""
    rows = session.execute(
        select(KitConsensusState.path, KitConsensusState.members, KitConsensusState.seq)
    )
    return {path: State(members, seq) for path, members, seq in rows}


def rows_of(session: Session, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Read the columns COLUMNS and the id of stems that are there."""
    names = ("id", *COLUMNS)
    requested = [getattr(Stem, name) for name in names]
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        for row in session.execute(select(*requested).where(Stem.id.in_(some))):
            yield dict(zip(names, row, strict=True))


def newest_change(session: Session, ids: Sequence[str]) -> int:
    """Find the newest change of any of these stems."""
    found = [
        session.scalar(
            select(func.max(StemChange.seq)).where(
                StemChange.stem_id.in_(ids[start : start + CHUNK])
            )
        )
        for start in range(0, len(ids), CHUNK)
    ]
    return max((seq for seq in found if seq is not None), default=0)


def write_learnt(session: Session, learnt: Mapping[str, Learnt]) -> None:
    """Write by stem id what the machine learnt, under what the user said."""
    ids = sorted(learnt)
    read = [getattr(Stem, name) for name in ("id", *COLUMNS)]
    for start in range(0, len(ids), CHUNK):
        stems = session.scalars(
            select(Stem)
            .where(Stem.id.in_(ids[start : start + CHUNK]))
            .order_by(Stem.id)
            .options(load_only(*read), lazyload(Stem.kit))
        ).all()
        for stem in stems:
            columns, notes = learnt[stem.id]
            set_found(stem, {**columns, "analysis": {**stem.analysis, **notes}})
        session.flush()
        session.expunge_all()


def note_consensus(session: Session, path: str, state: State) -> None:
    """Note that the stems below a folder are reconciled in this state."""
    forget_consensus(session, [path])
    session.execute(
        insert(KitConsensusState).values(path=path, members=state.members, seq=state.seq)
    )


def forget_consensus(session: Session, paths: Iterable[str]) -> None:
    """Forget folders that hold no stems any more."""
    gone = sorted(paths)
    for start in range(0, len(gone), CHUNK):
        session.execute(
            delete(KitConsensusState).where(KitConsensusState.path.in_(gone[start : start + CHUNK]))
        )
