"""From a plan to a finished track: choose stems, write the score, play it, put it away."""

import math
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, UnreadableAudioError
from src.core.progress import Progress, silent
from src.db import crud
from src.db.database import Database
from src.db.models import TrackRow, now
from src.db.rows.cards import StemCards
from src.mixdown import MixReport, play_score
from src.music.casting.casting import cast_plan
from src.music.casting.kit_shifts import told_of_key
from src.music.casting.made_marks import is_made
from src.music.model.plan import ArrangementPlan, plan_from_dict, plan_to_dict
from src.music.model.score import Choice, Score, choice_to_dict, score_to_dict
from src.music.model.timeline import SectionTime, timeline
from src.music.scoring.score_building import build_score
from src.music.theory.library import StemCard
from src.music.theory.mastering_presets import Mastering
from src.schemas.common import MAX_SEED
from src.services.generation.publishing import origin_of_mix
from src.services.search import SearchService
from src.services.tracks.candidates import find_candidates
from src.services.tracks.files import (
    chosen_track,
    rendering_file,
    shown_path,
    sidecar_of,
    write_sidecar,
)
from src.services.tracks.loop_hits import LoopHits, sliced_loops
from src.services.tracks.made_sounds import made_copy
from src.services.tracks.render_store import render_archive
from src.services.tracks.revisions import pinned_cards
from src.services.tracks.section_hearing import balanced_mix
from src.services.tracks.shelf import Described, TrackShelf
from src.storage.decode import read_stem
from src.storage.encode import AudioSink
from src.storage.render_cache import file_digest

GENERATOR = "Traum-Engine"


@dataclass(frozen=True)
class RenderedTrack:
    """A finished track. track_path: relative to the home when below it.

    stems: the chosen stems with their reasons and credits
    reached: whether the loudness asked for was reached without breaking the ceiling
    """

    track_id: str
    track_path: str
    sidecar_path: str
    prompt: str
    seed: int
    bpm: float
    key: str
    genre: str
    duration_s: float
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    reached: bool
    mix: dict[str, Any]
    plan: dict[str, Any]
    stems: list[dict[str, Any]]
    warnings: list[str]
    created_at: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, reported: Mapping[str, Any]) -> "RenderedTrack":
        """Return the track of its description, which may hold more."""
        return cls(**{field.name: reported[field.name] for field in fields(cls)})


