"""Where a sound's energy lies: colour, bands, noise and how they move."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.spectrum import Spectrum, mel_energies

MEL_BANDS = 24
CEPSTRA = 13
SHARES_HZ = {
    "sub": (0.0, 60.0),
    "bass": (60.0, 200.0),
    "low_mid": (200.0, 500.0),
    "mid": (500.0, 2_000.0),
    "high_mid": (2_000.0, 6_000.0),
    "high": (6_000.0, float("inf")),
}
"""Edges of the energy shares, in Hz. They sum to 1."""

Values = NDArray[np.float64]


def colour_descriptors(spectrum: Spectrum) -> dict[str, float]:
    """Centroid, bandwidth, rolloff, flatness and their movement; energy shares of six bands.

    Frames count by their power, so that a silent tail says nothing. Silence gives zeros.
    Frequencies in Hz; flatness is the geometric over the arithmetic mean, 0..1.
    """
    power = spectrum.power
    weighing = np.stack([np.ones_like(spectrum.freqs_hz), spectrum.freqs_hz])
    frame_power, moments = (weighing @ power).astype(np.float64)
    total = frame_power.sum()
    if total <= 0.0:
        return _silent_colour()
    weights = frame_power / total
    freqs = spectrum.freqs_hz.astype(np.float64)
    safe = np.maximum(frame_power, frame_power.max() * 1e-9)
    centroids = moments / safe
    mean_power = power.mean(axis=1).astype(np.float64)
    centroid = float(centroids @ weights)
    spread = mean_power @ (freqs - centroid) ** 2 / mean_power.sum()
    heavy = frame_power > frame_power.max() * 1e-4
    flat = _flatness(power if heavy.all() else power[:, heavy])
    return {
        "centroid": centroid,
        "centroid_spread": float(np.sqrt(((centroids - centroid) ** 2) @ weights)),
        "centroid_attack": _attack_centroid(centroids, frame_power),
        "bandwidth": float(np.sqrt(spread)),
        "rolloff": _rolloff(mean_power, freqs, 0.85),
        "rolloff_low": _rolloff(mean_power, freqs, 0.25),
        "rolloff_high": _rolloff(mean_power, freqs, 0.99),
        "flatness": float(flat @ (weights[heavy] / weights[heavy].sum())),
        "flatness_mean": float(flat.mean()),
        "peak_hz": float(freqs[int(np.argmax(mean_power))]),
        "spectral_crest_db": float(10.0 * np.log10(mean_power.max() / mean_power.mean())),
    } | _shares(mean_power, freqs)


def band_descriptors(spectrum: Spectrum) -> dict[str, float]:
    """Log mel envelope (dB below its loudest band) and how the timbre moves in time.

    ``band_NN``: 24 bands from 30 Hz to 16 kHz, at least -80 dB. ``timbre_NN``: weighted
    spread of the cepstral coefficients over time (Davis and Mermelstein, 1980, without
    the lifter). ``low_decay``, ``mid_decay``, ``high_decay``: seconds to fall by 20 dB.
    """
    energies = mel_energies(spectrum, bands=MEL_BANDS).astype(np.float64)
    mean = energies.mean(axis=1)
    loudest = mean.max()
    if loudest <= 0.0:
        bands = np.full(MEL_BANDS, -80.0)
    else:
        bands = 10.0 * np.log10(np.maximum(mean / loudest, 1e-8))
    values = {f"band_{i:02d}": float(value) for i, value in enumerate(bands)}
    values["slope_db"] = float(np.polyfit(np.linspace(0.0, 1.0, MEL_BANDS), bands, 1)[0])
    values |= _timbre_movement(energies)
    frame_s = spectrum.hop / spectrum.sample_rate
    for name, rows in (("low", slice(0, 3)), ("mid", slice(3, 13)), ("high", slice(13, None))):
        values[f"{name}_decay"] = _band_decay(energies[rows].sum(axis=0), frame_s)
    return values


def _silent_colour() -> dict[str, float]:
    names = (
        "centroid", "centroid_spread", "centroid_attack", "bandwidth", "rolloff", "rolloff_low",
        "rolloff_high", "flatness", "flatness_mean", "peak_hz", "spectral_crest_db",
    )  # fmt: skip
    return dict.fromkeys(names, 0.0) | {f"{name}_share": 0.0 for name in SHARES_HZ}


def _shares(mean_power: Values, freqs: Values) -> dict[str, float]:
    total = mean_power.sum()
    return {
        f"{name}_share": float(mean_power[(freqs >= low) & (freqs < high)].sum() / total)
        for name, (low, high) in SHARES_HZ.items()
    }


def _flatness(power: NDArray[np.float32]) -> Values:
    raised = np.maximum(power, power.max(axis=0) * 1e-8) + np.float32(1e-30)
    each = np.full(len(raised), 1.0 / len(raised), np.float32)
    arithmetic = (each @ raised).astype(np.float64)
    logs = np.log(raised, out=raised)
    flatness: Values = np.exp((each @ logs).astype(np.float64)) / arithmetic
    return flatness


def _rolloff(mean_power: Values, freqs: Values, share: float) -> float:
    summed = np.cumsum(mean_power)
    return float(freqs[int(np.searchsorted(summed, share * summed[-1]))])


def _attack_centroid(centroids: Values, frame_power: Values) -> float:
    """Centroid of the first four frames that sound (within 30 dB of the loudest)."""
    first = int(np.argmax(frame_power > frame_power.max() * 1e-3))
    part = slice(first, first + 4)
    return float(np.average(centroids[part], weights=frame_power[part] + 1e-30))


def _timbre_movement(energies: Values) -> dict[str, float]:
    frame_energy = energies.sum(axis=0)
    loudest = frame_energy.max()
    if loudest <= 0.0:
        return {f"timbre_{i:02d}": 0.0 for i in range(1, CEPSTRA)}
    heavy = energies[:, frame_energy > loudest * 1e-4]
    logs = 10.0 * np.log10(np.maximum(heavy, energies.max() * 1e-8))
    cepstra = fft.dct(logs, axis=0, norm="ortho")[1:CEPSTRA]
    weights = np.sqrt(heavy.sum(axis=0))
    weights /= weights.sum()
    centred = cepstra - (cepstra @ weights)[:, None]
    spreads = np.sqrt((centred**2) @ weights)
    return {f"timbre_{i:02d}": float(value) for i, value in enumerate(spreads, start=1)}


def _band_decay(energy: Values, frame_s: float) -> float:
    loudest = int(np.argmax(energy))
    below = np.flatnonzero(energy[loudest:] < energy[loudest] * 0.01)
    frames = int(below[0]) if below.size else energy.size - loudest
    return frames * frame_s
