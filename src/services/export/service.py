"""Exports of finished tracks: made from the score, kept beside the track, handed out.

Each format is made once: what it is made of is written down as a digest beside its files,
and as long as that stays the same they are handed out as they are.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.core.progress import Progress, silent
from src.db import crud
from src.db.database import Database
from src.db.models import TrackRow
from src.db.rows.cards import StemCards
from src.music.model.score import Score, score_to_dict
from src.music.model.score_reading import score_from_dict
from src.schemas.common import Page
from src.schemas.exports import (
    DeletedExports,
    ExportedFileRecord,
    ExportedTrack,
    ExportsRecord,
    ExportsUse,
)
from src.services.export.formats import FORMATS, Material
from src.services.export.quota import ExportQuota
from src.services.export.records import (
    ExportRecord,
    publish,
    read_record,
    remove_abandoned,
    remove_made,
    remove_unfinished,
    write_record,
)
from src.services.renderer import stem_loader
from src.services.tracks.files import exports_of, sidecar_of
from src.storage.atomic import TEMPORARY_PREFIX
from src.storage.fingerprint import content_hash, text_hash
from src.storage.paths import path_of, safe_join, shortened
from src.storage.zips.writing import zip_stream

EXPORT_VERSION = "4"
"""Raised when the same score gives other files, so that older ones are made again."""

ALL_ZIP, STEMS_ZIP = "all.zip", "stems.zip"
ZIPS = (ALL_ZIP, STEMS_ZIP)
"""Names under which files are handed out together; no such file exists."""

STAGE = "exporting"
_STEPS = 1000
_NO_GENRE = "default"
"""What a plan calls its genre where none was named."""
_TITLE_BYTES = 80


@dataclass(frozen=True)
class _ExportTarget:
    """A track as far as its row and its files tell: where it lies and what it is called."""

    row: TrackRow
    wav: Path

    @property
    def folder(self) -> Path:
        return exports_of(self.wav)

    @property
    def title(self) -> str:
        return shortened(" ".join(self.row.prompt.split()), _TITLE_BYTES) or self.wav.stem


@dataclass(frozen=True)
class ZipDownload:
    """A zip on its way. name: what to call it; pieces: its bytes, made as they are read"""

    name: str
    pieces: Iterator[bytes]


class ExportService:
    """Makes, lists and hands out exports of tracks."""

    def __init__(self, database: Database, settings: Settings, cards: StemCards) -> None:
        self.database = database
        self.settings = settings
        self.cards = cards
        self.quota = ExportQuota(database, settings)

    def export(
        self,
        track_id: str,
        formats: Sequence[str] | None = None,
        progress: Progress = silent,
        *,
        export_id: str = "",
    ) -> ExportsRecord:
        """Make what is not there yet; answers with all files of these formats.

        formats: None makes all of them
        export_id: marks what is unfinished, for :meth:`tidy`

        Raises NotFoundError for an unknown track; InvalidInputError for an unknown format;
        ConflictError where the track, its score or a stem of it is gone (``track_missing``,
        ``score_missing``, ``stem_missing``), or no room for more (``exports_full``). JobCancelled
        leaves whole formats behind.
        """
        requested = checked_formats(formats)
        target = self._target(track_id)
        score = _score_of(target.wav)
        whole = sum(FORMATS[name].effort for name in requested)
        done = 0.0
        for name in requested:
            steps = _Share(progress, done / whole, FORMATS[name].effort / whole)
            self._make(name, target, score, steps, prefix=_unfinished(export_id))
            done += FORMATS[name].effort
        progress(STAGE, _STEPS, _STEPS)
        return self._listed(target, requested)

    def check(self, track_id: str, formats: Sequence[str] | None) -> dict[str, Any]:
        """Check and return the parameters of an export job. Raises what :meth:`export` raises
        at once.
        """
        requested = checked_formats(formats)
        _score_of(self._target(track_id).wav)
        self.quota.check()
        return {"track_id": track_id, "formats": list(requested), "export_id": str(uuid4())}

    def run(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do the work of an export job: parameters as :meth:`check` makes them."""
        made = self.export(
            params["track_id"], params["formats"], progress, export_id=params.get("export_id", "")
        )
        return made.model_dump()

    def tidy(self, params: Mapping[str, Any]) -> None:
        """Remove what an export job that was cut off left; nothing where its track is gone."""
        try:
            folder = self._target(params["track_id"]).folder
        except NotFoundError:
            return
        remove_unfinished(folder, _unfinished(params.get("export_id", "")))

    def delete(self, track_id: str, formats: Sequence[str] | None = None) -> DeletedExports:
        """Remove what was made of a track; it can be made again.

        formats: None removes all of them
        Raises NotFoundError for an unknown track, InvalidInputError for an unknown format.
        """
        names = checked_formats(formats)
        target = self._target(track_id)
        gone = self._listed(target, names).files
        for name in names:
            remove_made(target.folder, name)
        return DeletedExports(
            track_id=track_id,
            files=[file.name for file in gone],
            bytes=sum(file.bytes for file in gone),
        )

    def everything(self, window: crud.Window) -> ExportsUse:
        """List the tracks that have exports, newest first, and what all take together."""
        sizes = self.quota.sizes()
        tracks = [
            ExportedTrack(track_id=row.id, prompt=row.prompt, created_at=row.created_at, bytes=size)
            for row, size in sizes
        ]
        page = Page[ExportedTrack].cut(tracks, limit=window.limit, offset=window.offset)
        used = sum(size for _, size in sizes)
        return ExportsUse(**dict(page), used_bytes=used, limit_bytes=self.quota.limit_bytes)

    def files(self, track_id: str) -> ExportsRecord:
        """List what was made of a track. Raises NotFoundError for an unknown track."""
        return self._listed(self._target(track_id), tuple(FORMATS))

    def file(self, track_id: str, name: str) -> Path:
        """Find a file that was made. Raises NotFoundError for all else."""
        target = self._target(track_id)
        if name not in {file.name for file in self._listed(target, tuple(FORMATS)).files}:
            raise NotFoundError(
                f"there is no export {name!r} of this track: export its format first"
            )
        return safe_join(target.folder, name)

    def zip(self, track_id: str, name: str) -> ZipDownload:
        """Stream all files of a track, or all its stems, as a zip that is made as it is read.

        Raises NotFoundError for another name, and where there is nothing to put into it.
        """
        target = self._target(track_id)
        files = self._listed(target, tuple(FORMATS)).files
        if name == STEMS_ZIP:
            files = [file for file in files if file.format == "stems"]
        if name not in ZIPS or not files:
            raise NotFoundError(f"there is nothing to put into {name!r}: export the track first")
        inside = target.wav.stem
        members = ((f"{inside}/{file.name}", target.folder / file.name) for file in files)
        return ZipDownload(f"{inside}_{name}", zip_stream(members))

    def folder(self, track_id: str) -> Path:
        """Find where a track's exports lie. Raises NotFoundError for an unknown track."""
        return self._target(track_id).folder

    def newest(self) -> str:
        """Return the id of the newest track. Raises NotFoundError where there is none."""
        with self.database.transaction() as session:
            rows, _ = crud.list_tracks(session, window=crud.Window(limit=1, offset=0))
            if not rows:
                raise NotFoundError("there is no track yet: generate one first")
            return str(rows[0].id)

    def _target(self, track_id: str) -> _ExportTarget:
        with self.database.transaction() as session:
            row = crud.get_track(session, track_id)
        return _ExportTarget(row, path_of(row.path, self.settings.tracks_path))

    def _listed(self, target: _ExportTarget, formats: Sequence[str]) -> ExportsRecord:
        """Return files of formats whose every file is there."""
        folder = target.folder
        files = [
            ExportedFileRecord(name=file, format=name, bytes=size)
            for name in formats
            for record in [read_record(folder, name)]
            if record.track_id == target.row.id and record.holds(folder)
            for file, size in record.sizes.items()
        ]
        zips = [ALL_ZIP] if files else []
        zips += [STEMS_ZIP] if any(file.format == "stems" for file in files) else []
        return ExportsRecord(
            track_id=target.row.id,
            formats=list(FORMATS),
            files=files,
            zips=zips,
        )

    def _make(
        self, name: str, target: _ExportTarget, score: Score, progress: Progress, *, prefix: str
    ) -> None:
        """Make one format, unless it is there already."""
        of = self._material(name, target, score)
        digest = _digest(name, of)
        before = read_record(target.folder, name)
        if before.digest == digest and before.holds(target.folder):
            sizes = before.sizes
        else:
            target.folder.mkdir(parents=True, exist_ok=True)
            remove_abandoned(target.folder)
            with TemporaryDirectory(dir=target.folder, prefix=prefix) as built:
                self.quota.check()
                FORMATS[name].make(of, Path(built), progress)
                self.quota.check()
                sizes = publish(Path(built), target.folder, before)
        after = ExportRecord(target.row.id, digest, sizes)
        if after != before:
            write_record(target.folder, name, after)

    def _material(self, name: str, target: _ExportTarget, score: Score) -> Material:
        if FORMATS[name].needs_wav and not target.wav.is_file():
            raise ConflictError(
                f"the file of the track is gone: {target.wav.name}; render it again",
                code="track_missing",
            )
        stems = _stems_of(score)
        cards = self.cards.by_id(stems)
        if FORMATS[name].needs_stems:
            _check_stems(score, set(cards))
        return Material(
            name=target.wav.stem,
            title=target.title,
            genre="" if target.row.genre == _NO_GENRE else target.row.genre,
            score=score,
            wav=target.wav,
            load=stem_loader(self.settings.processed_path, cards),
            cards=cards,
            artist=self.settings.track_artist.strip(),
        )


