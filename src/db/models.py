"""Tables.

Ids of kits, stems and places are derived from content or path, so that two runs over the same files
give the same rows.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


def now() -> datetime:
    """Return the present moment, with its time zone."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment that keeps its time zone on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all tables."""


class Kit(Base):
    """A folder of stems. path: relative to the raw folder, or absolute outside of it."""

    __tablename__ = "kits"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    path: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    bpm_hint: Mapped[float | None] = mapped_column(Float)
    key_hint: Mapped[str | None] = mapped_column(String(8))


class Stem(Base):
    """One sound, known by its content. The contract of fields is in architecture.md.

    analysis: what the machine found, per field {"value", "confidence", "source"}
    corrections: what the user said, per field a value; wins over ``analysis`` always
    The columns hold the effective values, so that they can be filtered and sorted.
    """

    __tablename__ = "stems"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    path: Mapped[str] = mapped_column(Text, unique=True)
    original_file: Mapped[str] = mapped_column(Text, index=True)
    name: Mapped[str] = mapped_column(Text)
    kit_id: Mapped[str | None] = mapped_column(ForeignKey("kits.id"), index=True)
    content_hash: Mapped[str] = mapped_column(String(64), unique=True)
    duration_s: Mapped[float] = mapped_column(Float)
    channels: Mapped[int]
    original_sample_rate: Mapped[int]
    is_loop: Mapped[bool] = mapped_column(index=True)
    bars: Mapped[float | None]
    downbeat_s: Mapped[float] = mapped_column(Float, default=0.0)
    bpm: Mapped[float | None] = mapped_column(index=True)
    key: Mapped[str | None] = mapped_column(String(8), index=True)
    category: Mapped[str] = mapped_column(String(16), index=True)
    tags: Mapped[dict[str, float]] = mapped_column(JSON)
    features: Mapped[dict[str, float]] = mapped_column(JSON)
    analysis: Mapped[dict[str, Any]] = mapped_column(JSON)
    corrections: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    analysis_version: Mapped[str] = mapped_column(String(32))
    loudness_lufs: Mapped[float | None]
    true_peak_dbtp: Mapped[float | None]
    quality_ok: Mapped[bool] = mapped_column(default=True)
    warnings: Mapped[list[str]] = mapped_column(JSON, default=list)
    chords: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    progression: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    user_rating: Mapped[int | None]
    licence: Mapped[str | None] = mapped_column(Text)
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)

    kit: Mapped[Kit | None] = relationship(lazy="joined")
    locations: Mapped[list["StemLocation"]] = relationship(
        back_populates="stem", cascade="all, delete-orphan", order_by="StemLocation.path"
    )
    embeddings: Mapped[list["Embedding"]] = relationship(
        back_populates="stem", cascade="all, delete-orphan"
    )


class StemLocation(Base):
    """Where the bytes of a stem lie on disk. One stem may have several places.

    path: relative to the raw folder, or absolute outside of it
    """

    __tablename__ = "places"

    path: Mapped[str] = mapped_column(Text, primary_key=True)
    stem_id: Mapped[str] = mapped_column(ForeignKey("stems.id", ondelete="CASCADE"), index=True)
    kit_id: Mapped[str | None] = mapped_column(ForeignKey("kits.id"))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    modified_ns: Mapped[int] = mapped_column(BigInteger)
    missing: Mapped[bool] = mapped_column(default=False, index=True)

    stem: Mapped[Stem] = relationship(back_populates="locations")


class Embedding(Base):
    """The vector of a stem under one model: float32, little endian."""

    __tablename__ = "embeddings"
    __table_args__ = (Index("ix_embeddings_stem_model", "stem_id", "model_id", unique=True),)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    stem_id: Mapped[str] = mapped_column(ForeignKey("stems.id", ondelete="CASCADE"))
    model_id: Mapped[str] = mapped_column(String(128), index=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)

    stem: Mapped[Stem] = relationship(back_populates="embeddings")


