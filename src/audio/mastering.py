"""Mastering: bring a mix to its loudness below its ceiling, and say whether it got there."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.audio.dynamics import apply_gains
from src.audio.gain import db_to_gain, gain_to_db
from src.audio.limiter import limiter_gains
from src.audio.loudness import LoudnessMeter, LoudnessReport, integrated_from_steps
from src.audio.stereo import CorrelationMeter
from src.audio.true_peak import BLOCK_SAMPLES, block_true_peaks, true_peak_dbtp
from src.audio.validation import Audio

TOLERANCE_LU = 0.3
"""A master this close to its target has reached it."""

MOST_LIMITING_DB = 12.0
"""The highest peak is never pushed down by more: beyond lies distortion, not loudness."""

_MARGIN_DB = 0.03
_ROUNDS = 8
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
    then checked by measuring. Where the target would need more than 12 dB of limiting it is
    not reached, and the report says so.
    """
    meter = LoudnessMeter(sample_rate=sample_rate, channels=mix.shape[0])
    meter.add(mix)
    before = meter.report()
    if not math.isfinite(before.integrated_lufs):
        return _finished(mix, sample_rate, target_lufs, 0.0, 0.0)
    ceiling = db_to_gain(ceiling_dbtp - _MARGIN_DB)
    drive = _drive(mix, meter, sample_rate, target_lufs, ceiling)
    apply_gains(mix, drive.reductions * drive.gain, hop=BLOCK_SAMPLES)
    _lower_to(mix, ceiling_dbtp, sample_rate)
    quantise_24_bit(mix)
    limiting_db = -gain_to_db(float(drive.reductions.min(initial=1.0)))
    return _finished(mix, sample_rate, target_lufs, gain_to_db(drive.gain), limiting_db)


def quantise_24_bit(audio: Audio) -> None:
    """Round to the steps of a 24-bit file, in place; float32 holds each of them exactly."""
    for start in range(0, audio.shape[1], _CHUNK_SAMPLES):
        part = audio[:, start : start + _CHUNK_SAMPLES]
        part *= np.float32(_STEPS_24_BIT)
        np.rint(part, out=part)
        np.clip(part, -_STEPS_24_BIT, _STEPS_24_BIT - 1, out=part)
        part *= np.float32(1 / _STEPS_24_BIT)


def _drive(
    mix: Audio, meter: LoudnessMeter, sample_rate: int, target_lufs: float, ceiling: float
) -> _Drive:
    """Find the gain whose limited result has the target's loudness."""
    loudness = meter.report().integrated_lufs
    peak = db_to_gain(true_peak_dbtp(mix, sample_rate=sample_rate))
    most = ceiling / peak * db_to_gain(MOST_LIMITING_DB)
    wanted = db_to_gain(target_lufs - loudness)
    if wanted * peak <= ceiling:
        return _Drive(wanted, np.ones(-(-mix.shape[1] // BLOCK_SAMPLES)))
    peaks = block_true_peaks(mix, floor=ceiling / min(most, wanted * db_to_gain(6.0)))
    steps, gain, offset_lu = meter.step_powers, min(wanted, most), 0.0
    reductions = np.ones(peaks.size)
    for attempt in range(2):
        for _ in range(_ROUNDS):
            reductions = limiter_gains(peaks, drive=gain, ceiling=ceiling, sample_rate=sample_rate)
            short = (
                target_lufs
                - offset_lu
                - _limited_lufs(steps, reductions, gain, sample_rate, loudness)
            )
            if abs(short) < _CLOSE_LU or (short > 0 and gain >= most):
                break
            gain = min(gain * db_to_gain(short), most)
        if attempt == 0:
            measured = _measured_lufs(mix, reductions * gain, sample_rate)
            estimated = _limited_lufs(steps, reductions, gain, sample_rate, loudness)
            offset_lu = measured - estimated
            if abs(offset_lu) < _CLOSE_LU:
                break
    return _Drive(gain, reductions)


def _limited_lufs(
    steps: NDArray[np.float64],
    reductions: NDArray[np.float64],
    gain: float,
    sample_rate: int,
    whole_lufs: float,
) -> float:
    """Estimate the loudness after the limiter from its mean reduction in each 100 ms."""
    if steps.size < 4:
        mean = float(np.mean(reductions**2))
        return whole_lufs + gain_to_db(gain) + 10 * math.log10(mean)
    edges = np.rint(np.arange(steps.size + 1) * sample_rate / 10 / BLOCK_SAMPLES).astype(np.int64)
    edges = np.minimum(edges, reductions.size)
    sums = np.concatenate([[0.0], np.cumsum(reductions**2)])
    means = np.diff(sums[edges]) / np.maximum(np.diff(edges), 1)
    return integrated_from_steps(steps * means * gain**2)


def _measured_lufs(mix: Audio, gains: NDArray[np.float64], sample_rate: int) -> float:
    """Loudness with gains applied, without keeping the result."""
    meter = LoudnessMeter(sample_rate=sample_rate, channels=mix.shape[0])
    blocks = _CHUNK_SAMPLES // BLOCK_SAMPLES
    for first in range(0, gains.size, blocks):
        part = mix[:, first * BLOCK_SAMPLES : (first + blocks) * BLOCK_SAMPLES].copy()
        apply_gains(part, gains[first : first + blocks], hop=BLOCK_SAMPLES)
        meter.add(part)
    return meter.report().integrated_lufs


def _lower_to(mix: Audio, ceiling_dbtp: float, sample_rate: int) -> None:
    """Take back what a moving gain added between the samples: hundredths of a decibel."""
    over_db = true_peak_dbtp(mix, sample_rate=sample_rate) - ceiling_dbtp + 0.001
    if over_db > 0:
        np.multiply(mix, np.float32(db_to_gain(-over_db)), out=mix)


def _finished(
    mix: Audio, sample_rate: int, target_lufs: float, gain_db: float, limiting_db: float
) -> MasterReport:
    meter = LoudnessMeter(sample_rate=sample_rate, channels=mix.shape[0])
    image = CorrelationMeter()
    for start in range(0, mix.shape[1], _CHUNK_SAMPLES):
        part = mix[:, start : start + _CHUNK_SAMPLES]
        meter.add(part)
        image.add(part)
    heard: LoudnessReport = meter.report()
    return MasterReport(
        loudness_lufs=heard.integrated_lufs,
        short_term_max_lufs=heard.short_term_max_lufs,
        loudness_range_lu=heard.range_lu,
        true_peak_dbtp=true_peak_dbtp(mix, sample_rate=sample_rate),
        stereo_correlation=image.correlation,
        gain_db=gain_db,
        limiting_db=limiting_db,
        reached=abs(heard.integrated_lufs - target_lufs) <= TOLERANCE_LU,
    )
