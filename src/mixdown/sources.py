"""What a channel of the mix plays, block by block: clips that repeat, notes that ring."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from src.audio.basics.fades import SEAM_S, crossfade, needed_fade_in_s, needed_fade_out_s, rising
from src.audio.basics.mixing import add_at, multiply_at
from src.audio.basics.validation import Audio
from src.audio.processing.tape_stop import STOP_FACTOR
from src.core.errors import InvalidInputError
from src.mixdown.conformed import ConformedSlices, FixedFilters, NoteSpec, PassSpec
from src.music.model.score import DECLICK_S, VELOCITY_EXPONENT, Channel, Clip, Note
from src.music.theory.library import DRUM_CATEGORIES

SLIP_S = 0.001
"""A pass that misses the grid by less than this is a rounding error and is put right."""

_GRID_BEATS = 0.25
_WHOLE_PASS = 1e-3

_SHORTEST_PASS_S = 0.005
"""A remainder of a loop that is shorter is not begun: nobody meant it."""

_RELEASE_S, _CHOKE_S = 0.012, 0.006
"""How a note is let go where it is cut, and where the next hi-hat chokes it."""


@dataclass(frozen=True)
class SampleGrid:
    """Where beats lie in samples.

    Every position is rounded from the absolute beat, so nothing drifts.
    """

    bpm: float
    sample_rate: int

    @property
    def samples_per_beat(self) -> float:
        """Length of a beat, not rounded."""
        return 60.0 / self.bpm * self.sample_rate

    def sample(self, beats: float) -> int:
        """Find the sample of a beat."""
        return round(beats * self.samples_per_beat)


class ClipSource:
    """Plays a clip: passes of one conformed slice, on the grid."""

    def __init__(self, clip: Clip, spec: PassSpec, grid: SampleGrid, pass_beats: float) -> None:
        self.spec = spec
        self.start = grid.sample(clip.start_beats)
        self.clip, self.pass_beats = clip, pass_beats
        self._grid = grid
        self.stop = self._last_stop(grid.sample(clip.start_beats + clip.length_beats))
        self._gain = 10 ** (clip.gain_db / 20)
        self._endings: dict[int, Audio] = {}
        self._ramps: tuple[np.ndarray, np.ndarray] | None = None

    def _last_stop(self, stop: int) -> int:
        """Find where the last pass ends; a remainder too short to be meant is not begun."""
        last = int((stop - self.start) / (self.pass_beats * self._grid.samples_per_beat))
        begun = stop - self._pass_start(last)
        shortest = _SHORTEST_PASS_S * self._grid.sample_rate
        return self._pass_start(last) if last > 0 and 0 < begun < shortest else stop

    def _pass_start(self, number: int) -> int:
        return self._grid.sample(self.clip.start_beats + number * self.pass_beats)

    def passes(self, start: int, stop: int) -> Iterable[tuple[int, int]]:
        """Yield (first sample, length) of the passes that sound from ``start`` to ``stop``."""
        length = self.pass_beats * self._grid.samples_per_beat
        number = max(0, int((start - self.start) / length) - 1)
        while self._pass_start(number) < min(stop, self.stop):
            first, then = self._pass_start(number), self._pass_start(number + 1)
            if then > start:
                yield first, then - first
            number += 1

    def fades(self, store: ConformedSlices) -> tuple[int, int]:
        """Return lengths of the fades at its two ends, in samples."""
        into, out = self._edges(store.sound(self.spec))
        return into.size, out.size

    def play(self, block: Audio, start: int, store: ConformedSlices) -> None:
        """Add what sounds of the clip to a block that begins at ``start``."""
        low, high = max(start, self.start), min(start + block.shape[1], self.stop)
        part = self.sound(low, high, store)
        add_at(block, part, low - start)

    def sound(self, low: int, high: int, store: ConformedSlices) -> Audio:
        """Play from ``low`` to ``high``, both within the clip; one channel or two."""
        whole = store.sound(self.spec)
        into, out = self._edges(whole)
        part = np.empty((whole.shape[0], high - low), np.float32)
        gain, done = np.float32(self._gain), 0
        for first, length in self.passes(low, high):
            for position, sound in self._pass_sounds(whole, first, length):
                begin = max(position, low)
                end = min(position + sound.shape[1], first + length, high)
                if end > begin:
                    part[:, done : begin - low] = 0.0
                    done = end - low
                    audible = sound[:, begin - position : end - position]
                    np.multiply(audible, gain, out=part[:, begin - low : done])
        part[:, done:] = 0.0
        multiply_at(part, into, self.start - low)
        multiply_at(part, out, self.stop - out.size - low)
        return part

    def content(self, start: int, stop: int) -> tuple[object, ...]:
        """Name what determines the samples of the clip from ``start`` to ``stop``.

        Where its ends lie counts only near them.
        """
        fades_s = max(self.clip.fade_in_s, self.clip.fade_out_s, DECLICK_S)
        reach = round(fades_s * self._grid.sample_rate) + 1
        begins = self.start if self.start + reach > start else None
        ends = None
        if self.stop - reach < stop:
            last, _ = next(iter(self.passes(self.stop - 1, self.stop)))
            ends = (self.stop, last, max(self.start, self.stop - reach))
        passes = tuple(self.passes(max(start, self.start), min(stop, self.stop)))
        fades = self.clip.fade_in_s, self.clip.fade_out_s, self.clip.declick
        return self.spec, self._gain, fades, begins, ends, passes

    def _pass_sounds(self, whole: Audio, first: int, length: int) -> Iterable[tuple[int, Audio]]:
        """Cut a pass into parts, each with where it lies."""
        own = whole.shape[1]
        seam = min(round(SEAM_S * self._grid.sample_rate), own // 4)
        if not self.spec.looped or length == own or seam < 1 or abs(length - own) > own - seam:
            return [(first, whole)]
        if length not in self._endings:
            self._endings[length] = slipped_end(whole, length, seam)
        return [
            (first, whole[:, : length - seam]),
            (first + length - seam, self._endings[length]),
        ]

    def _edges(self, whole: Audio) -> tuple[np.ndarray, np.ndarray]:
        """Return ramps of the clip's two ends."""
        if self._ramps is None:
            rate, length = self._grid.sample_rate, self.stop - self.start
            first, _ = next(iter(self.passes(self.stop - 1, self.stop)))
            end = whole[:, : self.stop - first]
            into_s, out_s = self.clip.fade_in_s, self.clip.fade_out_s
            if into_s == 0.0 and self.clip.declick:
                into_s = needed_fade_in_s(whole[:, : rate // 10], rate)
            if out_s == 0.0 and self.clip.declick and end.size:
                out_s = needed_fade_out_s(end)
            into = rising(min(round(into_s * rate), length))
            out = rising(min(round(out_s * rate), length))[::-1]
            self._ramps = into, out
        return self._ramps


@dataclass(frozen=True)
class NoteSource:
    """Plays a note.

    start, gain: where it begins, how loud
    stop, release: where it is cut (None: it rings out), and how long that takes, in samples
    """

    spec: NoteSpec
    start: int
    gain: float
    stop: int | None
    release: int

    def end(self, store: ConformedSlices) -> int:
        """Return first sample after the note."""
        ringing = self.start + store.length(self.spec)
        return ringing if self.stop is None else min(ringing, self.stop + self.release)

    def content(self) -> tuple[object, ...]:
        """Name what determines the note's samples."""
        return self.spec, self.start, self.gain, self.stop, self.release

    def play(self, block: Audio, start: int, store: ConformedSlices) -> None:
        """Add what sounds of the note to a block that begins at ``start``."""
        whole = store.sound(self.spec)
        end = self.end(store)
        if self.stop is None or self.start + whole.shape[1] <= self.stop:
            add_at(block, whole, self.start - start, self.gain)
            return
        low = max(start, self.start)
        part = whole[:, low - self.start : end - self.start].copy()
        multiply_at(part, rising(self.release)[::-1], self.stop - low)
        add_at(block, part, low - start, self.gain)


class ChannelSource:
    """Plays the clips and notes of a channel, dry and at their own level."""

    def __init__(self, track: Channel, grid: SampleGrid, store: ConformedSlices) -> None:
        self._store = store
        self._filters = FixedFilters(track.high_pass_hz, track.mono_below_hz)
        self._percussive = track.role in DRUM_CATEGORIES
        self._grid = grid
        clips = [
            self._clip_source(clip) for clip in joined(track.clips, grid) if clip.length_beats > 0
        ]
        self.clips = sorted(clips, key=lambda source: source.start)
        self.notes = self._note_sources(track)
        self._note_starts = [note.start for note in self.notes]
        self._longest_note: int | None = None

    def play(self, start: int, samples: int) -> Audio | None:
        """Play from a sample on, shape (2, samples); None where nothing sounds.

        Any block may be asked for, from several threads, in any order.
        """
        stop = start + samples
        clips, notes = self._sounding(start, stop)
        if not clips and not notes:
            return None
        if len(clips) == 1 and not notes and clips[0].start <= start and stop <= clips[0].stop:
            alone = clips[0].sound(start, stop, self._store)
            return alone if alone.shape[0] == 2 else np.repeat(alone, 2, axis=0)
        block = np.zeros((2, samples), np.float32)
        for source in clips:
            source.play(block, start, self._store)
        for note in notes:
            note.play(block, start, self._store)
        return block

    def sounds(self, start: int, stop: int) -> bool:
        """Tell whether anything sounds from ``start`` to ``stop``."""
        return any(self._sounding(start, stop))

    def stems(self, start: int, stop: int) -> set[str]:
        """List the stems that sound from ``start`` to ``stop``."""
        clips, notes = self._sounding(start, stop)
        return {source.spec.stem_id for source in clips} | {note.spec.stem_id for note in notes}

    def content(self, start: int, stop: int) -> tuple[object, ...]:
        """Name what determines the samples from ``start`` on; empty where nothing sounds."""
        clips, notes = self._sounding(start, stop)
        return (
            *(source.content(start, stop) for source in clips),
            *(note.content() for note in notes),
        )

    def _sounding(self, start: int, stop: int) -> tuple[list[ClipSource], list[NoteSource]]:
        clips = [source for source in self.clips if source.start < stop and source.stop > start]
        if not self.notes:
            return clips, []
        if self._longest_note is None:
            self._longest_note = max(note.end(self._store) - note.start for note in self.notes)
        first = bisect_left(self._note_starts, start - self._longest_note)
        last = bisect_left(self._note_starts, stop)
        notes = [note for note in self.notes[first:last] if note.end(self._store) > start]
        return clips, notes

    def kicks(self, *, notes: bool) -> list[int]:
        """Find where this channel's low drums hit, in samples, rising.

        notes: its notes count as kicks; else only what is found in its clips
        """
        positions = [note.start for note in self.notes] if notes else []
        for source in self.clips:
            inside = self._store.kicks(source.spec)
            for first, _ in source.passes(source.start, source.stop):
                positions += [first + hit for hit in inside if first + hit < source.stop]
        return sorted(positions)

    def _clip_source(self, clip: Clip) -> ClipSource:
        rate, per_beat = self._grid.sample_rate, self._grid.samples_per_beat
        source, pass_beats = round(clip.source_length_s * rate), _pass_beats(clip, self._grid)
        length = max(1, round(pass_beats * per_beat))
        if clip.semitones == 0 and abs(length - source) <= SLIP_S * rate:
            length = source
        spec = PassSpec(
            stem_id=clip.stem_id,
            start_s=clip.source_start_s,
            source_samples=source,
            length_samples=length,
            semitones=clip.semitones,
            percussive=self._percussive,
            looped=clip.length_beats * per_beat > length + _SHORTEST_PASS_S * rate,
            reverse=clip.reverse,
            filters=self._filters,
            rotated_samples=round(clip.rotate_s * rate) % max(source, 1),
            tape_stop=clip.tape_stop,
        )
        return ClipSource(clip, spec, self._grid, pass_beats)

    def _note_sources(self, track: Channel) -> list[NoteSource]:
        """Return notes in order; a hi-hat is choked by the next one, whatever its stem."""
        notes = sorted(track.notes, key=lambda note: note.start_beats)
        sources = [self._note_source(note) for note in notes]
        if track.role != "hihat":
            return sources
        choke = round(_CHOKE_S * self._grid.sample_rate)
        return [
            replace(source, stop=min(then.start, source.stop or then.start), release=choke)
            for source, then in pairwise(sources)
        ] + sources[-1:]

    def _note_source(self, note: Note) -> NoteSource:
        stop = None
        if note.length_beats is not None:
            stop = self._grid.sample(note.start_beats + note.length_beats)
        return NoteSource(
            spec=NoteSpec(note.stem_id, note.semitones, self._filters),
            start=max(0, self._grid.sample(note.start_beats)),
            gain=max(note.velocity, 0.0) ** VELOCITY_EXPONENT,
            stop=stop,
            release=round(_RELEASE_S * self._grid.sample_rate),
        )


def joined(clips: Sequence[Clip], grid: SampleGrid) -> list[Clip]:
    """Make one clip of those that go on where the one before ends after whole passes."""
    out: list[Clip] = []
    for clip in sorted(clips, key=lambda clip: clip.start_beats):
        if out and _goes_on(out[-1], clip, grid):
            length = clip.start_beats + clip.length_beats - out[-1].start_beats
            out[-1] = replace(out[-1], length_beats=length, fade_out_s=clip.fade_out_s)
        else:
            out.append(clip)
    return out


def _goes_on(before: Clip, clip: Clip, grid: SampleGrid) -> bool:
    if _anywhere(before) != _anywhere(clip):
        return False
    if before.fade_out_s > 0.0 or clip.fade_in_s > 0.0:
        return False
    passes = before.length_beats / _pass_beats(before, grid)
    ends_whole = abs(passes - round(passes)) < _WHOLE_PASS
    return ends_whole and abs(before.start_beats + before.length_beats - clip.start_beats) < 1e-6


def _pass_beats(clip: Clip, grid: SampleGrid) -> float:
    """Return length of one pass of a clip's slice, put on the grid. Raises InvalidInputError at
    0.
    """
    if clip.source_length_s * grid.sample_rate < 1 or clip.stretch_ratio <= 0:
        raise InvalidInputError(
            f"a clip needs a slice and a stretch ratio above 0, got "
            f"{clip.source_length_s} s and {clip.stretch_ratio} (stem {clip.stem_id})"
        )
    beat_s = 60.0 / grid.bpm
    slowed = STOP_FACTOR if clip.tape_stop else 1
    return _on_grid(clip.source_length_s * clip.stretch_ratio * slowed / beat_s, SLIP_S / beat_s)


def _anywhere(clip: Clip) -> Clip:
    """Take position and fades off a clip, for comparing what it plays."""
    return replace(clip, start_beats=0.0, length_beats=0.0, fade_in_s=0.0, fade_out_s=0.0)


def _on_grid(beats: float, slip_beats: float) -> float:
    """Put a length in beats on a quarter of a beat if it misses it by a rounding error."""
    near = round(beats / _GRID_BEATS) * _GRID_BEATS
    return near if near > 0 and abs(beats - near) <= slip_beats else beats


def slipped_end(whole: Audio, length: int, seam: int) -> Audio:
    """Blend the last ``seam`` samples of a pass that the grid needs a little longer or shorter.

    They blend from where the loop is when counted from its start to where it is when
    counted from its end, so that nothing jumps.
    """
    from_start = np.take(whole, np.arange(length - seam, length), axis=1, mode="wrap")
    return crossfade(from_start, whole[:, -seam:])