class _Share:
    """Progress of one format, reported as its share of all that is asked for."""

    def __init__(self, progress: Progress, start: float, share: float) -> None:
        self._progress = progress
        self._start, self._share = start, share

    def __call__(self, stage: str, done: int, total: int) -> None:  # noqa: ARG002
        part = min(max(done / total, 0.0), 1.0) if total > 0 else 0.0
        self._progress(STAGE, round(_STEPS * (self._start + self._share * part)), _STEPS)


def _unfinished(export_id: str) -> str:
    return f"{TEMPORARY_PREFIX}{export_id}-" if export_id else TEMPORARY_PREFIX


def checked_formats(formats: Sequence[str] | None) -> tuple[str, ...]:
    """Return names of formats, each once, in the order in which they are made; None is all.

    Raises InvalidInputError for a name that is none.
    """
    if formats is None:
        return tuple(FORMATS)
    for name in formats:
        if name not in FORMATS:
            raise InvalidInputError(f"format must be one of {', '.join(FORMATS)}, got {name!r}")
    return tuple(name for name in FORMATS if name in formats)


def _score_of(wav: Path) -> Score:
    """Read the score from the description beside a track."""
    path = sidecar_of(wav)
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
        return score_from_dict(description["score"])
    except (OSError, ValueError, KeyError, TypeError, InvalidInputError) as error:
        raise ConflictError(
            f"the score of the track can't be read from {path.name} ({error}): render it again",
            code="score_missing",
        ) from error