class LibraryMark(Base):
    """One fact about the whole library, such as which model's vectors are searched."""

    __tablename__ = "library_marks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class MapPoint(Base):
    """Where a stem lies on the map of one model's vectors.

    landmark: one of those by which the map was laid out, and by which others are placed
    """

    __tablename__ = "map_points"

    model_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    stem_id: Mapped[str] = mapped_column(
        ForeignKey("stems.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    x: Mapped[float] = mapped_column(Float)
    y: Mapped[float] = mapped_column(Float)
    landmark: Mapped[bool] = mapped_column(default=False)


class StemChange(Base):
    """The newest change of a stem, numbered. Written by triggers alone (``changes.py``).

    A stem that is gone keeps its row, so that an index learns of the deletion.
    """

    __tablename__ = "stem_changes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    stem_id: Mapped[str] = mapped_column(String(32), unique=True)


class KitConsensusState(Base):
    """Stems that lie together, and the state of them in which they were reconciled.

    path: the folder that holds them all; members: digest of their ids and places
    seq: newest change (StemChange) of any of them then
    """

    __tablename__ = "settled_kits"

    path: Mapped[str] = mapped_column(Text, primary_key=True)
    members: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]


class StemEdit(Base):
    """A change of many stems at once, kept so that it can be undone.

    changes: what was said, as it was asked; changed: how many stems it changed
    """

    __tablename__ = "stem_edits"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class EditedStem(Base):
    """One stem of such a change. before, after: its corrections"""

    __tablename__ = "edited_stems"

    edit_id: Mapped[str] = mapped_column(
        ForeignKey("stem_edits.id", ondelete="CASCADE"), primary_key=True
    )
    stem_id: Mapped[str] = mapped_column(
        ForeignKey("stems.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)


class Collection(Base):
    """A set of stems with a name. The one called "favourites" is always there."""

    __tablename__ = "collections"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class CollectedStem(Base):
    """A stem that lies in a collection."""

    __tablename__ = "collected_stems"

    collection_id: Mapped[str] = mapped_column(
        ForeignKey("collections.id", ondelete="CASCADE"), primary_key=True
    )
    stem_id: Mapped[str] = mapped_column(
        ForeignKey("stems.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Quarantine(Base):
    """A file that was refused. stored_as: its name below the quarantine folder.

    moved False: the row was written before the move (so that a crash loses nothing) or
    the file had to stay where it was; then ``original_path`` is where it lies.
    """

    __tablename__ = "quarantine"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    original_path: Mapped[str] = mapped_column(Text, index=True)
    stored_as: Mapped[str] = mapped_column(Text, unique=True)
    reason: Mapped[str] = mapped_column(String(48))
    message: Mapped[str] = mapped_column(Text)
    size_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    modified_ns: Mapped[int] = mapped_column(BigInteger, default=0)
    moved: Mapped[bool] = mapped_column(default=False)
    quarantined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


OPEN_STATES = ("queued", "running")
"""Job states of work that is still to come or under way."""

FINAL_STATES = ("succeeded", "failed", "cancelled")
"""Job states that never change again."""

_OPEN = text("status IN ('queued', 'running')")


class Job(Base):
    """A long task. The row is the truth: queued, running, succeeded, failed, cancelled.

    attempt: number of the last claim; every write of a worker names the one that it holds
    deaths: claims whose worker went without a word
    worker, lease_until: who holds the claim of a running job, and until when
    sent_at: when its id was last handed to whoever carries it to a worker
    alone: set for kinds of which at most one job is open; the same for all that exclude each other
    request_key, request_digest: the client's Idempotency-Key, and what was asked under it
    events: number of the newest event
    """

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_turn", "status", "kind", "created_at", "id"),
        Index("ix_jobs_alone", "alone", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    params: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[str] = mapped_column(String(16), default="queued", index=True)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    stage: Mapped[str] = mapped_column(Text, default="")
    message: Mapped[str] = mapped_column(Text, default="")
    eta_s: Mapped[float | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    attempt: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(String(80), default="")
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    alone: Mapped[str | None] = mapped_column(String(32))
    request_key: Mapped[str | None] = mapped_column(String(255), index=True, unique=True)
    request_digest: Mapped[str] = mapped_column(String(64), default="")
    events: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class JobEvent(Base):
    """What changed about a job, numbered from 1 without gaps.

    kind: "state" or "progress"; data: the job as it stood after the change
    """

    __tablename__ = "job_events"

    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiKey(Base):
    """A key of the API. digest: SHA-256 of the key, which itself is kept nowhere

    last_used_at: to within a minute
    """

    __tablename__ = "api_keys"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    read_only: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditLine(Base):
    """Who changed something, when, and by which request. status: of the answer; None: no request"""

    __tablename__ = "audit_lines"
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    who: Mapped[str] = mapped_column(String(80), index=True)
    what: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    request_id: Mapped[str] = mapped_column(String(128), default="")


class Worker(Base):
    """A process that works on jobs. kinds: of jobs that it works on; seen_at: last sign of life"""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    host: Mapped[str] = mapped_column(String(64))
    version: Mapped[str] = mapped_column(String(32))
    kinds: Mapped[list[str]] = mapped_column(JSON)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrackRow(Base):
    """A rendered track.

    path: relative to the tracks folder
    parent_id: the track that this is a revision of; it may be gone
    made_of: digest of all that decides how it sounds; None where the library changed meanwhile
    """

    __tablename__ = "tracks"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    path: Mapped[str] = mapped_column(Text, unique=True)
    prompt: Mapped[str] = mapped_column(Text, default="")
    bpm: Mapped[float]
    key: Mapped[str] = mapped_column(String(8))
    genre: Mapped[str] = mapped_column(String(32), default="")
    seed: Mapped[int] = mapped_column(BigInteger)
    parent_id: Mapped[str | None] = mapped_column(String(36), index=True)
    duration_s: Mapped[float]
    loudness_lufs: Mapped[float | None]
    true_peak_dbtp: Mapped[float | None]
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_of: Mapped[str | None] = mapped_column(String(32), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)
