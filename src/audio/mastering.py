"""Mastering: bring a mix to its loudness below its ceiling, and say whether it got there."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.dynamics import apply_gains
from src.audio.gain import db_to_gain, gain_to_db
from src.audio.limiter import limiter_gains
from src.audio.loudness import LoudnessMeter, integrated_from_steps, measure_loudness
from src.audio.stereo import CorrelationMeter
from src.audio.true_peak import BLOCK_SAMPLES, block_true_peaks, true_peak_dbtp
from src.audio.validation import Audio

TOLERANCE_LU = 0.3
"""A master this close to its target has reached it."""

MOST_COST_LU = 8.0
"""The limiter may cost so much loudness; beyond, more gain gives distortion instead."""

_MARGIN_DB = 0.03
_ROUNDS = 12
_SPARE_DRIVE_DB = 2 * MOST_COST_LU
_CLOSE_LU = 0.02
_CHUNK_SAMPLES = 131_072
_STEPS_24_BIT = float(2**23)


@dataclass(frozen=True)
class MasterReport:
    """What came out. Silence has -inf levels, gain 0 and has not reached its target.

    gain_db: in front of the limiter; limiting_db: largest reduction by it
    reached: whether the loudness lies within 0.3 LU of the target
    """

    loudness_lufs: float
    short_term_max_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    stereo_correlation: float
    gain_db: float
    limiting_db: float
    reached: bool


@dataclass(frozen=True)
class _Goal:
    target_lufs: float
    ceiling: float
    sample_rate: int


@dataclass(frozen=True)
class _Drive:
    gain: float
    reductions: NDArray[np.float64]


def master(
    mix: Audio, *, sample_rate: int, target_lufs: float, ceiling_dbtp: float
) -> MasterReport:
    """Bring a mix to a loudness below a true-peak ceiling, in place, on the 24-bit grid.

    mix: float32, shape (2, samples); it is changed
    target_lufs: integrated loudness asked for (ITU-R BS.1770-4)
    ceiling_dbtp: no true peak above this remains

    The gain is found from the loudness of 100 ms steps and the limiter's reduction in each,
    then checked by measuring. Where the limiter would cost more than 8 LU the target is
    not reached, and the report says so.
    """
    meter = LoudnessMeter(sample_rate=sample_rate, channels=mix.shape[0])
    meter.add(mix)
    loudness = meter.report().integrated_lufs
    if not math.isfinite(loudness):
        return _finished(mix, sample_rate, target_lufs, 0.0, 0.0)
    goal = _Goal(target_lufs, db_to_gain(ceiling_dbtp - _MARGIN_DB), sample_rate)
    drive = _drive(mix, meter.step_powers, loudness, goal)
    apply_gains(mix, drive.reductions * drive.gain, hop=BLOCK_SAMPLES)
    quantise_24_bit(mix)
    limiting_db = -gain_to_db(float(drive.reductions.min(initial=1.0)))
    report = _finished(mix, sample_rate, target_lufs, gain_to_db(drive.gain), limiting_db)
    over_db = report.true_peak_dbtp - ceiling_dbtp
    if over_db <= 0:
        return report
    # A moving gain can add hundredths of a decibel between the samples.
    np.multiply(mix, np.float32(db_to_gain(-over_db - 0.001)), out=mix)
    quantise_24_bit(mix)
    return _finished(mix, sample_rate, target_lufs, gain_to_db(drive.gain), limiting_db)


def quantise_24_bit(audio: Audio) -> None:
    """Round to the steps of a 24-bit file, in place; float32 holds each of them exactly."""
    for start in range(0, audio.shape[1], _CHUNK_SAMPLES):
        part = audio[:, start : start + _CHUNK_SAMPLES]
        part *= np.float32(_STEPS_24_BIT)
        np.rint(part, out=part)
        np.clip(part, -_STEPS_24_BIT, _STEPS_24_BIT - 1, out=part)
        part *= np.float32(1 / _STEPS_24_BIT)


def _drive(mix: Audio, steps: NDArray[np.float64], loudness_lufs: float, goal: _Goal) -> _Drive:
    """Find the gain whose limited result has the target's loudness."""
    wanted = db_to_gain(goal.target_lufs - loudness_lufs)
    floor = goal.ceiling / (wanted * db_to_gain(_SPARE_DRIVE_DB))
    peaks = block_true_peaks(mix, floor=min(floor, float(max(mix.max(), -mix.min()))))
    limiting = _Limiting(mix, steps, peaks, loudness_lufs, goal)
    drive = limiting.solve(wanted, 0.0)
    if drive.reductions.min(initial=1.0) >= 1.0:
        return drive
    error_lu = limiting.measured_lufs(drive) - limiting.estimated_lufs(drive)
    return drive if abs(error_lu) < _CLOSE_LU else limiting.solve(drive.gain, error_lu)