def _stems_of(score: Score) -> list[str]:
    """Return ids of all stems that sound."""
    clips = (clip.stem_id for channel in score.channels for clip in channel.clips)
    notes = (note.stem_id for channel in score.channels for note in channel.notes)
    return list(dict.fromkeys((*clips, *notes)))


def _check_stems(score: Score, there: set[str]) -> None:
    gone = [stem for stem in _stems_of(score) if stem not in there]
    if gone:
        names = {
            choice.stem_id: f"{choice.name} ({choice.original_file})" for choice in score.choices
        }
        told = ", ".join(names.get(stem, stem) for stem in gone)
        raise ConflictError(
            f"stems of this track are no longer in the library: {told};"
            " import them again and export once more",
            code="stem_missing",
        )


def _digest(name: str, of: Material) -> str:
    """Digest what decides how the files of a format come out."""
    made_of: dict[str, Any] = {
        "version": EXPORT_VERSION,
        "format": name,
        "name": of.name,
        "title": of.title,
        "genre": of.genre,
        "artist": of.artist,
        "score": score_to_dict(of.score),
    }
    if FORMATS[name].needs_wav:
        made_of["wav"] = content_hash(of.wav)
    if FORMATS[name].needs_stems:
        made_of["keys"] = {stem: card.key for stem, card in of.cards.items()}
    return text_hash(json.dumps(made_of, sort_keys=True))
