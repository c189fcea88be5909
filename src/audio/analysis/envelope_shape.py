"""How a sound's level moves: attack, decay, sustain, hits and their regularity."""

import numpy as np
from numpy.typing import NDArray

from src.audio.analysis.spectrum import Spectrum, mel_energies

STEP_S = 0.005
"""Resolution of the level envelope."""

PROFILE_S = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28)
"""Where the level after the first hit is read, in seconds."""

_FLOOR_DB = -60.0
_WOBBLE_HZ = ((0.5, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0), (16.0, 40.0))

Values = NDArray[np.float64]


def level_envelope(mono: NDArray[np.float32], *, sample_rate: int) -> Values:
    """RMS level in steps of 5 ms, in dB below the loudest step, shape (steps,).

    mono: shape (samples,). Never below -60 dB; silence is -60 dB throughout; at least one step.
    """
    step = max(1, round(STEP_S * sample_rate))
    steps = max(1, -(-mono.size // step))
    padded = np.zeros(steps * step, dtype=np.float32)
    padded[: mono.size] = mono
    squares = padded * padded
    power = squares.reshape(steps, step).mean(axis=1, dtype=np.float64)
    loudest = power.max()
    if loudest <= 0.0:
        return np.full(steps, _FLOOR_DB)
    level: Values = 10.0 * np.log10(np.maximum(power / loudest, 10.0 ** (_FLOOR_DB / 10.0)))
    return level


def envelope_descriptors(mono: NDArray[np.float32], *, sample_rate: int) -> dict[str, float]:
    """Attack, decay and sustain of the level, in seconds, dB and shares of the length."""
    level = level_envelope(mono, sample_rate=sample_rate)
    sounding = np.flatnonzero(level > -40.0)
    if sounding.size == 0:
        sounding = np.array([0])
    first, last = int(sounding[0]), int(sounding[-1])
    body = level[first : last + 1]
    peak = int(np.argmax(body))
    early_peak = int(np.argmax(body[: max(1, round(0.5 / STEP_S))]))
    power = 10.0 ** (body / 10.0)
    positions = np.arange(body.size)
    centre = float((power * positions).sum() / power.sum())
    measured = {
        "attack_s": _attack_s(body, early_peak),
        "decay": _decay_s(body, early_peak, -20.0),
        "early_decay_s": _decay_s(body, early_peak, -10.0),
        "late_decay_s": _decay_s(body, early_peak, -36.0),
        "sounding_s": body.size * STEP_S,
        "peak_position": peak / body.size,
        "temporal_centroid": centre / body.size,
        "temporal_centroid_s": centre * STEP_S,
        "sustain_share": float((body > -12.0).mean()),
        "quiet_share": float((body < -30.0).mean()),
        "level_mean_db": float(body.mean()),
        "level_spread_db": float(body.std()),
        "tail_slope_db": _tail_slope(body),
        "start_gap_s": first * STEP_S,
    }
    return measured | _profile(level, first + early_peak) | _wobble(power)


def hit_descriptors(spectrum: Spectrum) -> dict[str, float]:
    """Count hits per second and measure their sharpness and regularity from spectral flux.

    Flux: summed rise of log mel energies between frames (after Böck and Widmer, 2013).
    """
    energies = mel_energies(spectrum, bands=40)
    reference = float(energies.max())
    if reference <= 0.0 or energies.shape[1] < 3:
        return {
            "onset_density": 0.0, "onset_count": 0.0, "flux": 0.0, "flux_peakiness": 0.0,
            "regularity": 0.0, "hit_evenness": 0.0,
        }  # fmt: skip
    logs = np.log10(1.0 + 1e4 * energies / reference)
    rise = np.maximum(logs[:, 2:] - logs[:, :-2], 0.0).sum(axis=0, dtype=np.float64)
    flux = np.concatenate([[rise[0]], rise, [0.0]])
    peaks = _flux_peaks(flux)
    frame_s = spectrum.hop / spectrum.sample_rate
    length_s = max(0.1, flux.size * frame_s)
    strengths = flux[peaks]
    return {
        "onset_density": peaks.size / length_s,
        "onset_count": float(np.log2(1.0 + peaks.size)),
        "flux": float(flux.mean()),
        "flux_peakiness": float(flux.max() / (flux.mean() + 1e-9)),
        "regularity": _regularity(flux, frame_s),
        "hit_evenness": 0.0
        if peaks.size < 2
        else float(1.0 - min(1.0, strengths.std() / strengths.mean())),
    }


def _attack_s(body: Values, peak: int) -> float:
    """Measure the time from the last step below -20 dB before the peak to within 1 dB of it."""
    before = body[: peak + 1]
    low = np.flatnonzero(before < body[peak] - 20.0)
    start = int(low[-1]) if low.size else 0
    high = np.flatnonzero(before[start:] >= body[peak] - 1.0)
    return float((int(high[0]) + 1) * STEP_S)


def _decay_s(body: Values, peak: int, drop_db: float) -> float:
    below = np.flatnonzero(body[peak:] < body[peak] + drop_db)
    steps = int(below[0]) if below.size else body.size - peak
    return float(steps * STEP_S)


def _tail_slope(body: Values) -> float:
    """Straight-line slope of the last third, in dB per second, within -400..100."""
    tail = body[-max(4, body.size // 3) :]
    if tail.size < 4:
        return -400.0
    slope = np.polyfit(np.arange(tail.size) * STEP_S, tail, 1)[0]
    return float(np.clip(slope, -400.0, 100.0))


def _profile(level: Values, peak: int) -> dict[str, float]:
    values = {}
    for seconds in PROFILE_S:
        at = peak + round(seconds / STEP_S)
        value = level[at] if at < level.size else _FLOOR_DB
        values[f"level_{round(seconds * 1000):04d}ms"] = float(value)
    return values


def _wobble(power: Values) -> dict[str, float]:
    """Share of the level's movement that lies in five ranges of speed."""
    movement = np.sqrt(power)
    movement = movement - movement.mean()
    spectrum = np.abs(np.fft.rfft(movement * np.hanning(movement.size))) ** 2
    speeds = np.fft.rfftfreq(movement.size, STEP_S)
    total = spectrum[speeds >= 0.25].sum() + 1e-12
    return {
        f"wobble_{low:g}hz": float(spectrum[(speeds >= low) & (speeds < high)].sum() / total)
        for low, high in _WOBBLE_HZ
    }


def _flux_peaks(flux: Values) -> NDArray[np.intp]:
    """Local maxima that stand out of their surroundings of about 0.2 s."""
    width = 9
    padded = np.pad(flux, width, mode="constant")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1)
    threshold = np.maximum(1.5 * windows.mean(axis=1), 0.12 * flux.max())
    nearest = np.lib.stride_tricks.sliding_window_view(np.pad(flux, 3), 7).max(axis=1)
    return np.flatnonzero((flux >= nearest) & (flux > threshold))


def _regularity(flux: Values, frame_s: float) -> float:
    """Highest autocorrelation of the flux at 0.1 to 1.2 s: 1 for a machine's pulse."""
    centred = flux - flux.mean()
    size = 1 << int(2 * flux.size - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    correlation = np.fft.irfft(np.abs(spectrum) ** 2, size)[: flux.size]
    low, high = round(0.1 / frame_s), round(1.2 / frame_s)
    requested = correlation[low : min(high, flux.size // 2)]
    if requested.size == 0 or correlation[0] <= 0.0:
        return 0.0
    return float(np.clip(requested.max() / correlation[0], 0.0, 1.0))
