"""Loudness after ITU-R BS.1770-4 and EBU R 128, and the true peak beside it."""

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, sos2tf

from src.audio.basics.side_by_side import side_by_side
from src.audio.basics.validation import Audio, valid_audio
from src.audio.metering.loudness_range import range_of_short_term
from src.audio.metering.true_peak import true_peak_dbtp
from src.core.errors import InvalidInputError

__all__ = [
    "LoudnessMeter",
    "LoudnessReport",
    "integrated_loudness",
    "loudness_range",
    "measure_loudness",
    "momentary_max",
    "short_term_max",
    "true_peak_dbtp",
]

STEP_S = 0.1
"""Time between two measuring blocks: a quarter of the 400 ms gating block."""

_PARTS = 10
_PART_S = STEP_S / _PARTS
"""Grain in which power is collected: so fine that the loudest window is found wherever it lies."""

_GATING_STEPS = 4
_SHORT_TERM_STEPS = 30
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_LEAST_RATE = 100
_OFFSET_LUFS = -0.691
_SURROUND_GAIN = 1.41
_CHUNK_SAMPLES = 131_072
_STRETCH_S = 20.0
_LEAD_S = 0.25


@dataclass(frozen=True)
class LoudnessReport:
    """What a meter says of a whole programme. Silence has -inf LUFS and a range of 0 LU.

    short_term_max_lufs, momentary_max_lufs: the loudest 3 s and 0.4 s
    """

    integrated_lufs: float
    short_term_max_lufs: float
    momentary_max_lufs: float
    range_lu: float


def integrated_loudness(audio: Audio, *, sample_rate: int) -> float:
    """Measure how loud a clip is as a whole, in LUFS (ITU-R BS.1770-4, gated).

    audio: float32, shape (channels, samples); of five channels the last two are surrounds,
        of six the fourth is the LFE, which does not count
    sample_rate: Hz, any

    A clip shorter than the gating block of 0.4 s is taken as one block without a gate.
    Silence and an empty clip give -inf.
    """
    return measure_loudness(audio, sample_rate=sample_rate).integrated_lufs


def short_term_max(audio: Audio, *, sample_rate: int) -> float:
    """Measure the loudest 3 s of a clip, in LUFS (EBU Tech 3341).

    A clip shorter than 3 s is taken as one window. Silence gives -inf.
    """
    return measure_loudness(audio, sample_rate=sample_rate).short_term_max_lufs


def momentary_max(audio: Audio, *, sample_rate: int) -> float:
    """Measure the loudest 0.4 s of a clip, in LUFS (EBU Tech 3341).

    A clip shorter than 0.4 s is taken as one window. Silence gives -inf.
    """
    return measure_loudness(audio, sample_rate=sample_rate).momentary_max_lufs


def loudness_range(audio: Audio, *, sample_rate: int) -> float:
    """Measure how far soft and loud parts lie apart, in LU (EBU Tech 3342).

    Clips shorter than 3 s and silence have no range: 0.
    """
    return measure_loudness(audio, sample_rate=sample_rate).range_lu


def measure_loudness(audio: Audio, *, sample_rate: int) -> LoudnessReport:
    """Measure integrated loudness, loudest 3 s and 0.4 s, and loudness range in one pass."""
    return measured_loudness(valid_audio(audio), sample_rate=sample_rate).report()


SampleSource = Callable[[int, int], Audio]
"""Gives the samples from a start to a stop."""


def measured_loudness(
    audio: Audio, *, sample_rate: int, source: SampleSource | None = None
) -> "LoudnessMeter":
    """Return a meter that has taken a whole programme; its blocks are measured in parallel.

    audio: float32, shape (channels, samples)
    heard: gives the samples as something makes them sound; None: as they are

    Each stretch is led in by what lies before it: within a quarter of a second the filter
    forgets where it began, down to the last bit of its double precision.
    """
    whole = LoudnessMeter(sample_rate=sample_rate, channels=audio.shape[0])
    length = max(1, round(_STRETCH_S / _PART_S))
    parts = whole.part_at(audio.shape[1])

    def taken(start: int, stop: int) -> Audio:
        return audio[:, start:stop] if source is None else source(start, stop)

    def measured(first: int) -> "LoudnessMeter":
        last = first + length
        stop = audio.shape[1] if last >= parts else int(whole.part_starts(last, last + 1)[0])
        meter = LoudnessMeter(sample_rate=sample_rate, channels=audio.shape[0])
        meter.take(taken, first, stop)
        return meter

    whole.join(side_by_side(measured, range(0, max(parts, 1), length)))
    return whole


