"""A track's channel in the mix: sweeps, level, pan and ducking."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from src.audio.dynamics import duck_amount, duck_lead, duck_shape
from src.audio.filters import high_pass, low_pass
from src.audio.gain import curve, db_to_gain, pan_curves, pan_gains
from src.audio.sweep_filter import Sweep, sweep
from src.audio.validation import Audio
from src.core.errors import InvalidInputError
from src.music.score import Track
from src.services.track_playing import Grid

PARAMETERS = (
    "gain_db", "pan", "low_pass_hz", "high_pass_hz", "reverb_send_db", "delay_send_db",
)  # fmt: skip
"""What can be automated. gain_db adds to the track's gain, the others take the place of the
track's own value."""

NO_SEND_DB = -80.0
"""A send at this level or below is off."""

_FILTERS = ("high_pass_hz", "low_pass_hz")
_WARM_UP = 12_000
_OPEN_HZ = (16_000.0, 17_900.0)
_FLAT_HZ = (40.0, 21.0)

Line = NDArray[np.float32] | float


class Ducking:
    """How far the kicks push the others down, told block by block."""

    def __init__(self, kicks: Sequence[int], sample_rate: int, *, release_s: float) -> None:
        self._kicks = list(kicks)
        self._lead = duck_lead(sample_rate)
        self._shape = duck_shape(sample_rate=sample_rate, release_s=release_s)
        self._block: tuple[int, int] | None = None
        self._amount: NDArray[np.float32] | None = None

    def amount(self, start: int, stop: int) -> NDArray[np.float32] | None:
        """0 to 1 for each sample; None where no kick is near. Kept until the next block."""
        if self._block != (start, stop):
            self._amount = duck_amount(self._kicks, self._shape, start, stop, lead=self._lead)
            self._block = (start, stop)
        return self._amount


class ChannelStrip:
    """What a track's sound passes on its way to the mix, block by block, in order."""

    def __init__(self, track: Track, grid: Grid, ducking: Ducking) -> None:
        self._track, self._rate, self._ducking = track, grid.sample_rate, ducking
        self._lines: dict[str, list[tuple[float, float]]] = {}
        for automation in track.automation:
            if automation.parameter not in PARAMETERS:
                raise InvalidInputError(
                    f"automation must be of {', '.join(PARAMETERS)}, got {automation.parameter!r}"
                )
            points = sorted(automation.points, key=lambda point: point.beats)
            if points:
                self._lines[automation.parameter] = [
                    (float(grid.sample(point.beats)), point.value) for point in points
                ]
        self._duck_to = db_to_gain(-abs(track.duck_db))
        self._before = np.zeros((2, _WARM_UP), np.float32)
        self.reverb_gain = _send_gain(track.reverb_send_db)
        self.delay_gain = _send_gain(track.delay_send_db)

    def send_gains(self, start: int, stop: int) -> tuple[Line, Line]:
        """Factors of what goes to the reverb and to the delay: numbers, or one per sample."""
        return (
            self._send_gain("reverb_send_db", self.reverb_gain, start, stop),
            self._send_gain("delay_send_db", self.delay_gain, start, stop),
        )

    def _send_gain(self, name: str, otherwise: float, start: int, stop: int) -> Line:
        if name not in self._lines:
            return otherwise
        level_db = self._line(name, start, stop, NO_SEND_DB)
        if isinstance(level_db, float):
            return 0.0 if level_db <= NO_SEND_DB else db_to_gain(level_db)
        return np.float32(10) ** (level_db / np.float32(20))

    def process(self, block: Audio | None, start: int, samples: int) -> Audio | None:
        """The track's part of the mix; None for silence. The block may be changed."""
        if block is None:
            self._before = np.zeros((2, _WARM_UP), np.float32)
            return None
        swept = [name for name in _FILTERS if name in self._lines]
        if swept:
            led = np.concatenate([self._before, block], axis=1)
            self._before = led[:, -_WARM_UP:]
            for name in swept:
                led = self._filtered(name, led, start - _WARM_UP)
            block = led[:, _WARM_UP:]
        gains = self._gains(start, start + samples)
        np.multiply(block, gains, out=block)
        return block

    def _gains(self, start: int, stop: int) -> NDArray[np.float32]:
        """Level, pan and ducking together: shape (2, 1) or (2, samples)."""
        level_db = np.asarray(self._line("gain_db", start, stop, 0.0), np.float32)
        level = np.float32(10) ** ((level_db + np.float32(self._track.gain_db)) / np.float32(20))
        pan = self._line("pan", start, stop, self._track.pan)
        if isinstance(pan, float):
            sides = np.array(pan_gains(pan), np.float32)[:, None]
        else:
            sides = pan_curves(pan)
        gains = sides * level
        amount = self._ducking.amount(start, stop) if self._track.duck_db else None
        if amount is not None:
            gains = gains * (1 - np.float32(1 - self._duck_to) * amount)
        return gains

    def _line(self, name: str, start: int, stop: int, otherwise: float) -> Line:
        points = self._lines.get(name)
        return otherwise if points is None else curve(points, start, stop)

    def _filtered(self, name: str, led: Audio, start: int) -> Audio:
        """Sweep a filter; it fades out of the way where it would be open anyway.

        led: the block with the quarter second before it, on which the filter runs up, so
            that blocks join; a new array is returned
        """
        cutoff_hz = self._line(name, start, start + led.shape[1], 0.0)
        openness = _openness(name, cutoff_hz)
        if np.all(openness[_WARM_UP:] == 1) if isinstance(openness, np.ndarray) else openness == 1:
            return led
        wet = _swept(name, led, cutoff_hz, self._rate)
        return wet + (led - wet) * np.asarray(openness, np.float32)


def _swept(name: str, audio: Audio, cutoff_hz: Line, sample_rate: int) -> Audio:
    if isinstance(cutoff_hz, float):
        still = low_pass if name == "low_pass_hz" else high_pass
        return still(audio, sample_rate=sample_rate, cutoff_hz=cutoff_hz)
    shape = Sweep(
        cutoff_hz.astype(np.float64), shape="lowpass" if name == "low_pass_hz" else "highpass"
    )
    return sweep(audio, shape, sample_rate=sample_rate)


def _openness(name: str, cutoff_hz: Line) -> Line:
    """1 where a filter lets everything pass that can be heard, 0 where it is at work."""
    closed, opened = _OPEN_HZ if name == "low_pass_hz" else _FLAT_HZ
    share = np.clip((np.asarray(cutoff_hz) - closed) / (opened - closed), 0.0, 1.0)
    return float(share) if share.ndim == 0 else share.astype(np.float32)


def _send_gain(send_db: float | None) -> float:
    return 0.0 if send_db is None else db_to_gain(send_db)
