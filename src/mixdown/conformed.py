"""Conformed slices: what a render plays of stems, brought to length and pitch once and kept."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from src.audio.basics.fades import SEAM_S, edged, seamless_loop
from src.audio.basics.filters import high_pass
from src.audio.basics.resample import repitched
from src.audio.basics.stereo import mono_below
from src.audio.basics.validation import Audio, to_stereo
from src.audio.processing.low_end import low_hits
from src.audio.processing.stretch import conform
from src.audio.processing.tape_stop import STOP_FACTOR, tape_stop

Load = Callable[[str, float, float], Audio]
"""(stem id, start in s, length in s) -> 48 kHz sound; what lies beyond the end is left out."""

MAX_NOTE_S = 30.0
"""A one-shot rings at most this long."""

KEPT_BYTES = 192 * 2**20
"""How much sound a render keeps ready."""

_LEAD_S = 0.25


@dataclass(frozen=True)
class FixedFilters:
    """Filters of a channel that never move: its slices pass them once, before they are placed."""

    high_pass_hz: float | None = None
    mono_below_hz: float | None = None


@dataclass(frozen=True)
class PassSpec:
    """One pass of a slice: what it is cut from and what it becomes.

    source_samples, length_samples: before and after stretching
    looped: it follows itself
    rotated_samples: of the slice, how much of its beginning comes last
    tape_stop: it is braked to a standstill, which doubles its length
    """

    stem_id: str
    start_s: float
    source_samples: int
    length_samples: int
    semitones: float
    percussive: bool
    looped: bool
    reverse: bool
    filters: FixedFilters
    rotated_samples: int = 0
    tape_stop: bool = False


@dataclass(frozen=True)
class NoteSpec:
    """A one-shot at a pitch."""

    stem_id: str
    semitones: float
    filters: FixedFilters


class SliceArchive(Protocol):
    """Keeps conformed slices from one render to the next."""

    def slice(self, spec: PassSpec | NoteSpec) -> Audio | None:
        """Find what was conformed before, or None."""

    def keep_slice(self, spec: PassSpec | NoteSpec, sound: Audio) -> None:
        """Keep a conformed slice for later."""


class ConformedSlices:
    """Conforms slices when they are first asked for and keeps the latest, within a budget.

    archive: where those of earlier renders lie; None makes all of them again

    May be asked from several threads; each slice is conformed by one of them.
    """

    def __init__(
        self,
        load: Load,
        *,
        sample_rate: int,
        kept_bytes: int = KEPT_BYTES,
        archive: SliceArchive | None = None,
    ) -> None:
        self._load = load
        self._rate = sample_rate
        self._left = kept_bytes
        self._archive = archive
        self._kept: OrderedDict[PassSpec | NoteSpec, Audio] = OrderedDict()
        self._being_made: dict[PassSpec | NoteSpec, Future[Audio]] = {}
        self._lengths: dict[PassSpec | NoteSpec, int] = {}
        self._kicks: dict[PassSpec, tuple[int, ...]] = {}
        self._lock = threading.Lock()

    def sound(self, spec: PassSpec | NoteSpec) -> Audio:
        """Conform a slice, shape (1 or 2, samples). The result is not to be changed."""
        with self._lock:
            if spec in self._kept:
                self._kept.move_to_end(spec)
                return self._kept[spec]
            waiting = self._being_made.get(spec)
            if waiting is None:
                mine: Future[Audio] = Future()
                self._being_made[spec] = mine
        if waiting is not None:
            return waiting.result()
        try:
            made = self._remembered(spec)
        except BaseException as error:
            with self._lock:
                del self._being_made[spec]
            mine.set_exception(error)
            raise
        self._keep(spec, made)
        mine.set_result(made)
        return made

    def _keep(self, spec: PassSpec | NoteSpec, made: Audio) -> None:
        with self._lock:
            del self._being_made[spec]
            self._kept[spec] = made
            self._left -= made.nbytes
            while self._left < 0 and len(self._kept) > 1:
                _, dropped = self._kept.popitem(last=False)
                self._left += dropped.nbytes

    def _remembered(self, spec: PassSpec | NoteSpec) -> Audio:
        """Find a slice in the archive, or make it now."""
        found = None if self._archive is None else self._archive.slice(spec)
        if found is not None:
            return found
        made = self._pass(spec) if isinstance(spec, PassSpec) else self._note(spec)
        if self._archive is not None:
            self._archive.keep_slice(spec, made)
        return made

    def length(self, spec: PassSpec | NoteSpec) -> int:
        """Count the samples of a conformed slice."""
        if spec not in self._lengths:
            self._lengths[spec] = self.sound(spec).shape[1]
        return self._lengths[spec]

    def kicks(self, spec: PassSpec) -> tuple[int, ...]:
        """Find where low drums begin in a pass, in samples."""
        if spec not in self._kicks:
            self._kicks[spec] = low_hits(self.sound(spec), sample_rate=self._rate)
        return self._kicks[spec]

    def _note(self, spec: NoteSpec) -> Audio:
        audio = _narrowed(self._load(spec.stem_id, 0.0, MAX_NOTE_S))
        audio = repitched(audio, semitones=spec.semitones, sample_rate=self._rate)
        audio = filtered(audio, spec.filters, sample_rate=self._rate, looped=False)
        return edged(audio, sample_rate=self._rate, starts_at_attack=True)

    def _pass(self, spec: PassSpec) -> Audio:
        audio, before = self._slice(spec)
        if spec.looped or spec.rotated_samples:
            audio = seamless_loop(audio, sample_rate=self._rate, before=before)
        if spec.rotated_samples:
            audio = np.roll(audio, -spec.rotated_samples, axis=1)
        shortened = STOP_FACTOR if spec.tape_stop else 1
        audio = conform(
            audio,
            sample_rate=self._rate,
            length_samples=max(1, spec.length_samples // shortened),
            semitones=spec.semitones,
            percussive=spec.percussive,
            looped=spec.looped,
        )
        if spec.tape_stop:
            audio = tape_stop(audio)
        if spec.reverse:
            audio = audio[:, ::-1]
        audio = filtered(audio, spec.filters, sample_rate=self._rate, looped=spec.looped)
        if spec.looped:
            audio = seamless_loop(audio, sample_rate=self._rate)
        return np.ascontiguousarray(audio)

    def _slice(self, spec: PassSpec) -> tuple[Audio, Audio | None]:
        """Load a slice at its exact length, and what lies just before it, if anything does."""
        lead = round(min(SEAM_S, spec.start_s) * self._rate) if spec.looped else 0
        start_s = spec.start_s - lead / self._rate
        whole = _narrowed(
            self._load(spec.stem_id, start_s, (spec.source_samples + lead) / self._rate)
        )
        body = whole[:, lead : lead + spec.source_samples]
        missing = spec.source_samples - body.shape[1]
        if missing > 0:
            body = np.pad(body, ((0, 0), (0, missing)))
        return body, whole[:, :lead] if lead > 0 else None


def filtered(audio: Audio, filters: FixedFilters, *, sample_rate: int, looped: bool) -> Audio:
    """Pass the fixed filters of a channel; a loop as if it had been playing for a while."""
    if (filters.high_pass_hz is None and filters.mono_below_hz is None) or audio.shape[1] == 0:
        return audio
    lead = round(_LEAD_S * sample_rate) if looped else 0
    led = np.take(audio, np.arange(-lead, audio.shape[1]), axis=1, mode="wrap") if lead else audio
    if filters.high_pass_hz is not None:
        led = high_pass(led, sample_rate=sample_rate, cutoff_hz=filters.high_pass_hz)
    if filters.mono_below_hz is not None:
        led = mono_below(led, sample_rate=sample_rate, cutoff_hz=filters.mono_below_hz)
    return led[:, lead:]


def _narrowed(audio: Audio) -> Audio:
    """Narrow to at most two channels."""
    return to_stereo(audio) if audio.shape[0] > 2 else audio