class LoudnessMeter:
    """Takes a programme block by block and tells its loudness.

    The result does not depend on how the programme is cut into blocks, up to rounding.
    """

    def __init__(self, *, sample_rate: int, channels: int) -> None:
        if sample_rate < _LEAST_RATE:
            raise InvalidInputError(f"sample_rate must be a rate in Hz, got {sample_rate}")
        self._rate = sample_rate
        # Both sections as one filter: a third faster, and as exact in double precision.
        self._filter = sos2tf(k_weighting(sample_rate))
        self._state = np.zeros((channels, 4))
        self._gains = _channel_gains(channels)
        self._taken = 0
        self._first_part = 0
        self._open_energy = 0.0
        self._energies: list[float] = []

    def add(self, audio: Audio) -> None:
        """Take the next block, shape (channels, samples)."""
        for start in range(0, audio.shape[1], _CHUNK_SAMPLES):
            self._add_chunk(audio[:, start : start + _CHUNK_SAMPLES])

    def take(self, source: SampleSource, part: int, stop: int) -> None:
        """Take a programme from a part of 10 ms on to a sample, as if all before had been."""
        start = int(self.part_starts(part, part + 1)[0])
        lead = max(start - math.ceil(_LEAD_S * self._rate), 0)
        if lead < start:
            before = source(lead, start).astype(np.float64)
            _, self._state = lfilter(*self._filter, before, axis=-1, zi=self._state)
        self._taken, self._first_part = start, part
        for position in range(start, stop, _CHUNK_SAMPLES):
            self._add_chunk(source(position, min(position + _CHUNK_SAMPLES, stop)))

    def join(self, meters: Sequence["LoudnessMeter"]) -> None:
        """Take what others have measured of one programme, in its order."""
        for meter in meters:
            self._energies += meter._energies
            self._open_energy, self._taken = meter._open_energy, meter._taken

    def _add_chunk(self, chunk: Audio) -> None:
        weighted, self._state = lfilter(
            *self._filter, chunk.astype(np.float64), axis=-1, zi=self._state
        )
        power = self._gains @ np.square(weighted, out=weighted)
        end = self._taken + power.size
        done = self._first_part + len(self._energies)
        edges = self.part_starts(done + 1, self.part_at(end) + 1) - self._taken
        if edges.size:
            closed = np.add.reduceat(power[: edges[-1]], np.append(0, edges[:-1]))
            closed[0] += self._open_energy
            self._energies.extend(closed.tolist())
            self._open_energy = 0.0
            power = power[edges[-1] :]
        self._open_energy += float(power.sum())
        self._taken = end

    def part_starts(self, first: int, stop: int) -> NDArray[np.int64]:
        """List the samples at which the parts ``first`` to ``stop - 1`` of 10 ms begin."""
        starts: NDArray[np.int64] = np.rint(np.arange(first, stop) * (_PART_S * self._rate)).astype(
            np.int64
        )
        return starts

    def part_at(self, sample: int) -> int:
        """Count the parts that are complete when ``sample`` samples have been taken."""
        index = int(sample / (_PART_S * self._rate)) + 1
        while self.part_starts(index, index + 1)[0] > sample:
            index -= 1
        return index

    @property
    def step_powers(self) -> NDArray[np.float64]:
        """K-weighted mean square of each complete step of 100 ms, channels summed."""
        steps = len(self._energies) // _PARTS
        energies = np.array(self._energies[: steps * _PARTS]).reshape(steps, _PARTS).sum(axis=1)
        lengths = np.diff(self.part_starts(0, steps * _PARTS + 1)[::_PARTS])
        powers: NDArray[np.float64] = energies / lengths
        return powers

    def report(self) -> LoudnessReport:
        """Return loudness of everything taken so far."""
        steps = self.step_powers
        return LoudnessReport(
            integrated_lufs=(
                integrated_from_steps(steps) if steps.size >= _GATING_STEPS else self._whole_lufs()
            ),
            short_term_max_lufs=self._loudest(_SHORT_TERM_STEPS),
            momentary_max_lufs=self._loudest(_GATING_STEPS),
            range_lu=_range_lu(steps),
        )

    def _loudest(self, steps: int) -> float:
        """Find the loudest window of so many steps, to 10 ms; of a shorter clip the whole."""
        width = steps * _PARTS
        if len(self._energies) < width:
            return self._whole_lufs()
        energies = np.append(0.0, np.cumsum(self._energies))
        starts = self.part_starts(0, energies.size)
        powers = (energies[width:] - energies[:-width]) / (starts[width:] - starts[:-width])
        return lufs_of_power(float(powers.max()))

    def _whole_lufs(self) -> float:
        if self._taken == 0:
            return -math.inf
        return lufs_of_power((math.fsum(self._energies) + self._open_energy) / self._taken)


