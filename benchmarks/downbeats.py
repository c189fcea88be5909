"""Where the downbeats of a finished file lie, against the grid of its score."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.beat_grid import HOP_SAMPLES, onset_curve
from src.audio.basics.validation import Audio

WINDOW_S = 0.02
"""A downbeat is looked for this far from its place."""

WITHIN_MS = 5.0
BEFORE_S = 0.1
"""Silence that is set before the file: its first beat has a rise too."""

_DRUMS = ("kick", "drums")
_NEAR_BEATS = 0.02

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Downbeats:
    """Downbeats of the sections in which drums play, as measured in the file.

    count: bars measured; those without an audible onset are not among them
    bpm_error: of the line through the onsets, in BPM; NaN below four bars
    rise_ms: median place against the grid: what the attacks themselves need to rise
    off_ms: farthest from that median
    within: share that lies within 5 ms of it
    """

    count: int
    bpm_error: float
    rise_ms: float
    off_ms: float
    within: float


def downbeats(score: dict[str, Any], audio: Audio, *, sample_rate: int) -> Downbeats:
    """Measure the onset nearest to every downbeat that a kick or a drum loop plays.

    The onset is the steepest rise within 20 ms of the beat, found to a fraction of its 2-ms
    step by a parabola. Where other instruments begin with the drums it is the steepest of all:
    a bass that speaks 8 ms later hides the kick. So the drums are measured alone as well.
    """
    beats = np.array(sorted(set(_played_downbeats(score))))
    step_s = HOP_SAMPLES / sample_rate
    before = round(BEFORE_S / step_s)
    padded = np.pad(audio, ((0, 0), (before * HOP_SAMPLES, 0)))
    curve = onset_curve(padded, sample_rate=sample_rate)
    times = before * step_s + beats * 60.0 / score["bpm"]
    found = np.array([_onset(curve, time / step_s, WINDOW_S / step_s) for time in times]) * step_s
    heard = np.isfinite(found)
    if heard.sum() < 4:
        nan = float("nan")
        return Downbeats(int(heard.sum()), nan, nan, nan, nan)
    off_s = found[heard] - times[heard]
    slope = np.polyfit(beats[heard], found[heard], 1)[0]
    rest_ms = 1e3 * np.abs(off_s - np.median(off_s))
    return Downbeats(
        count=int(heard.sum()),
        bpm_error=float(60.0 / slope - score["bpm"]),
        rise_ms=float(1e3 * np.median(off_s)),
        off_ms=float(rest_ms.max()),
        within=float((rest_ms <= WITHIN_MS).mean()),
    )


def _played_downbeats(score: dict[str, Any]) -> Iterator[float]:
    """Downbeats at which a kick is hit, or a drum loop plays that begins on one."""
    bar = float(score["beats_per_bar"])
    for track in score["tracks"]:
        if track["role"] not in _DRUMS:
            continue
        for note in track["notes"]:
            beat = note["start_beats"]
            if abs(beat - round(beat / bar) * bar) < _NEAR_BEATS and note["velocity"] > 0.5:
                yield round(beat / bar) * bar
        for clip in track["clips"]:
            if clip["length_beats"] >= bar and clip["source_start_s"] < 0.01:
                first, last = clip["start_beats"], clip["start_beats"] + clip["length_beats"]
                if abs(first - round(first / bar) * bar) < _NEAR_BEATS:
                    yield from np.arange(first, last - 1.0, bar)


def _onset(curve: Values, place: float, reach: float) -> float:
    """Place of the steepest rise near ``place``, in steps; NaN where nothing rises clearly."""
    low, high = max(1, round(place - reach)), min(curve.size - 2, round(place + reach))
    if high <= low:
        return float("nan")
    best = low + int(np.argmax(curve[low : high + 1]))
    around = curve[max(0, best - 200) : best + 200]
    if curve[best] <= 0.0 or curve[best] < 4.0 * float(around.mean()):
        return float("nan")
    before, here, after = curve[best - 1], curve[best], curve[best + 1]
    bend = before - 2.0 * here + after
    shift = 0.5 * (before - after) / bend if bend < 0.0 else 0.0
    return float(best + 0.5 + shift)
