"""Reading and changing rows. Every function takes a session and never commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, literal, or_, select
from sqlalchemy.orm import Session, contains_eager, defer, joinedload, selectinload
from sqlalchemy.orm.attributes import InstrumentedAttribute

from src.core.errors import InvalidInputError, NotFoundError
from src.db.models import (
    OPEN_STATES,
    CollectedStem,
    Embedding,
    Job,
    Kit,
    Quarantine,
    Stem,
    StemLocation,
    TrackRow,
)
from src.music.theory.keys import KEYS, camelot_distance
from src.music.theory.progressions import searched_progressions

STEM_SORTS: dict[str, InstrumentedAttribute[Any]] = {
    "imported_at": Stem.imported_at,
    "name": Stem.name,
    "bpm": Stem.bpm,
    "key": Stem.key,
    "category": Stem.category,
    "duration_s": Stem.duration_s,
    "loudness_lufs": Stem.loudness_lufs,
    "user_rating": Stem.user_rating,
}
"""By what a list of stems can be sorted."""


@dataclass(frozen=True)
class Window:
    """Which part of a list: ``limit`` rows after the first ``offset``."""

    limit: int = 50
    offset: int = 0


@dataclass(frozen=True)
class StemFilter:
    """Which stems. What is None or empty does not restrict.

    kit: id or name of a kit
    key: canonical name, as the column holds it; compatible: also keys that mix well with it
    licence: part of its name; "none" for stems without one
    chords: that a loop goes over in this order, "Am F C G"
    text: part of the stem's name, its file or its kit's name; capitals do not matter
    missing: True for stems whose every original is gone, False for the others
    collection: id of a collection that they lie in
    """

    categories: tuple[str, ...] = ()
    bpm_min: float | None = None
    bpm_max: float | None = None
    key: str | None = None
    is_loop: bool | None = None
    kit: str | None = None
    tag: str | None = None
    text: str = ""
    missing: bool | None = None
    collection: str | None = None
    compatible: bool = False
    licence: str | None = None
    duration_min_s: float | None = None
    duration_max_s: float | None = None
    loudness_min_lufs: float | None = None
    loudness_max_lufs: float | None = None
    rating_min: float | None = None
    rating_max: float | None = None
    chords: str | None = None


# --- stems ---------------------------------------------------------------------------------


def list_stems(
    session: Session, filters: StemFilter, *, sort: str = "-imported_at", window: Window
) -> tuple[list[Stem], int]:
    """Return one page of stems and how many there are in all.

    sort: one of STEM_SORTS, with "-" before it for falling order; unknown values come last

    The rows come with kit and places, without the long column of features.
    """
    conditions = _stem_conditions(filters)
    total = session.scalar(select(func.count(Stem.id)).outerjoin(Stem.kit).where(*conditions))
    rows = session.scalars(
        select(Stem)
        .outerjoin(Stem.kit)
        .where(*conditions)
        .order_by(*_stem_order(sort))
        .limit(window.limit)
        .offset(window.offset)
        .options(
            contains_eager(Stem.kit),
            selectinload(Stem.locations),
            defer(Stem.features),
        )
    )
    return list(rows), total or 0


def get_stem(session: Session, stem_id: str) -> Stem:
    """Return the stem with its kit and places. Raises NotFoundError."""
    row = session.get(Stem, stem_id, options=[joinedload(Stem.kit), selectinload(Stem.locations)])
    if row is None:
        raise NotFoundError(f"there is no stem {stem_id!r}")
    return row


def get_stems(session: Session, skip: int = 0, limit: int = 100) -> list[Stem]:
    """Return stems, the newest first. skip: so many of them are passed over"""
    return list_stems(session, StemFilter(), window=Window(limit=limit, offset=skip))[0]


def get_stem_by_id(session: Session, stem_id: str) -> Stem | None:
    """Return the stem; None where there is none."""
    return next(iter(stems_by_id(session, [stem_id])), None)


def search_stems_by_tags_and_category(
    session: Session, tags: Sequence[str] = (), category: str | None = None, limit: int = 100
) -> list[Stem]:
    """Return stems of a category that have all of these tags, the newest first.

    category: None takes any. Raises InvalidInputError for a tag that can't be one.
    """
    conditions = _stem_conditions(StemFilter(categories=(category,) if category else ()))
    found = select(Stem).where(*conditions, *(_has_tag(tag) for tag in tags))
    return list(session.scalars(found.order_by(*_stem_order("-imported_at")).limit(limit)))


def stems_by_id(session: Session, stem_ids: Sequence[str]) -> list[Stem]:
    """Return the stems with these ids that are there, with kit and places, in no order."""
    return list(
        session.scalars(
            select(Stem)
            .where(Stem.id.in_(stem_ids))
            .options(joinedload(Stem.kit), selectinload(Stem.locations), defer(Stem.features))
        )
    )


def stem_count(session: Session) -> int:
    """Return how many stems there are."""
    return session.scalar(select(func.count(Stem.id))) or 0


def known_ids(session: Session, stem_ids: Sequence[str]) -> set[str]:
    """Return which of these ids are those of stems."""
    return set(session.scalars(select(Stem.id).where(Stem.id.in_(stem_ids)))) if stem_ids else set()


def matching_ids(session: Session, filters: StemFilter) -> list[str]:
    """List the ids of all stems that pass a filter, sorted."""
    found = select(Stem.id).outerjoin(Stem.kit).where(*_stem_conditions(filters)).order_by(Stem.id)
    return list(session.scalars(found))


def stem_of_content(session: Session, content_hash: str) -> Stem | None:
    """Find the stem that has exactly these bytes, if there is one."""
    return session.scalar(
        select(Stem).where(Stem.content_hash == content_hash).options(selectinload(Stem.locations))
    )


def delete_stem(session: Session, stem: Stem) -> None:
    """Remove a stem with its places and vectors, and its kit when nothing else is in it."""
    kit_ids = {stem.kit_id} | {location.kit_id for location in stem.locations}
    session.delete(stem)
    session.flush()
    for kit_id in sorted(kit_id for kit_id in kit_ids if kit_id is not None):
        drop_empty_kit(session, kit_id)


def drop_empty_kit(session: Session, kit_id: str) -> None:
    """Remove a kit that no stem and no place belongs to any more."""
    used = session.scalar(
        select(
            or_(
                exists().where(Stem.kit_id == kit_id), exists().where(StemLocation.kit_id == kit_id)
            )
        )
    )
    kit = session.get(Kit, kit_id)
    if kit is not None and not used:
        session.delete(kit)
        session.flush()


def _stem_conditions(filters: StemFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.categories:
        found.append(Stem.category.in_(filters.categories))
    found += _range_conditions(filters)
    if filters.key is not None:
        found.append(Stem.key.in_(_keys(filters.key, compatible=filters.compatible)))
    if filters.licence is not None:
        found.append(_has_licence(filters.licence))
    if filters.chords is not None:
        found.append(_goes_over(filters.chords))
    if filters.is_loop is not None:
        found.append(Stem.is_loop.is_(filters.is_loop))
    if filters.kit is not None:
        found.append(or_(Stem.kit_id == filters.kit, _named(Kit.name, filters.kit)))
    if filters.tag is not None:
        found.append(_has_tag(filters.tag))
    if filters.text:
        columns = (Stem.name, Stem.original_file, Kit.name)
        found.append(or_(*(_contains(column, filters.text) for column in columns)))
    if filters.missing is not None:
        # Not "exists": SQLite would look through all places once per stem.
        there = Stem.id.in_(select(StemLocation.stem_id).where(StemLocation.missing.is_(False)))
        found.append(~there if filters.missing else there)
    if filters.collection is not None:
        of_it = select(CollectedStem.stem_id)
        of_it = of_it.where(CollectedStem.collection_id == filters.collection)
        found.append(Stem.id.in_(of_it))
    return found


_ROUNDING = 1e-3
"""By how much a value may lie beside a limit, since the index of the search rounds."""


def _range_conditions(filters: StemFilter) -> list[ColumnElement[bool]]:
    """Compare columns with limits; what is not known passes none."""
    ranges: list[tuple[InstrumentedAttribute[Any], float | None, float | None]] = [
        (Stem.bpm, filters.bpm_min, filters.bpm_max),
        (Stem.duration_s, filters.duration_min_s, filters.duration_max_s),
        (Stem.loudness_lufs, filters.loudness_min_lufs, filters.loudness_max_lufs),
        (Stem.user_rating, filters.rating_min, filters.rating_max),
    ]
    lowest = [column >= low - _ROUNDING for column, low, _ in ranges if low is not None]
    highest = [column <= high + _ROUNDING for column, _, high in ranges if high is not None]
    return [*lowest, *highest]


def _keys(key: str, *, compatible: bool) -> list[str]:
    """List a key, and those that mix well with it."""
    steps = 1 if compatible else 0
    return [name for name in KEYS if camelot_distance(name, key) <= steps]


def _goes_over(chords: str) -> ColumnElement[bool]:
    """Match loops whose progression, told twice since a loop begins again, has these chords."""
    told_twice = literal(" ") + Stem.progression + Stem.progression
    return or_(*(told_twice.contains(one) for one in searched_progressions(chords)))


def _has_licence(licence: str) -> ColumnElement[bool]:
    if licence.casefold() == "none":
        return or_(Stem.licence.is_(None), Stem.licence == "")
    return _contains(Stem.licence, licence)


def _named(column: InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """Compare names, capitals aside as far as the database folds them."""
    return or_(column == name, func.lower(column) == name.lower())


def _has_tag(tag: str) -> ColumnElement[bool]:
    if any(sign in tag for sign in '"\\$\x00'):
        raise InvalidInputError(f'a tag must not hold ", \\, $ or NUL, got {tag!r}')
    found: ColumnElement[bool] = Stem.tags[tag].as_string().is_not(None)
    return found


def _contains(column: InstrumentedAttribute[Any], text: str) -> ColumnElement[bool]:
    """List the usual spellings of a text, since SQLite folds capitals of ASCII only."""
    spellings = sorted({text, text.lower(), text.upper(), text.capitalize()})
    return or_(*(column.icontains(spelling, autoescape=True) for spelling in spellings))


def _stem_order(sort: str) -> list[ColumnElement[Any]]:
    name = sort.removeprefix("-")
    column = STEM_SORTS.get(name)
    if column is None:
        raise InvalidInputError(f"sort must be one of {', '.join(STEM_SORTS)}, got {sort!r}")
    falling = sort.startswith("-")
    ordered: ColumnElement[Any] = column.desc() if falling else column.asc()
    if column.property.columns[0].nullable:
        ordered = ordered.nulls_last()
    return [ordered, Stem.id.asc()]


# --- kits ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class KitCount:
    """A kit and what is in it: how many stems of each category, how many of them loops."""

    kit: Kit
    categories: dict[str, int]
    loops: int

    @property
    def stems(self) -> int:
        """How many stems the kit has."""
        return sum(self.categories.values())


def list_kits(session: Session) -> list[KitCount]:
    """List all kits by name, each with what is in it."""
    counts: dict[str, dict[str, int]] = {}
    loops: dict[str, int] = {}
    grouped = select(Stem.kit_id, Stem.category, Stem.is_loop, func.count()).group_by(
        Stem.kit_id, Stem.category, Stem.is_loop
    )
    for kit_id, category, is_loop, count in session.execute(grouped):
        if kit_id is None:
            continue
        of_kit = counts.setdefault(kit_id, {})
        of_kit[category] = of_kit.get(category, 0) + count
        loops[kit_id] = loops.get(kit_id, 0) + (count if is_loop else 0)
    kits = session.scalars(select(Kit).order_by(Kit.name, Kit.path))
    return [
        KitCount(kit, dict(sorted(counts.get(kit.id, {}).items())), loops.get(kit.id, 0))
        for kit in kits
    ]


# --- the library as a whole ----------------------------------------------------------------


@dataclass(frozen=True)
class LibraryCounts:
    """How much is there."""

    stems: int
    kits: int
    vectors: int
    quarantined: int
    tracks: int
    open_jobs: int


def library_counts(session: Session, model_id: str) -> LibraryCounts:
    """Return counts of everything; ``vectors`` are those of one model."""

    def count(statement: Select[int]) -> int:
        return session.scalar(statement) or 0

    return LibraryCounts(
        stems=count(select(func.count(Stem.id))),
        kits=count(select(func.count(Kit.id))),
        vectors=count(select(func.count(Embedding.seq)).where(Embedding.model_id == model_id)),
        quarantined=count(select(func.count(Quarantine.id))),
        tracks=count(select(func.count(TrackRow.id))),
        open_jobs=count(select(func.count(Job.id)).where(Job.status.in_(OPEN_STATES))),
    )


# --- tracks --------------------------------------------------------------------------------


def add_track(session: Session, track: TrackRow) -> TrackRow:
    """Add a new track."""
    session.add(track)
    session.flush()
    return track


def put_track(session: Session, track: TrackRow) -> TrackRow:
    """Insert a track; one that lay in the same place before gives way."""
    session.execute(delete(TrackRow).where(TrackRow.path == track.path))
    return add_track(session, track)


def get_track(session: Session, track_id: str) -> TrackRow:
    """Return the track. Raises NotFoundError."""
    row = session.get(TrackRow, track_id)
    if row is None:
        raise NotFoundError(f"there is no track {track_id!r}")
    return row


def list_tracks(
    session: Session, *, window: Window, parent_id: str | None = None
) -> tuple[list[TrackRow], int]:
    """Return one page of tracks, newest first, and how many there are in all.

    parent_id: only revisions of this track
    """
    conditions = [] if parent_id is None else [TrackRow.parent_id == parent_id]
    total = session.scalar(select(func.count(TrackRow.id)).where(*conditions))
    rows = session.scalars(
        select(TrackRow)
        .where(*conditions)
        .order_by(TrackRow.created_at.desc(), TrackRow.id)
        .limit(window.limit)
        .offset(window.offset)
        .options(defer(TrackRow.plan), defer(TrackRow.report))
    )
    return list(rows), total or 0


def edits_of(session: Session, track_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return the edits that made each of some tracks; without those that none made."""
    column = TrackRow.report["edits"]
    found = session.execute(select(TrackRow.id, column).where(TrackRow.id.in_(track_ids)))
    return {track_id: edits for track_id, edits in found if edits}


def known_tracks(session: Session, track_ids: Sequence[str]) -> set[str]:
    """Return which of these ids are those of tracks."""
    return set(session.scalars(select(TrackRow.id).where(TrackRow.id.in_(track_ids))))


def delete_track(session: Session, track: TrackRow) -> None:
    """Remove a track's row."""
    session.delete(track)
    session.flush()