@dataclass(frozen=True)
class _Limiting:
    """A mix and a limiter, and what the one does to the other's loudness.

    steps: power of each 100 ms of the mix
    peaks: true peak of each 32 samples
    """

    mix: Audio
    steps: NDArray[np.float64]
    peaks: NDArray[np.float32]
    loudness_lufs: float
    goal: _Goal

    def solve(self, gain: float, error_lu: float) -> _Drive:
        """Raise the gain by what is missing until nothing is, or the limiter costs too much.

        error_lu: by how much the measured loudness lies above the estimate
        """
        drive = self._at(gain)
        for _ in range(_ROUNDS):
            missing_lu = self.goal.target_lufs - error_lu - self.estimated_lufs(drive)
            if self._cost_lu(drive) > MOST_COST_LU:
                return self._dearest(drive.gain)
            if abs(missing_lu) < _CLOSE_LU:
                break
            drive = self._at(drive.gain * db_to_gain(missing_lu))
        return drive

    def _dearest(self, gain: float) -> _Drive:
        """The largest gain below ``gain`` whose limiting costs no more than is allowed."""
        low, high = gain * db_to_gain(-4 * MOST_COST_LU), gain
        for _ in range(_ROUNDS):
            middle = math.sqrt(low * high)
            if self._cost_lu(self._at(middle)) > MOST_COST_LU:
                high = middle
            else:
                low = middle
        return self._at(low)

    def _cost_lu(self, drive: _Drive) -> float:
        return self.loudness_lufs + gain_to_db(drive.gain) - self.estimated_lufs(drive)

    def _at(self, gain: float) -> _Drive:
        goal = self.goal
        reductions = limiter_gains(
            self.peaks, drive=gain, ceiling=goal.ceiling, sample_rate=goal.sample_rate
        )
        return _Drive(gain, reductions)

    def estimated_lufs(self, drive: _Drive) -> float:
        """The loudness after the limiter, from its mean reduction in each 100 ms.

        The mean is weighted with the square of the peaks, for loud runs carry the power.
        """
        weights = np.square(self.peaks, dtype=np.float64)
        powers = np.square(drive.reductions) * weights
        if self.steps.size < 4:
            mean_db = 10 * math.log10(float(powers.sum() / weights.sum()))
            return self.loudness_lufs + gain_to_db(drive.gain) + mean_db
        per_step = self.goal.sample_rate / 10 / BLOCK_SAMPLES
        edges = np.rint(np.arange(self.steps.size + 1) * per_step).astype(np.int64)
        edges = np.minimum(edges, powers.size)
        reduced = np.add.reduceat(np.append(powers, 0.0), edges)[:-1]
        whole = np.add.reduceat(np.append(weights, 0.0), edges)[:-1]
        return integrated_from_steps(self.steps * drive.gain**2 * reduced / (whole + 1e-30))

    def measured_lufs(self, drive: _Drive) -> float:
        """The loudness after the limiter, measured without keeping the result."""
        meter = LoudnessMeter(sample_rate=self.goal.sample_rate, channels=self.mix.shape[0])
        gains = drive.reductions * drive.gain
        blocks = _CHUNK_SAMPLES // BLOCK_SAMPLES
        for first in range(0, gains.size, blocks):
            part = self.mix[:, first * BLOCK_SAMPLES : (first + blocks) * BLOCK_SAMPLES].copy()
            apply_gains(part, gains[first : first + blocks], hop=BLOCK_SAMPLES)
            meter.add(part)
        return meter.report().integrated_lufs


def _finished(
    mix: Audio, sample_rate: int, target_lufs: float, gain_db: float, limiting_db: float
) -> MasterReport:
    image = CorrelationMeter()
    with ThreadPoolExecutor(1) as beside:
        peak = beside.submit(true_peak_dbtp, mix, sample_rate=sample_rate)
        heard = measure_loudness(mix, sample_rate=sample_rate)
        for start in range(0, mix.shape[1], _CHUNK_SAMPLES):
            image.add(mix[:, start : start + _CHUNK_SAMPLES])
    return MasterReport(
        loudness_lufs=heard.integrated_lufs,
        short_term_max_lufs=heard.short_term_max_lufs,
        loudness_range_lu=heard.range_lu,
        true_peak_dbtp=peak.result(),
        stereo_correlation=image.correlation,
        gain_db=gain_db,
        limiting_db=limiting_db,
        reached=abs(heard.integrated_lufs - target_lufs) <= TOLERANCE_LU,
    )