def integrated_from_steps(step_powers: NDArray[np.float64]) -> float:
    """Gate and average 400 ms blocks made of 100 ms steps; -inf when none passes the gate.

    ITU-R BS.1770-4: blocks below -70 LUFS don't count, and of the rest those
    more than 10 LU below their mean.
    """
    blocks = _windows(step_powers, _GATING_STEPS)
    loud = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
    if loud.size == 0:
        return -math.inf
    gated = loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE_LU / 10)]
    return lufs_of_power(float(gated.mean()))


@functools.cache
def k_weighting(sample_rate: int) -> NDArray[np.float64]:
    """Design the K filter as two second-order sections for any sample rate.

    ITU-R BS.1770-4 gives coefficients for 48 kHz only; they are a high shelf and a high-pass
    by the bilinear transform, whose parameters B. De Man worked out (Evaluation of
    implementations of the EBU R128 loudness measurement, AES 145, 2018).
    """
    gain, tangent = 10 ** (3.999843853973347 / 20), _tangent(1681.974450955533, sample_rate)
    quality, middle = 0.7071752369554196, gain**0.4996667741545416
    norm = 1 + tangent / quality + tangent**2
    shelf = [
        (gain + middle * tangent / quality + tangent**2) / norm,
        2 * (tangent**2 - gain) / norm,
        (gain - middle * tangent / quality + tangent**2) / norm,
        1.0,
        2 * (tangent**2 - 1) / norm,
        (1 - tangent / quality + tangent**2) / norm,
    ]
    tangent, quality = _tangent(38.13547087602444, sample_rate), 0.5003270373238773
    norm = 1 + tangent / quality + tangent**2
    high_pass = [
        1.0,
        -2.0,
        1.0,
        1.0,
        2 * (tangent**2 - 1) / norm,
        (1 - tangent / quality + tangent**2) / norm,
    ]
    return np.array([shelf, high_pass])


def _tangent(frequency_hz: float, sample_rate: int) -> float:
    return math.tan(math.pi * min(frequency_hz, 0.49 * sample_rate) / sample_rate)


def _channel_gains(channels: int) -> NDArray[np.float64]:
    gains = np.ones(channels)
    if channels in {5, 6}:
        gains[-2:] = _SURROUND_GAIN
    if channels == 6:
        gains[3] = 0.0
    return gains


def _windows(steps: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Mean of every run of ``length`` steps."""
    windows = np.lib.stride_tricks.sliding_window_view(steps, length)
    means: NDArray[np.float64] = windows.mean(axis=-1)
    return means


def _range_lu(steps: NDArray[np.float64]) -> float:
    if steps.size < _SHORT_TERM_STEPS:
        return 0.0
    with np.errstate(divide="ignore"):
        short_term = _OFFSET_LUFS + 10 * np.log10(_windows(steps, _SHORT_TERM_STEPS))
    return range_of_short_term(short_term)


def lufs_of_power(power: float) -> float:
    """Convert a K-weighted mean square, channels summed, to loudness; -inf for none."""
    return _OFFSET_LUFS + 10 * math.log10(power) if power > 0 else -math.inf


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LUFS) / 10))
