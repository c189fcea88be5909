"""Tracks: from a sentence or a plan to a rendered file, and the files that are there."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from uuid import uuid4

from src.core.config import Settings
from src.core.errors import InvalidInputError, NotFoundError
from src.core.progress import Progress
from src.db import crud
from src.db.database import Database, Session
from src.db.models import TrackRow
from src.db.rows.collections import check_palette
from src.db.rows.tracks import tracks_made_of
from src.music.casting.requests import part_requests
from src.music.model.palette import Palette
from src.music.model.plan import ArrangementPlan, plan_from_dict, plan_to_dict
from src.music.prompt.length import length_words, take_lengths
from src.music.prompt.text import Sentence
from src.music.theory.library import CATEGORIES
from src.schemas.common import Page
from src.schemas.tracks import TrackDetailRecord, TrackRecord, TrackWaveform
from src.services.library.outlines import sound_outline
from src.services.tracks.files import remove_exports
from src.services.tracks.reuse import made_of
from src.storage.paths import path_of, safe_join

SERVED_SUFFIXES = (".wav", ".json")
"""Endings of files in the tracks folder that are handed out."""


class Arranger(Protocol):
    """Makes a plan of a sentence."""

    def plan_prompt(self, prompt: str, *, seed: int = 0) -> ArrangementPlan: ...


class Rendered(Protocol):
    """A finished track."""

    def to_dict(self) -> dict[str, Any]: ...


class Renderer(Protocol):
    """Makes a track of a plan."""

    def render_track(
        self,
        plan: ArrangementPlan,
        *,
        seed: int = 0,
        track_id: str | None = None,
        progress: Progress,
    ) -> Rendered: ...

    def finish_track(self, track_id: str) -> None: ...

    def finished_track(self, track_id: str) -> Rendered | None: ...


class TrackService:
    """Plans, renders, lists and removes tracks."""

    def __init__(
        self, database: Database, settings: Settings, *, arranger: Arranger, renderer: Renderer
    ) -> None:
        self.database = database
        self.settings = settings
        self.arranger = arranger
        self.renderer = renderer

    def plan(
        self,
        prompt: str,
        *,
        seed: int,
        length: str | None = None,
        mastering: str | None = None,
        palette: Palette | None = None,
    ) -> ArrangementPlan:
        """Plan a sentence. length: "3 minutes", "64 bars"; it goes before the prompt's own.

        Raises InvalidInputError for a length that is none, and for what the arranger refuses,
        NotFoundError for a palette of collections or kits that are not there.
        """
        if not prompt.strip():
            raise InvalidInputError("prompt must say something, got only spaces")
        said = with_length(prompt, length) if length and length.strip() else prompt
        plan = self.arranger.plan_prompt(said, seed=seed)
        self.check_length(plan)
        if palette is not None:
            with self.database.transaction() as session:
                check_palette(session, palette)
            plan = replace(plan, palette=palette)
        return plan if mastering is None else replace(plan, mastering=mastering, target_lufs=None)

    def checked_plan(self, data: Mapping[str, Any]) -> ArrangementPlan:
        """Read a plan from outside.

        Raises InvalidInputError for what cannot be rendered: one that is too long, that asks for
        no sound at all (``nothing_to_play``), or names parts that it has not (``unknown_voice``).
        """
        plan = plan_from_dict(data)
        self.check_length(plan)
        check_parts(plan)
        return plan

    def render(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do the work of a render job: parameters as :func:`render_params` makes them.

        A track that was made of the same is handed out again, unless ``reuse`` is False.
        """
        before = self.made_of(params)
        known = self.finished(params, before)
        if known is not None:
            return known
        plan = plan_from_dict(params["plan"])
        track = self.renderer.render_track(
            plan, seed=params["seed"], track_id=params.get("track_id"), progress=progress
        )
        answer = track.to_dict()
        parent_id = params.get("parent_id")
        unchanged = self.made_of(params) == before
        with self.database.transaction() as session:
            row = crud.get_track(session, str(answer["track_id"]))
            row.made_of = before if unchanged else None
            if parent_id is not None:
                row.parent_id = parent_id
                row.report = {**row.report, "edits": params.get("edits", [])}
        return {**answer, "parent_id": parent_id, "reused": False}

    def made_of(self, params: Mapping[str, Any]) -> str:
        """Digest the parameters of a render and the library as it is now."""
        return made_of(params, self.database, self.settings)

    def finished(self, params: Mapping[str, Any], same: str) -> dict[str, Any] | None:
        """Return the answer of an earlier render of the same; None where none is there, whole.

        same: what ``made_of`` gives for these parameters
        """
        if not params.get("reuse", True):
            return None
        with self.database.transaction() as session:
            rows = tracks_made_of(session, same)
        for row in rows:
            track = self.renderer.finished_track(row.id)
            if track is not None:
                return {**track.to_dict(), "parent_id": row.parent_id, "reused": True}
        return None

    def tidy(self, params: Mapping[str, Any]) -> None:
        """Put in order what a render job that was cut off left."""
        if params.get("track_id") is not None:
            self.renderer.finish_track(params["track_id"])

    def page(self, window: crud.Window, *, parent_id: str | None = None) -> Page[TrackRecord]:
        """Return one page of tracks, newest first.

        parent_id: only revisions of this track; raises NotFoundError where it is not there
        """
        with self.database.transaction() as session:
            if parent_id is not None:
                crud.get_track(session, parent_id)
            rows, total = crud.list_tracks(session, window=window, parent_id=parent_id)
            origins = _origins(session, rows)
        items = [TrackRecord(**self._summary(row), **origins[row.id]) for row in rows]
        return Page[TrackRecord](items=items, total=total, limit=window.limit, offset=window.offset)

    def detail(self, track_id: str) -> TrackDetailRecord:
        """Return all that is known about a track. Raises NotFoundError."""
        with self.database.transaction() as session:
            row = crud.get_track(session, track_id)
            origin = _origins(session, [row])[track_id]
        return TrackDetailRecord(**self._summary(row), **origin, plan=row.plan, report=row.report)

    def audio(self, track_id: str) -> Path:
        """Find a track's WAV, wherever it lies. Raises NotFoundError, also where it is gone."""
        with self.database.transaction() as session:
            row = crud.get_track(session, track_id)
        file = self._file_of(row)
        if file is None or not file.is_file():
            raise NotFoundError(f"the file of track {track_id!r} is gone", code="audio_missing")
        return file

    def waveform(self, track_id: str, points: int) -> TrackWaveform:
        """Draw the outline of a track's file. Raises NotFoundError, also where the file is
        gone.
        """
        with self.database.transaction() as session:
            row = crud.get_track(session, track_id)
        file = self.audio(track_id)
        minimum, maximum = sound_outline(file, row.duration_s, points)
        return TrackWaveform(
            track_id=track_id,
            duration_s=row.duration_s,
            points=len(minimum),
            minimum=minimum,
            maximum=maximum,
        )

    def delete(self, track_id: str) -> None:
        """Remove a track's row, its WAV, what lies beside it and its exports.

        Raises NotFoundError.
        """
        with self.database.transaction() as session:
            row = crud.get_track(session, track_id)
            crud.delete_track(session, row)
        file = self._file_of(row)
        if file is not None:
            for suffix in SERVED_SUFFIXES:
                file.with_suffix(suffix).unlink(missing_ok=True)
            remove_exports(file)

    def file(self, name: str) -> Path:
        """Find a file of the tracks folder by its name. Raises NotFoundError for all else."""
        try:
            path = safe_join(self.settings.tracks_path, name)
        except InvalidInputError as error:
            raise NotFoundError(f"there is no file {name!r}") from error
        inside = path.parent == self.settings.tracks_path
        served = path.suffix.lower() in SERVED_SUFFIXES and not path.name.startswith(".")
        if not (inside and served and path.is_file()):
            raise NotFoundError(f"there is no file {name!r}")
        return path

    def check_length(self, plan: ArrangementPlan) -> None:
        """Raise InvalidInputError for a plan that is too long to be rendered."""
        if plan.duration_s > self.settings.max_render_s:
            raise InvalidInputError(
                f"a track may last {self.settings.max_render_s:g} s (MAX_RENDER_S),"
                f" this plan lasts {plan.duration_s:.0f} s",
                code="track_too_long",
            )

    def _file_of(self, row: TrackRow) -> Path | None:
        """Find the track's WAV: in the tracks folder, or where ``--out`` put it."""
        if _is_outside(row):
            return path_of(row.path, self.settings.tracks_path)
        try:
            return safe_join(self.settings.tracks_path, row.path)
        except InvalidInputError:
            return None

    def _summary(self, row: TrackRow) -> dict[str, Any]:
        file = self._file_of(row)
        return {
            "id": row.id,
            "prompt": row.prompt,
            "bpm": row.bpm,
            "key": row.key,
            "genre": row.genre,
            "seed": row.seed,
            "parent_id": row.parent_id,
            "duration_s": row.duration_s,
            "loudness_lufs": row.loudness_lufs,
            "true_peak_dbtp": row.true_peak_dbtp,
            "created_at": row.created_at,
            "file_name": PurePosixPath(row.path).name,
            "outside": _is_outside(row),
            "exists": file is not None and file.is_file(),
        }