class RendererService:
    """Turns plans into tracks."""

    def __init__(
        self, database: Database, settings: Settings, search: SearchService, cards: StemCards
    ) -> None:
        self.database = database
        self.settings = settings
        self.search = search
        self.cards = cards
        self._hits = LoopHits()
        self._shelf = TrackShelf(database, settings)

    def make_score(self, plan: ArrangementPlan | Mapping[str, Any], *, seed: int = 0) -> Score:
        """Decide what exactly sounds; nothing is rendered.

        A render may weigh the sections again when it has heard them.

        Raises ConflictError where the library has nothing to play, InvalidInputError for
        a plan that asks for nothing or is too long.
        """
        plan = self._checked(plan)
        check_seed(seed)
        self._check_library()
        pool = find_candidates(self.search, plan)
        cast = cast_plan(plan, pool, seed=seed, pinned=pinned_cards(plan, self.cards))
        loops = sliced_loops(cast.parts)
        load = stem_loader(self.settings.processed_path, {card.id: card for card in loops})
        hits = self._hits.of(loops, load)
        score = build_score(plan, cast, self._mastering(), seed=seed, hits=hits)
        if not score.channels:
            requested = sorted({q.category for s in plan.structure for q in s.stem_queries})
            holder = "library" if plan.palette is None else "palette"
            raise ConflictError(
                f"the {holder} has no stem that can play {', '.join(requested)} at "
                f"{plan.bpm:g} BPM:"
                " add stems of these kinds and run preprocess, or ask for other instruments",
                code="nothing_to_play",
            )
        return score

    def render_track(
        self,
        plan: ArrangementPlan | Mapping[str, Any],
        *,
        seed: int = 0,
        out: Path | None = None,
        track_id: str | None = None,
        progress: Progress = silent,
    ) -> RenderedTrack:
        """Render a plan to a 48 kHz, 24-bit WAV with a description beside it.

        out: the WAV's place; None names it by time below the tracks folder
        track_id: of the track to be; where it is there already, it is not rendered again.
            None: a new one

        The same plan, library and seed give the same bytes. JobCancelled, raised by
        ``progress``, leaves nothing behind. Raises what ``make_score`` raises.
        """
        plan = self._checked(plan)
        check_place(out)
        done = None if track_id is None else self.finished_track(track_id)
        if done is not None:
            return done
        progress("choosing stems", 0, 1)
        score = self.make_score(plan, seed=seed)
        progress("choosing stems", 1, 1)
        folder = self.settings.tracks_path if out is None else out.absolute().parent
        new_id = str(uuid.uuid4()) if track_id is None else track_id
        with rendering_file(folder, new_id) as unfinished:
            score, report = self._play(score, timeline(plan), unfinished, progress)
            progress("writing", 1, 1)
            told = replace(told_of_key(replace(plan, key=score.key), plan.key), key=plan.key)
            made = _Made(new_id, told, score, report)
            return self._published(made, unfinished, out)

    def finish_track(self, track_id: str) -> None:
        """Put in order what a render that was cut off left of a track."""
        self._shelf.finish(track_id)

    def finished_track(self, track_id: str) -> RenderedTrack | None:
        """Return a track that lies whole in its place; None where none does."""
        done = self._shelf.published(track_id)
        return None if done is None else RenderedTrack.from_dict(done)

    def _published(self, made: "_Made", unfinished: Path, out: Path | None) -> RenderedTrack:
        """Give the finished file its name, its description and its row."""
        if out is None:
            reported = self._shelf.publish(
                unfinished, made.track_id, partial(self._described, made)
            )
            return RenderedTrack.from_dict(reported)
        with chosen_track(out if out.suffix else out.with_suffix(".wav")) as path:
            described = self._described(made, path, now())
            write_sidecar(path, described.sidecar)
            os.replace(unfinished, path)
            self._record(described.row)
        return RenderedTrack.from_dict(described.sidecar)

    def _checked(self, plan: ArrangementPlan | Mapping[str, Any]) -> ArrangementPlan:
        if not isinstance(plan, ArrangementPlan):
            plan = plan_from_dict(plan)
        if not any(section.stem_queries for section in plan.structure):
            raise InvalidInputError("the plan asks for no stems: add stem_queries to a section")
        if plan.duration_s > self.settings.max_render_s:
            raise InvalidInputError(
                f"a track may last {self.settings.max_render_s:g} s (MAX_RENDER_S),"
                f" this plan lasts {plan.duration_s:.0f} s",
                code="track_too_long",
            )
        return plan

    def _check_library(self) -> None:
        with self.database.transaction() as session:
            stems = crud.stem_count(session)
        if stems == 0:
            raise ConflictError(
                f"the library is empty: put stems into {self.settings.raw_path} and run"
                " preprocess (python -m src.cli preprocess)",
                code="library_empty",
            )

    def _mastering(self) -> Mastering:
        return Mastering(self.settings.target_lufs, self.settings.ceiling_dbtp)

    def _play(
        self, score: Score, times: Sequence[SectionTime], path: Path, progress: Progress
    ) -> tuple[Score, MixReport]:
        """Render into a file; the score as it was rendered."""
        cards = self.cards.by_id(stems_of(score))
        processed = self.settings.processed_path
        load = stem_loader(processed, cards)
        archive = render_archive(self.settings, stem_digester(processed, cards))
        score, mix = balanced_mix(
            score, cards, times, load=load, archive=archive, progress=progress
        )
        with AudioSink(path, sample_rate=PROJECT_SAMPLE_RATE, channels=2) as sink:
            return score, play_score(score, load=load, mix=mix, sink=sink.write, progress=progress)

    def _described(self, made: "_Made", path: Path, moment: datetime) -> Described:
        """Return the track under a name, as its row and as the description beside it."""
        track = made.track(path, moment, home=self.settings.home)
        sidecar = {
            **track.to_dict(),
            "generator": GENERATOR,
            "credits": credits_of(made.score.choices),
            **origin_of_mix(choice.licence for choice in made.score.choices),
            "score": score_to_dict(made.score),
        }
        row = TrackRow(
            id=track.track_id,
            path=shown_path(path, self.settings.tracks_path),
            prompt=track.prompt,
            bpm=track.bpm,
            key=track.key,
            genre=track.genre[:32],
            seed=track.seed,
            duration_s=track.duration_s,
            loudness_lufs=track.loudness_lufs,
            true_peak_dbtp=track.true_peak_dbtp,
            plan=track.plan,
            report={"mix": track.mix, "stems": track.stems, "warnings": track.warnings},
            created_at=moment,
        )
        return Described(row, sidecar)

    def _record(self, row: TrackRow) -> None:
        """Write the row; a track that was rendered to the same place before gives way."""
        with self.database.transaction() as session:
            crud.put_track(session, row)


