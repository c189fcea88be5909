"""What an import reads and writes: all at once, never row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from src.db.models import Embedding, Kit, Quarantine, Stem, StemLocation
from src.db.rows.corrections import set_found

Row = Mapping[str, Any]

_CHUNK = 500
"""Values in one IN list; databases limit how many a statement may carry."""


@dataclass(frozen=True)
class KnownPlace:
    """A file that holds a stem, as an import left it. missing: it is gone from there"""

    path: str
    stem_id: str
    kit_id: str | None
    size_bytes: int
    modified_ns: int
    missing: bool = False


@dataclass(frozen=True)
class RefusedFile:
    """A file that is no stem, and why. moved: it lies in the quarantine"""

    id: str
    original_path: str
    stored_as: str
    reason: str
    message: str
    size_bytes: int
    modified_ns: int
    moved: bool = False


@dataclass
class LibraryState:
    """All that an import needs to know of the library, as plain values.

    places: by path; bad: by id; stems: by content hash the version of their analysis
    embedded: ids of stems that have a vector of the present model
    """

    locations: dict[str, KnownPlace] = field(default_factory=dict)
    stems: dict[str, str] = field(default_factory=dict)
    bad: dict[str, RefusedFile] = field(default_factory=dict)
    embedded: set[str] = field(default_factory=set)


def library_state(session: Session, *, model_id: str) -> LibraryState:
    """Read the state of the library; a few columns per row."""
    locations = session.execute(
        select(*(getattr(StemLocation, name) for name in _names(KnownPlace)))
    )
    stems = session.execute(select(Stem.content_hash, Stem.analysis_version))
    embedded = session.scalars(select(Embedding.stem_id).where(Embedding.model_id == model_id))
    return LibraryState(
        locations={row.path: KnownPlace(*row) for row in locations},
        stems={row.content_hash: row.analysis_version for row in stems},
        bad={bad.id: bad for bad in refused_files(session)},
        embedded=set(embedded),
    )


def vector_of(session: Session, stem_id: str, *, model_id: str) -> bytes | None:
    """Read a stem's vector by a model, float32, little endian; None where it has none."""
    return session.scalar(
        select(Embedding.vector).where(Embedding.stem_id == stem_id, Embedding.model_id == model_id)
    )


def refused_files(session: Session) -> list[RefusedFile]:
    """Return all refused files, in the order of their paths."""
    columns = [getattr(Quarantine, name) for name in _names(RefusedFile)]
    rows = session.execute(select(*columns).order_by(Quarantine.original_path, Quarantine.id))
    return [RefusedFile(*row) for row in rows]


def stem_paths(session: Session) -> set[str]:
    """List the standardised copies that stems own."""
    return set(session.scalars(select(Stem.path)))


def add_rows(
    session: Session,
    *,
    kits: Sequence[Row] = (),
    stems: Sequence[Row] = (),
    vectors: Sequence[Row] = (),
) -> None:
    """Insert kits that are not there yet, new stems and new vectors."""
    known: set[str] = set()
    for ids in _chunks([kit["id"] for kit in kits]):
        known.update(session.scalars(select(Kit.id).where(Kit.id.in_(ids))))
    new_kits = [kit for kit in kits if kit["id"] not in known]
    for model, rows in ((Kit, new_kits), (Stem, stems), (Embedding, vectors)):
        if rows:
            session.execute(insert(model), list(rows))


def put_places(
    session: Session, locations: Sequence[KnownPlace], *, gone: Sequence[str] = ()
) -> None:
    """Write places, each replacing what was known at its path, and forget those that moved.

    A place whose stem was deleted in the meantime is left out: the next import finds the
    file again.
    """
    for paths in _chunks([location.path for location in locations] + list(gone)):
        session.execute(delete(StemLocation).where(StemLocation.path.in_(paths)))
    requested = sorted({location.stem_id for location in locations})
    there: set[str] = set()
    for ids in _chunks(requested):
        there.update(session.scalars(select(Stem.id).where(Stem.id.in_(ids))))
    kept = [asdict(location) for location in locations if location.stem_id in there]
    if kept:
        session.execute(insert(StemLocation), kept)


