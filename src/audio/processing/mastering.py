"""Mastering: bring a mix to its loudness below its ceiling, and say whether it got there."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from src.audio.basics.gain import db_to_gain, gain_to_db
from src.audio.basics.side_by_side import blocks, side_by_side
from src.audio.basics.validation import Audio
from src.audio.metering.loudness import (
    integrated_from_steps,
    integrated_loudness,
    measured_loudness,
)
from src.audio.metering.master_report import MasterReport, measured_master
from src.audio.metering.true_peak import (
    BLOCK_SAMPLES,
    FINE_OVERSAMPLING,
    NEAR_SHARE,
    block_true_peaks,
    true_peak_dbtp,
)
from src.audio.processing.dynamics import apply_gains, gain_line
from src.audio.processing.limiter import limiter_gains
from src.audio.processing.soft_clip import round_peaks, rounded

TOLERANCE_LU = 0.3
"""A master this close to its target has reached it."""

TOLERANCE_DB = 0.05
"""A premaster whose peak is this close to the level asked for has reached it."""

MOST_COST_LU = 6.0
"""Rounding and limiting may cost so much loudness; beyond, more gain gives distortion instead."""

LIMITED_ALONE_DB = 6.0
"""Up to here the limiter works alone; where it would take more, peaks are rounded before it."""

_MARGIN_DB = 0.03
_ROUNDS = 12
_CHECKS = 3
_SPARE_DRIVE_DB = (6.0, 2 * MOST_COST_LU)
"""True peaks are known for gains so much larger than the one that is wanted; mostly the first
does, and the second costs more."""

_CLOSE_LU = 0.02
_REACH_RUNS = 5
_SURE_LU = 0.4
"""Where the limiter takes less, the estimate is wrong by a small part of it."""

_LEAST_LEFT = 0.2
_CLOSE_ENOUGH_LU = 0.1
_CHUNK_SAMPLES = 131_072
_STEPS_24_BIT = float(2**23)


Measuring = Callable[[], MasterReport]
"""Measures what has been mastered. It only reads, so others may read the same meanwhile."""


@dataclass(frozen=True)
class _Goal:
    target_lufs: float
    ceiling: float
    sample_rate: int


@dataclass(frozen=True)
class _Drive:
    """A gain, and what limiter and rounding do at it.

    estimated_lufs: how loud the result will be, by estimate; dear: no more gain is allowed
    """

    gain: float
    reductions: NDArray[np.float64]
    estimated_lufs: float
    rounding_db: float = 0.0
    dear: bool = False


def mastered(mix: Audio, *, sample_rate: int, target_lufs: float, ceiling_dbtp: float) -> Measuring:
    """Bring a mix to a loudness below a true-peak ceiling, in place, on the 24-bit grid.

    mix: float32, shape (2, samples); it is changed
    target_lufs: integrated loudness asked for (ITU-R BS.1770-4)
    ceiling_dbtp: no true peak above this remains

    The gain is found from the loudness of 100 ms steps and the limiter's reduction in each,
    then checked by measuring. Where the limiter alone would have to take more than 6 dB,
    peaks are rounded before it. Where both would cost more than 6 LU the target is not
    reached, and the report says so. The samples are final when it returns; what it gives
    only reads them.
    """
    meter = measured_loudness(mix, sample_rate=sample_rate)
    loudness = meter.report().integrated_lufs
    if not math.isfinite(loudness):
        return lambda: _silence(mix, sample_rate)
    goal = _Goal(target_lufs, db_to_gain(ceiling_dbtp - _MARGIN_DB), sample_rate)
    drive = _drive(mix, meter.step_powers, loudness, goal)
    peak_dbtp = quantise_below(mix, sample_rate=sample_rate, ceiling_dbtp=ceiling_dbtp)

    def measure() -> MasterReport:
        report = measured_master(mix, sample_rate=sample_rate, true_peak=peak_dbtp)
        return _judged(report, drive, goal)

    return measure


def premastered(mix: Audio, *, sample_rate: int, peak_dbfs: float) -> Measuring:
    """Bring the highest sample of a mix to a level by gain alone, in place, on the 24-bit grid.

    mix: float32, shape (channels, samples); it is changed
    peak_dbfs: level of its highest sample; above 0 it would clip
    """
    peak = float(max(mix.max(initial=0.0), -mix.min(initial=0.0)))
    if peak == 0.0:
        return lambda: _silence(mix, sample_rate)
    gain = db_to_gain(peak_dbfs) / peak
    np.multiply(mix, np.float32(gain), out=mix)
    quantise_24_bit(mix)

    def measure() -> MasterReport:
        report = measured_master(mix, sample_rate=sample_rate)
        missed = report.sample_peak_dbfs - peak_dbfs
        reached = abs(missed) <= TOLERANCE_DB
        return replace(
            report,
            gain_db=gain_to_db(gain),
            reached=reached,
            missed_by=0.0 if reached else missed,
            shortfall="" if reached else "level",
        )

    return measure


def _silence(mix: Audio, sample_rate: int) -> MasterReport:
    return replace(measured_master(mix, sample_rate=sample_rate), shortfall="silence")


def _limited(mix: Audio, limiting: "_Limiting", drive: _Drive) -> _Drive:
    """Apply gain and limiter in place."""
    for _ in range(_CHECKS):
        if limiting.cost_lu(drive) < _SURE_LU:
            break
        measured_lufs = limiting.measured_lufs(drive)
        if limiting.satisfied(measured_lufs, drive):
            break
        drive = limiting.solve(drive.gain, measured_lufs - drive.estimated_lufs)
    apply_gains(mix, drive.reductions * drive.gain, hop=BLOCK_SAMPLES)
    left = limiting.peaks * (drive.reductions * drive.gain).astype(np.float32)
    return replace(drive, reductions=drive.reductions * _finely_limited(mix, left, limiting.goal))


def _finely_limited(mix: Audio, peaks: NDArray[np.float32], goal: _Goal) -> NDArray[np.float64]:
    """Limit in place what rises above the ceiling between the four points of each sample.

    peaks: about what each run of 32 samples rises to, by four points per sample

    Returns the gains. The limiter is led by four points, as its loudness is solved many times;
    meters that look closer find up to some tenths of a decibel more.
    """
    near = maximum_filter1d(peaks, 3) > np.float32(goal.ceiling * NEAR_SHARE)
    fine = block_true_peaks(mix, floor=goal.ceiling, only=near, points=FINE_OVERSAMPLING)
    gains = limiter_gains(fine, drive=1.0, ceiling=goal.ceiling, sample_rate=goal.sample_rate)
    if gains.size and gains.min() < 1.0:
        apply_gains(mix, gains, hop=BLOCK_SAMPLES)
    return gains


def _rounded_and_limited(mix: Audio, limiting: "_Limiting", drive: _Drive) -> _Drive:
    """Apply gain, rounding and limiter in place; a copy is kept to begin again from."""
    goal, original = limiting.goal, mix.copy()
    for check in range(_CHECKS + 1):
        round_peaks(original, mix, drive=drive.gain, ceiling=goal.ceiling, peaks=limiting.peaks)
        peaks = block_true_peaks(mix, floor=goal.ceiling, only=limiting.bent(drive.gain))
        reductions = limiter_gains(
            peaks, drive=1.0, ceiling=goal.ceiling, sample_rate=goal.sample_rate
        )
        apply_gains(mix, reductions, hop=BLOCK_SAMPLES)
        measured_lufs = integrated_loudness(mix, sample_rate=goal.sample_rate)
        if check == _CHECKS or limiting.satisfied(measured_lufs, drive):
            break
        drive = limiting.solve(drive.gain, measured_lufs - drive.estimated_lufs)
    left = peaks * reductions.astype(np.float32)
    return replace(drive, reductions=reductions * _finely_limited(mix, left, goal))


def _judged(report: MasterReport, drive: _Drive, goal: _Goal) -> MasterReport:
    missed = report.loudness_lufs - goal.target_lufs
    reached = abs(missed) <= TOLERANCE_LU
    limiting_db = -20 * np.log10(np.append(drive.reductions, 1.0))
    return replace(
        report,
        gain_db=gain_to_db(drive.gain),
        limiting_db=float(limiting_db.max()),
        limiting_mean_db=float(limiting_db.mean()),
        rounding_db=drive.rounding_db,
        reached=reached,
        missed_by=0.0 if reached else missed,
        shortfall="" if reached else "peaks" if drive.dear else "level",
    )


def quantise_24_bit(audio: Audio) -> None:
    """Round to the steps of a 24-bit file, in place; float32 holds each of them exactly."""

    def work(block: tuple[int, int]) -> None:
        part = audio[:, slice(*block)]
        part *= np.float32(_STEPS_24_BIT)
        np.rint(part, out=part)
        np.clip(part, -_STEPS_24_BIT, _STEPS_24_BIT - 1, out=part)
        part *= np.float32(1 / _STEPS_24_BIT)

    side_by_side(work, blocks(audio.shape[1], _CHUNK_SAMPLES))


def quantise_below(audio: Audio, *, sample_rate: int, ceiling_dbtp: float) -> float:
    """Round to the steps of a 24-bit file with no true peak above a ceiling, in place.

    audio: float32, shape (channels, samples); all of it is turned down where a peak is above

    Returns the true peak in dBTP. For hundredths of a decibel: a moving gain can add so much
    between the samples, and a limiter that was told of each run's peak can't know of it.
    """
    quantise_24_bit(audio)
    peak_dbtp = true_peak_dbtp(audio, sample_rate=sample_rate, fine=True)
    if peak_dbtp > ceiling_dbtp:
        np.multiply(audio, np.float32(db_to_gain(ceiling_dbtp - peak_dbtp - 0.001)), out=audio)
        quantise_24_bit(audio)
        peak_dbtp = true_peak_dbtp(audio, sample_rate=sample_rate, fine=True)
    return peak_dbtp


def _drive(mix: Audio, steps: NDArray[np.float64], loudness_lufs: float, goal: _Goal) -> _Drive:
    """Find and apply the gain whose limited result has the target's loudness."""
    requested = db_to_gain(goal.target_lufs - loudness_lufs)
    highest = float(max(mix.max(), -mix.min()))
    for spare_db in _SPARE_DRIVE_DB:
        floor = goal.ceiling / (requested * db_to_gain(spare_db))
        peaks = block_true_peaks(mix, floor=min(floor, highest))
        limiting = _Limiting(mix, steps, peaks, loudness_lufs, goal)
        # What is too much at this gain is too much at the larger one that is looked for.
        drive = limiting.at(requested)
        if limiting.limits_alone(drive):
            drive = limiting.solve(requested, 0.0)
        if not limiting.limits_alone(drive):
            limiting = replace(limiting, rounds=True)
            drive = limiting.solve(requested, 0.0)
        if drive.gain <= requested * db_to_gain(spare_db - 1.0):
            break
    if limiting.rounds:
        return _rounded_and_limited(mix, limiting, drive)
    return _limited(mix, limiting, drive)


