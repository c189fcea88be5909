"""What the demo kits share: recipes, a seeded studio, the way to a finished stem."""

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from src.audio.basics.envelopes import ducking, with_faded_ends
from src.audio.basics.filters import high_pass
from src.audio.basics.validation import Audio
from src.audio.processing.effects import (
    Room,
    at_peak,
    at_rms,
    reverb_impulse,
    reverberate,
    soft_clip,
)
from src.audio.processing.sweep_filter import Sweep, sweep
from src.audio.synthesis.loop_canvas import Grid, LoopCanvas
from src.audio.synthesis.tonal import PadVoice, Press, SynthVoice, pad_chord, synth_note
from src.demo.scores import DemoNote, Hit

CEILING = 0.885
"""Full scale of the demo sounds, -1.06 dBFS."""

QUIETEST_PEAK_DBFS = -5.5

LOOP_RMS_DBFS = {
    "drums": -13.5, "percussion": -19.0, "hihat": -22.0, "bass": -13.5, "synth": -18.0,
    "lead": -17.0, "keys": -17.5, "pad": -19.0, "strings": -19.0, "guitar": -18.5,
    "vocal": -18.5, "atmo": -22.0,
}  # fmt: skip
"""How loud loops of each category are made, so that those of a class are alike."""

ONE_SHOT_PEAK_DBFS = -1.5


class Drum(Protocol):
    """Makes a one-shot: a drum function with its shape filled in."""

    def __call__(self, *, sample_rate: int, rng: np.random.Generator) -> Audio: ...


Voice = Callable[[Press, int, np.random.Generator], Audio]
"""Makes a key press sound: press, sample rate, chance."""


@dataclass(frozen=True)
class StemRecipe:
    """A stem to be: where it goes in its kit, what it is, and how it is made.

    bars: length of a loop, or of an effect that is cut to bars; None for a free one-shot
    """

    path: str
    category: str
    render: Callable[["Studio"], Audio]
    is_loop: bool = False
    bars: int | None = None
    key: str | None = None


@dataclass(frozen=True)
class KitRecipe:
    """A construction kit to be: its folder, tempo, sample rate, sounds and stems."""

    folder: str
    bpm: float
    key: str
    sample_rate: int
    drums: Mapping[str, Drum]
    rooms: Mapping[str, Room]
    stems: tuple[StemRecipe, ...]


def one_shot(path: str, category: str, drum: str) -> StemRecipe:
    """Make the recipe of a drum that is a stem by itself."""
    return StemRecipe(path, category, lambda studio: studio.drum(drum))


@dataclass
class Studio:
    """Where one kit is made. All chance comes from the seed and the name of the thing."""

    kit: KitRecipe
    seed: int
    _made: dict[str, Audio] = field(default_factory=dict)

    @property
    def sample_rate(self) -> int:
        """Sample rate of the kit in Hz."""
        return self.kit.sample_rate

    def rng(self, name: str) -> np.random.Generator:
        """Return a generator that depends on seed, kit and name only, not on the order of work."""
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.kit.folder}/{name}".encode())])

    def grid(self, bars: int) -> Grid:
        """Return the beats of a loop in the kit's tempo."""
        return Grid(self.kit.bpm, bars, self.sample_rate)

    def drum(self, name: str) -> Audio:
        """Synthesise one of the kit's one-shots, once."""
        key = f"drum {name}"
        if key not in self._made:
            make = self.kit.drums[name]
            self._made[key] = make(sample_rate=self.sample_rate, rng=self.rng(key))
        return self._made[key]

    def in_room(self, audio: Audio, name: str, *, mix: float) -> Audio:
        """Put a loop into one of the kit's reverbs."""
        key = f"room {name}"
        if key not in self._made:
            room = self.kit.rooms[name]
            self._made[key] = reverb_impulse(room, sample_rate=self.sample_rate, rng=self.rng(key))
        return reverberate(audio, self._made[key], mix=mix, loop=True)

    def struck(
        self, grid: Grid, pattern: Mapping[str, tuple[Hit, ...]], gains: Mapping[str, float]
    ) -> Audio:
        """Play a loop of drums: each named in ``gains`` at its strokes in the pattern."""
        canvas = LoopCanvas(grid)
        for name, gain in gains.items():
            clip = self.drum(name)
            for stroke in pattern[name]:
                canvas.place(clip, beat=stroke.beat, gain=gain * stroke.velocity**1.4)
        return canvas.audio

    def played(
        self, grid: Grid, notes: Iterable[DemoNote], voice: Voice, name: str, *, hold: float = 1.0
    ) -> Audio:
        """Play a loop of notes.

        name: what is playing, for its chance; hold: factor on the written lengths
        """
        canvas = LoopCanvas(grid)
        before = 0.0
        for number, note in enumerate(notes):
            slide_hz = before if note.slide else 0.0
            gate_s = grid.seconds(note.length_beats * hold)
            press = Press(note.pitches_hz, gate_s, note.velocity, from_hz=slide_hz)
            clip = voice(press, self.sample_rate, self.rng(f"{name} {number}"))
            canvas.place(clip, beat=note.beat)
            before = note.pitches_hz[0]
        return canvas.audio