def adopt_places(
    session: Session, locations: Sequence[KnownPlace], names: Mapping[str, str]
) -> None:
    """Give stems whose original went elsewhere their new place as original.

    names: of each place's path, the name that the stem takes unless the user named it
    """
    own = exists().where(StemLocation.path == Stem.original_file, StemLocation.stem_id == Stem.id)
    by_stem = {location.stem_id: location for location in reversed(locations)}
    for ids in _chunks(sorted(by_stem)):
        for stem in session.scalars(select(Stem).where(Stem.id.in_(ids), ~own)):
            location = by_stem[stem.id]
            stem.original_file = location.path
            stem.kit_id = location.kit_id
            name = names[location.path]
            if "name" in stem.analysis:
                stem.analysis = {**stem.analysis, "name": {"value": name}}
            if "name" not in stem.corrections:
                stem.name = name
    session.flush()


def refresh_stem(session: Session, stem_id: str, columns: Row) -> bool:
    """Write a new analysis under the user's corrections; False where the stem is gone."""
    stem = session.get(Stem, stem_id)
    if stem is None:
        return False
    set_found(stem, columns)
    session.flush()
    return True


def without_licence(session: Session) -> list[tuple[str, str]]:
    """List id and original file of stems whose licence nobody stated, by id."""
    rows = session.execute(
        select(Stem.id, Stem.original_file, Stem.corrections)
        .where(or_(Stem.licence.is_(None), Stem.licence == ""))
        .order_by(Stem.id)
    )
    return [(row.id, row.original_file) for row in rows if "licence" not in row.corrections]


def put_licences(session: Session, licences: Mapping[str, str]) -> int:
    """Write what was found of the licences of stems, under the user's corrections; of how many."""
    count = 0
    for chunk in _chunks(list(licences)):
        for stem in session.scalars(select(Stem).where(Stem.id.in_(chunk))):
            set_found(stem, {"licence": licences[stem.id]})
            count += 1
    return count


def set_missing(session: Session, paths: Sequence[str], *, missing: bool) -> None:
    """Note that files are gone from their places, or back."""
    for some in _chunks(sorted(paths)):
        session.execute(
            update(StemLocation).where(StemLocation.path.in_(some)).values(missing=missing)
        )


def put_bad(session: Session, refused: Sequence[RefusedFile]) -> None:
    """Write refused files, each replacing what was known of it."""
    for ids in _chunks([one.id for one in refused]):
        session.execute(delete(Quarantine).where(Quarantine.id.in_(ids)))
    if refused:
        session.execute(insert(Quarantine), [asdict(one) for one in refused])


def rename_bad(session: Session, bad_id: str, stored_as: str) -> None:
    """Give a refused file another name in the quarantine."""
    session.execute(update(Quarantine).where(Quarantine.id == bad_id).values(stored_as=stored_as))


def set_moved(session: Session, ids: Sequence[str]) -> None:
    """Note that refused files now lie in the quarantine."""
    for some in _chunks(sorted(ids)):
        session.execute(update(Quarantine).where(Quarantine.id.in_(some)).values(moved=True))


def forget_bad(session: Session, ids: Sequence[str]) -> None:
    """Remove refused files from the list."""
    for some in _chunks(sorted(ids)):
        session.execute(delete(Quarantine).where(Quarantine.id.in_(some)))


def drop_empty_kits(session: Session) -> None:
    """Remove kits that no stem belongs to: also those that hold only copies of other kits'."""
    used: ColumnElement[bool] = exists().where(Stem.kit_id == Kit.id)
    unsynchronised = {"synchronize_session": False}
    empty = select(Kit.id).where(~used)
    session.execute(
        update(StemLocation).where(StemLocation.kit_id.in_(empty)).values(kit_id=None),
        execution_options=unsynchronised,
    )
    session.execute(delete(Kit).where(~used), execution_options=unsynchronised)


def _names(of: type[KnownPlace | RefusedFile]) -> list[str]:
    """Return the columns that a record holds, in its order."""
    return [one.name for one in fields(of)]


def _chunks(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
