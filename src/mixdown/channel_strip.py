"""The channel strip of a mix: moving filters, level, pan, ducking and sends."""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from src.audio.basics.filters import high_pass, low_pass
from src.audio.basics.gain import curve, db_to_gain, pan_curves, pan_gains
from src.audio.basics.validation import Audio
from src.audio.processing.dynamics import duck_amount, duck_lead, duck_shape
from src.audio.processing.sweep_filter import Sweep, sweep
from src.core.errors import InvalidInputError
from src.mixdown.sources import SampleGrid
from src.music.model.score import Channel

PARAMETERS = (
    "gain_db", "pan", "low_pass_hz", "high_pass_hz", "reverb_send_db", "delay_send_db",
)  # fmt: skip
"""What can be automated. gain_db adds to the channel's gain, the others take the place of the
channel's own value."""

NO_SEND_DB = -80.0
"""A send at this level or below is off."""

WARM_UP = 12_000
"""On so many samples before a block its filters run up."""

_FILTERS = ("high_pass_hz", "low_pass_hz")
_OPEN_HZ = (16_000.0, 17_900.0)
_FLAT_HZ = (40.0, 21.0)
"""Between these cutoffs a filter gets out of the way: it would take nothing that is heard."""

Curve = NDArray[np.float32] | float
Point = tuple[float, float]
_LEVEL: tuple[Point, ...] = ((0.0, 0.0),)


@dataclass(frozen=True)
class Gains:
    """What a channel is multiplied by.

    level: shape (1,) or (samples,); sides: left and right, shape (2, 1) or (2, samples)
    """

    level: NDArray[np.float32]
    sides: NDArray[np.float32]

    def apply(self, sound: Audio, here: slice, out: Audio) -> None:
        """Write a part of a sound, shape (2, part), at its level into ``out``."""
        level = self.level if self.level.size == 1 else self.level[here]
        sides = self.sides if self.sides.shape[1] == 1 else self.sides[:, here]
        if level.size == 1:
            np.multiply(sound[:, here], sides * level, out=out)
            return
        np.multiply(sound[:, here], level, out=out)
        if not (sides == 1.0).all():
            out *= sides