def synth(shape: SynthVoice) -> Voice:
    """Make an instrument of the subtractive synthesiser."""
    return lambda press, rate, rng: synth_note(shape, press, sample_rate=rate, rng=rng)


def pad(shape: PadVoice) -> Voice:
    """Make an instrument of the pad synthesiser."""
    return lambda press, rate, rng: pad_chord(shape, press, sample_rate=rate, rng=rng)


def mono_below(audio: Audio, cutoff_hz: float, *, sample_rate: int) -> Audio:
    """Keep the low end in the middle: the sides lose what is below the cutoff."""
    middle = np.repeat(audio.mean(axis=0, keepdims=True), 2, axis=0)
    sides = Sweep(cutoff_hz, shape="highpass")
    return middle + sweep(audio - middle, sides, sample_rate=sample_rate, loop=True)


def thinned(audio: Audio, cutoff_hz: float, *, sample_rate: int) -> Audio:
    """Return high-pass a loop without a seam."""
    return sweep(audio, Sweep(cutoff_hz, shape="highpass"), sample_rate=sample_rate, loop=True)


def pumping(grid: Grid, kicks: Iterable[Hit], *, depth: float, recover_beats: float) -> Audio:
    """Compute the gain of a side-chain on the kicks, shape (1, samples)."""
    starts = [grid.sample_of(stroke.beat) for stroke in kicks]
    curve = ducking(grid.span, starts=starts, depth=depth, recover_s=grid.seconds(recover_beats))
    return curve.astype(np.float32)[None]


def finished_loop(audio: Audio, category: str) -> Audio:
    """Bring a loop to the level of its class, without offset and below the ceiling."""
    centred = audio - audio.mean(axis=-1, keepdims=True)
    level = at_rms(centred, rms_dbfs=LOOP_RMS_DBFS[category])
    clipped = soft_clip(level, knee=0.6, ceiling=CEILING)
    centred = np.asarray(clipped - clipped.mean(axis=-1, keepdims=True), np.float32)
    peak_dbfs = 20 * np.log10(max(float(np.abs(centred).max()), 1e-9))
    if peak_dbfs < QUIETEST_PEAK_DBFS:
        return at_peak(centred, peak_dbfs=QUIETEST_PEAK_DBFS)
    return centred


def finished_one_shot(audio: Audio, *, sample_rate: int) -> Audio:
    """Cut what is inaudible at the end, fade both ends, set the peak."""
    clean = high_pass(audio, sample_rate=sample_rate, cutoff_hz=15.0)
    loud = np.flatnonzero(np.abs(clean).max(axis=0) > 3e-4 * np.abs(clean).max())
    end = int(loud[-1]) + 1 if loud.size else clean.shape[-1]
    trimmed = clean[:, :end]
    out_s = min(0.05, 0.25 * end / sample_rate)
    faded = with_faded_ends(trimmed, sample_rate=sample_rate, in_s=0.0002, out_s=out_s)
    return at_peak(faded, peak_dbfs=ONE_SHOT_PEAK_DBFS)


def finished_effect(audio: Audio) -> Audio:
    """Set the peak of an effect whose length in bars must stay."""
    centred = audio - audio.mean(axis=-1, keepdims=True)
    return at_peak(centred, peak_dbfs=ONE_SHOT_PEAK_DBFS)