@dataclass(frozen=True)
class _Limiting:
    """A mix and a limiter, and what the one does to the other's loudness.

    steps: power of each 100 ms of the mix
    peaks: true peak of each 32 samples
    rounds: whether peaks are rounded in front of the limiter
    """

    mix: Audio
    steps: NDArray[np.float64]
    peaks: NDArray[np.float32]
    loudness_lufs: float
    goal: _Goal
    rounds: bool = False

    def solve(self, gain: float, error_lu: float) -> _Drive:
        """Raise the gain by what is missing until nothing is, or the limiter costs too much.

        error_lu: by how much the measured loudness lies above the estimate

        A louder drive is eaten in part; how much of a step was left tells how long the next
        one has to be (secant method).
        """
        drive, left = self.at(gain), 1.0
        for _ in range(_ROUNDS):
            if self.cost_lu(drive, error_lu) > MOST_COST_LU:
                return self._dearest(drive.gain, error_lu)
            missing_lu = self.goal.target_lufs - error_lu - drive.estimated_lufs
            if abs(missing_lu) < _CLOSE_LU:
                break
            step_db = missing_lu / left
            then = self.at(drive.gain * db_to_gain(step_db))
            gained_lu = then.estimated_lufs - drive.estimated_lufs
            left = min(max(gained_lu / step_db, _LEAST_LEFT), 1.0)
            drive = then
        return drive

    def _dearest(self, gain: float, error_lu: float) -> _Drive:
        """Find the largest gain below ``gain`` whose limiting costs no more than is allowed."""
        low, high = gain * db_to_gain(-4 * MOST_COST_LU), gain
        for _ in range(_ROUNDS):
            middle = math.sqrt(low * high)
            if self.cost_lu(self.at(middle), error_lu) > MOST_COST_LU:
                high = middle
            else:
                low = middle
        return replace(self.at(low), dear=True)

    def cost_lu(self, drive: _Drive, error_lu: float = 0.0) -> float:
        """Measure how much loudness limiter and rounding take away."""
        measured_lufs = drive.estimated_lufs + error_lu
        return self.loudness_lufs + gain_to_db(drive.gain) - measured_lufs

    def bent(self, gain: float) -> NDArray[np.bool_]:
        """Find the runs that rounding may change, with those whose curve reaches into them.

        The others stay below the ceiling, as they were.
        """
        high = self.peaks * np.float32(gain) > np.float32(self.goal.ceiling)
        return maximum_filter1d(high, _REACH_RUNS)

    def limits_alone(self, drive: _Drive) -> bool:
        """Tell whether the limiter takes so little that no peak has to be rounded."""
        return bool(drive.reductions.min(initial=1.0) >= db_to_gain(-LIMITED_ALONE_DB))

    def satisfied(self, measured_lufs: float, drive: _Drive) -> bool:
        """Tell whether a result is near enough to the target, or as near as is allowed."""
        missing_lu = self.goal.target_lufs - measured_lufs
        return abs(missing_lu) < _CLOSE_ENOUGH_LU or (drive.dear and missing_lu > 0)

    def at(self, gain: float) -> _Drive:
        """Compute what limiter and rounding do at a gain."""
        goal = self.goal
        peaks, rounding_db = self.peaks * np.float32(gain), 0.0
        if self.rounds and peaks.size:
            before = float(peaks.max())
            peaks = rounded(peaks, ceiling=goal.ceiling)
            rounding_db = max(gain_to_db(before / max(float(peaks.max()), 1e-12)), 0.0)
        reductions = limiter_gains(
            peaks, drive=1.0, ceiling=goal.ceiling, sample_rate=goal.sample_rate
        )
        estimated_lufs = self._estimated_lufs(gain, reductions)
        return _Drive(gain, reductions, estimated_lufs, rounding_db)

    def _estimated_lufs(self, gain: float, reductions: NDArray[np.float64]) -> float:
        """Estimate the loudness after the limiter from its mean reduction in each 100 ms.

        The mean is weighted with the square of the peaks, for loud runs carry the power.
        """
        weights = np.square(self.peaks, dtype=np.float64)
        powers = np.square(reductions * self._left_by_rounding(gain)) * weights
        if self.steps.size < 4:
            mean_db = 10 * math.log10(float(powers.sum() / weights.sum()))
            return self.loudness_lufs + gain_to_db(gain) + mean_db
        per_step = self.goal.sample_rate / 10 / BLOCK_SAMPLES
        edges = np.rint(np.arange(self.steps.size + 1) * per_step).astype(np.int64)
        edges = np.minimum(edges, powers.size)
        reduced = np.add.reduceat(np.append(powers, 0.0), edges)[:-1]
        whole = np.add.reduceat(np.append(weights, 0.0), edges)[:-1]
        return integrated_from_steps(self.steps * gain**2 * reduced / (whole + 1e-30))

    def _left_by_rounding(self, gain: float) -> NDArray[np.float32] | float:
        if not self.rounds:
            return 1.0
        peaks = np.maximum(self.peaks * np.float32(gain), np.float32(1e-12))
        left: NDArray[np.float32] = rounded(peaks, ceiling=self.goal.ceiling) / peaks
        return left

    def measured_lufs(self, drive: _Drive) -> float:
        """Measure the loudness after the limiter without keeping the result."""
        held = np.pad(drive.reductions * drive.gain, 1, mode="edge").astype(np.float32)

        def audible(start: int, stop: int) -> Audio:
            first, last = start // BLOCK_SAMPLES, -(-stop // BLOCK_SAMPLES)
            line = gain_line(held[first : last + 2], BLOCK_SAMPLES)
            offset = start - first * BLOCK_SAMPLES
            return self.mix[:, start:stop] * line[offset : offset + stop - start]

        meter = measured_loudness(self.mix, sample_rate=self.goal.sample_rate, source=audible)
        return meter.report().integrated_lufs