class Ducking:
    """Finds how far the kicks push the others down, block by block."""

    def __init__(self, kicks: Sequence[int], sample_rate: int, *, release_s: float) -> None:
        self._kicks = list(kicks)
        self._lead = duck_lead(sample_rate)
        self._shape = duck_shape(sample_rate=sample_rate, release_s=release_s)

    def amount(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """Return 0 to 1 for each sample; None where no kick is near."""
        return duck_amount(self._kicks, self._shape, start, stop, lead=self._lead)

    def content(self, start: int, stop: int) -> tuple[int, ...]:
        """Name what determines the amount: the length of a kick's shape, and the kicks near by."""
        first = bisect_left(self._kicks, start - self._shape.size)
        last = bisect_left(self._kicks, stop + self._lead)
        return self._shape.size, *self._kicks[first:last]


class ChannelStrip:
    """Filters, levels and places what a channel plays.

    It remembers nothing: any block may be asked for, from several threads, in any order.
    """

    def __init__(self, track: Channel, grid: SampleGrid) -> None:
        self._track, self._rate = track, grid.sample_rate
        self._curves: dict[str, list[Point]] = {}
        for automation in track.automation:
            if automation.parameter not in PARAMETERS:
                raise InvalidInputError(
                    f"automation must be of {', '.join(PARAMETERS)}, got {automation.parameter!r}"
                )
            points = sorted(automation.points, key=lambda point: point.beats)
            if points:
                self._curves[automation.parameter] = [
                    (float(grid.sample(point.beats)), point.value) for point in points
                ]
        self.ducks = track.duck_db != 0.0
        self._duck_to = db_to_gain(-abs(track.duck_db))
        self.reverb_gain = _send_gain(track.reverb_send_db)
        self.delay_gain = _send_gain(track.delay_send_db)

    def sweeps(self, start: int, stop: int) -> bool:
        """Tell whether a filter is at work anywhere from ``start`` to ``stop``."""
        return any(self._at_work(name, start, stop) for name in _FILTERS)

    def filtered(self, led: Audio, start: int) -> Audio:
        """Pass the filters.

        led: shape (2, WARM_UP + samples), the sound from WARM_UP before ``start`` on; the
            filters run up on what lies before, so that blocks join

        Returns what sounds from ``start`` on, shape (2, samples).
        """
        for name in _FILTERS:
            if self._at_work(name, start, start + led.shape[1] - WARM_UP):
                led = self._filtered(name, led, start - WARM_UP)
        return led[:, WARM_UP:]

    def gains(
        self,
        start: int,
        stop: int,
        ducking: NDArray[np.float32] | None = None,
        *,
        without_db: float = 0.0,
    ) -> Gains:
        """Level, pan and ducking.

        ducking: how far the kicks push down, for each sample; None not at all
        without_db: is taken away from the level; whoever asks gives it to the whole mix
        """
        level = self._level(start, stop, without_db)
        if ducking is not None and self.ducks:
            pushed = np.multiply(ducking, np.float32(self._duck_to - 1.0))
            pushed += np.float32(1.0)
            pushed *= level
            level = pushed
        pan = self._curve("pan", start, stop, self._track.pan)
        if isinstance(pan, float):
            return Gains(level, np.array(pan_gains(pan), np.float32)[:, None])
        return Gains(level, pan_curves(pan))

    def send_gains(self, start: int, stop: int) -> tuple[Curve, Curve]:
        """Return factors of what goes to the reverb and to the delay: numbers, or one per
        sample.
        """
        return (
            self._send_gain("reverb_send_db", self.reverb_gain, start, stop),
            self._send_gain("delay_send_db", self.delay_gain, start, stop),
        )

    def filter_content(self, start: int, stop: int) -> tuple[object, ...]:
        """Name what determines the filters from ``start`` to ``stop``."""
        return tuple(self._points_near(name, start - WARM_UP, stop) for name in _FILTERS)

    def level_content(self, start: int, stop: int, without_db: float) -> tuple[object, ...]:
        """Name what determines level, pan and sends in a block, but for the kicks."""
        names = [name for name in PARAMETERS if name not in (*_FILTERS, "gain_db")]
        track = self._track
        own = (track.gain_db, track.pan, track.duck_db, track.reverb_send_db, track.delay_send_db)
        level = tuple(_lowered(self._points_near("gain_db", start, stop), without_db))
        return own, level, *(self._points_near(name, start, stop) for name in names)

    def _points_near(self, name: str, start: int, stop: int) -> tuple[Point, ...]:
        """Find the points of a curve within a block, and the next on either side."""
        points = self._curves.get(name, [])
        first = max(bisect_left(points, (float(start), -np.inf)) - 1, 0)
        last = bisect_left(points, (float(stop), -np.inf)) + 1
        return tuple(points[first:last])

    def _level(self, start: int, stop: int, without_db: float) -> NDArray[np.float32]:
        """Add the channel's gain to its curve, as a factor of shape (1,) or (samples,)."""
        near = self._points_near("gain_db", start, stop) or _LEVEL
        points = _lowered(near, without_db)
        inside = {int(position) for position, _ in points if start < position < stop}
        edges = [start, *sorted(inside), stop]
        runs = [curve(points, *edge) for edge in pairwise(edges)]
        if len(runs) == 1:
            return np.atleast_1d(_factor(runs[0], self._track.gain_db))
        level = np.empty(stop - start, np.float32)
        for (low, high), run in zip(pairwise(edges), runs, strict=True):
            level[low - start : high - start] = _factor(run, self._track.gain_db)
        return level

    def _send_gain(self, name: str, otherwise: float, start: int, stop: int) -> Curve:
        if name not in self._curves:
            return otherwise
        level_db = self._curve(name, start, stop, NO_SEND_DB)
        if isinstance(level_db, float):
            return 0.0 if level_db <= NO_SEND_DB else db_to_gain(level_db)
        return np.float32(10) ** (level_db / np.float32(20))

    def _curve(self, name: str, start: int, stop: int, otherwise: float) -> Curve:
        points = self._curves.get(name)
        return otherwise if points is None else curve(points, start, stop)

    def _at_work(self, name: str, start: int, stop: int) -> bool:
        """Tell whether a filter takes anything; a curve's extremes lie at its points and ends."""
        if name not in self._curves:
            return False
        points = self._curves[name]
        positions, values = zip(*points, strict=True)
        ends = np.interp([start, stop - 1], positions, values).tolist()
        inside = [value for position, value in points if start <= position < stop]
        return bool(np.min(_openness(name, np.array([*ends, *inside]))) < 1.0)

    def _filtered(self, name: str, led: Audio, start: int) -> Audio:
        """Sweep a filter where it is at work; it fades out of the way where it would be open."""
        cutoff_hz = self._curve(name, start, start + led.shape[1], 0.0)
        openness = _openness(name, cutoff_hz)
        if not isinstance(cutoff_hz, np.ndarray):
            wet = _swept(name, led, cutoff_hz, self._rate)
            return wet + (led - wet) * openness
        working = np.flatnonzero(openness < np.float32(1.0))
        if working.size == 0:
            return led
        first, last = int(working[0]), int(working[-1]) + 1
        lead = max(first - WARM_UP, 0)
        wet = _swept(name, led[:, lead:last], cutoff_hz[lead:last], self._rate)[:, first - lead :]
        out = led.copy()
        dry = out[:, first:last]
        dry -= wet
        dry *= openness[first:last]
        dry += wet
        return out


def _lowered(points: Sequence[Point], by_db: float) -> list[Point]:
    """Return points of a level curve, lower by so much, without what rounding left of the sum."""
    return [(position, round(value - by_db, 6)) for position, value in points]


def _factor(curve_db: Curve, gain_db: float) -> NDArray[np.float32]:
    level_db = np.asarray(curve_db, np.float32) + np.float32(gain_db)
    factor: NDArray[np.float32] = np.exp(level_db * np.float32(math.log(10.0) / 20.0))
    return factor


def _swept(name: str, audio: Audio, cutoff_hz: Curve, sample_rate: int) -> Audio:
    if isinstance(cutoff_hz, float):
        still = low_pass if name == "low_pass_hz" else high_pass
        return still(audio, sample_rate=sample_rate, cutoff_hz=cutoff_hz)
    shape = Sweep(
        cutoff_hz.astype(np.float64), shape="lowpass" if name == "low_pass_hz" else "highpass"
    )
    return sweep(audio, shape, sample_rate=sample_rate)


def _openness(name: str, cutoff_hz: Curve) -> NDArray[np.float32]:
    """Return 1 where a filter lets everything pass that can be heard, 0 where it is at work."""
    closed, opened = _OPEN_HZ if name == "low_pass_hz" else _FLAT_HZ
    share = np.clip((np.asarray(cutoff_hz) - closed) / (opened - closed), 0.0, 1.0)
    return np.asarray(share, np.float32)


def _send_gain(send_db: float | None) -> float:
    return 0.0 if send_db is None else db_to_gain(send_db)