def _is_outside(row: TrackRow) -> bool:
    """Tell whether a track lies where its maker wanted it, in no folder of ours."""
    return Path(row.path).is_absolute()


def _origins(session: Session, rows: Sequence[TrackRow]) -> dict[str, dict[str, Any]]:
    """Report of each track what it is called, of what it was made, and whether that is gone."""
    edits = crud.edits_of(session, [row.id for row in rows])
    parents = {row.parent_id for row in rows if row.parent_id is not None}
    there = crud.known_tracks(session, sorted(parents))
    return {
        row.id: {
            "title": _title(row, edits.get(row.id, [])),
            "edits": edits.get(row.id, []),
            "parent_deleted": row.parent_id in parents - there,
        }
        for row in rows
    }


def _title(row: TrackRow, edits: Sequence[Mapping[str, Any]]) -> str:
    name = row.prompt or f"{row.genre} {row.bpm:g} BPM".strip()
    changes = "; ".join(_edit_words(edit) for edit in edits)
    return f"{name} ({changes})" if changes else name


def _edit_words(edit: Mapping[str, Any]) -> str:
    """Write an edit in a few words: "mute bass Drop 2", "level kick gain_db -3"."""
    words = [str(edit.get("op", ""))]
    for name, value in edit.items():
        if name == "op" or value in (None, [], ""):
            continue
        told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        words.append(told if isinstance(value, str | list) else f"{name} {told}")
    return " ".join(words)