@dataclass(frozen=True)
class _Made:
    """What a render gave, before it has a name."""

    track_id: str
    plan: ArrangementPlan
    score: Score
    report: MixReport

    def track(self, path: Path, moment: datetime, *, home: Path) -> RenderedTrack:
        """Return the track under a name."""
        plan, score, report = self.plan, self.score, self.report
        return RenderedTrack(
            track_id=self.track_id,
            track_path=shown_path(path, home),
            sidecar_path=shown_path(sidecar_of(path), home),
            prompt=plan.prompt,
            seed=score.seed,
            bpm=plan.bpm,
            key=score.key,
            genre=plan.genre,
            duration_s=report.duration_s,
            loudness_lufs=_finite(report.loudness_lufs),
            true_peak_dbtp=_finite(report.true_peak_dbtp),
            reached=report.reached,
            mix={name: _finite(value) for name, value in asdict(report).items()},
            plan=plan_to_dict(plan),
            stems=[choice_to_dict(choice) for choice in score.choices],
            warnings=[*score.warnings, *_missed_loudness(report)],
            created_at=moment.isoformat(),
        )


def check_place(out: Path | None) -> None:
    """Raise InvalidInputError for a name that promises another format than WAV."""
    if out is not None and out.suffix.lower() not in ("", ".wav"):
        raise InvalidInputError(
            f"a track is written as WAV: its name must end in .wav, got {out.name!r}"
        )


def _missed_loudness(report: MixReport) -> list[str]:
    """Warn of a level that was asked for and not reached."""
    if report.reached:
        return []
    if report.shortfall == "silence":
        return ["the track is silent, so it has no loudness"]
    if report.target_lufs is None:
        return [
            f"the premaster peaks at {report.sample_peak_dbfs:.1f} dBFS instead of"
            f" {report.ceiling_dbtp:g}"
        ]
    why = (
        "more gain would be eaten by the limiter and cost the track its punch"
        if report.shortfall == "peaks"
        else "no gain was found that gives it"
    )
    return [
        f"the track has {report.loudness_lufs:.1f} LUFS instead of {report.target_lufs:g}, it"
        f" misses its loudness by {abs(report.missed_by):.1f} LU: {why}"
    ]


def check_seed(seed: int) -> None:
    """Raise InvalidInputError for a seed that a track's row can't hold."""
    if not 0 <= seed <= MAX_SEED:
        raise InvalidInputError(f"seed must be a whole number from 0 to {MAX_SEED}, got {seed}")


def stem_loader(
    processed: Path, cards: Mapping[str, StemCard]
) -> Callable[[str, float, float], Audio]:
    """Return a reader of slices: (stem_id, start_s, length_s) -> sound at 48 kHz.

    What lies beyond the end of the file is left out. Raises ConflictError where the
    standardised copy is gone.
    """

    def load(stem_id: str, start_s: float, length_s: float) -> Audio:
        try:
            path = _copy_of(processed, cards, stem_id)
            return read_stem(path, start_s=start_s, length_s=length_s)
        except UnreadableAudioError as error:
            raise _missing(cards[stem_id], error.message) from error

    return load


def stem_digester(processed: Path, cards: Mapping[str, StemCard]) -> Callable[[str], str]:
    """Return a function that digests the bytes of a stem's standardised copy.

    Raises ConflictError where that is gone.
    """

    def digest(stem_id: str) -> str:
        try:
            return file_digest(_copy_of(processed, cards, stem_id))
        except OSError as error:
            raise _missing(cards[stem_id], error.strerror or str(error)) from error

    return digest


def _copy_of(processed: Path, cards: Mapping[str, StemCard], stem_id: str) -> Path:
    return made_copy(processed, stem_id) if is_made(stem_id) else processed / cards[stem_id].path


def _missing(card: StemCard, why: str) -> ConflictError:
    return ConflictError(
        f"the standardised copy of {card.name!r} can't be read: run preprocess again ({why})",
        code="stem_missing",
    )


def stems_of(score: Score) -> list[str]:
    """List all stems that sound, each once."""
    loops = [clip.stem_id for channel in score.channels for clip in channel.clips]
    hits = [note.stem_id for channel in score.channels for note in channel.notes]
    return list(dict.fromkeys(loops + hits))


def credits_of(choices: tuple[Choice, ...]) -> list[dict[str, str | None]]:
    """List whose sounds play, each stem once, in the order of the mix."""
    named = {
        choice.stem_id: {
            "name": choice.name,
            "kit": choice.kit,
            "licence": choice.licence,
            "original_file": choice.original_file,
        }
        for choice in choices
    }
    return list(named.values())


def _finite(value: Any) -> Any:
    """Return None for an infinite level (silence): JSON has no infinity."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