def check_parts(plan: ArrangementPlan) -> None:
    """Raise InvalidInputError for a plan without parts, or one that names others than its own."""
    parts = {request.name for request in part_requests(plan)}
    if not parts:
        raise InvalidInputError(
            "a plan must ask for at least one sound: stem_queries of all sections are empty or"
            " excluded",
            code="nothing_to_play",
        )
    requested = {query.category for section in plan.structure for query in section.stem_queries}
    for name, _ in plan.pinned:
        # the partner of a hi-hat, say, has a name that begins with the category's
        if name not in parts and name.partition(" ")[0] not in requested:
            raise _unknown_voice("plan.pinned", name, parts)
    for section in plan.structure:
        for name in section.muted:
            if name not in parts and name.partition(" ")[0] not in CATEGORIES:
                raise _unknown_voice(f"plan.structure, muted of {section.section!r}", name, parts)


def _unknown_voice(where: str, name: str, parts: Collection[str]) -> InvalidInputError:
    known = ", ".join(sorted(parts))
    return InvalidInputError(
        f"{where} must name one of {known}, got {name!r}", code="unknown_voice"
    )


def render_params(
    plan: ArrangementPlan,
    seed: int,
    *,
    parent_id: str | None = None,
    edits: Sequence[Mapping[str, Any]] = (),
    reuse: bool = True,
) -> dict[str, Any]:
    """Collect what a render job needs. parent_id: the track of which this is a revision, by edits.

    reuse: whether a finished track that was made of the same will do

    The track has its id before it is rendered: however often the job is begun, it is one.
    """
    return {
        "plan": plan_to_dict(plan),
        "seed": seed,
        "parent_id": parent_id,
        "edits": [dict(edit) for edit in edits],
        "reuse": reuse,
        "track_id": str(uuid4()),
    }


def with_length(prompt: str, length: str) -> str:
    """Write a length into the prompt, first where it names another."""
    words = length_words(length)
    other = take_lengths(Sentence(prompt)).track is not None
    return f"{words}, {prompt}" if other else f"{prompt}, {words}"


def fresh_seed() -> int:
    """Draw a seed for who gave none; small enough to be typed."""
    return secrets.randbelow(2**31)
