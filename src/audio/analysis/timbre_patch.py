"""The picture of a sound, pitch against time since its attack, pressed into a few numbers.

Some 370 measures of the log mel spectrogram are reduced to 64 by principal components of
real sounds (Pearson, 1901), written by benchmarks/fit_timbre.py. They say little alone;
they are there for models that learn.
"""

import itertools
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from src.audio.analysis.spectrum import Spectrum, mel_energies

BANDS = 40
CEPSTRA = 20
TIME_EDGES = (-3, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256)
"""Frames after the attack at which the stretches of the picture begin and end."""

OCTAVES_HZ = (60, 200, 400, 800, 1_600, 3_200, 6_400, 14_000)
SPEEDS_HZ = (0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 47.0)
REGIONS = (slice(0, 5), slice(5, 13), slice(13, 25), slice(25, 40))

_ANALYSED_FRAMES = 60
_HARMONICS_BELOW_HZ = 6_000.0
_CLIP = 3.0

Values = NDArray[np.float64]


def patch_descriptors(spectrum: Spectrum) -> dict[str, float]:
    """``shape_NN``: positions along the principal components. Independent of gain.

    Silence and empty clips give finite values.
    """
    mean, spread, axes = _components()
    standard = np.clip((patch_measures(spectrum) - mean) / spread, -_CLIP, _CLIP)
    return {f"shape_{i:02d}": float(value) for i, value in enumerate(standard @ axes)}


def patch_measures(spectrum: Spectrum) -> Values:
    """Compute all measures before they are reduced, always in the same order."""
    energies = mel_energies(spectrum, bands=BANDS).astype(np.float64)
    loudest = energies.max()
    if loudest <= 0.0:
        energies, loudest = np.full_like(energies, 1e-8), 1.0
    frame_energy = energies.sum(axis=0)
    active = frame_energy > frame_energy.max() * 1e-4
    pairs = _decibels((energies[0::2] + energies[1::2]) / loudest / 2.0, 1e-8)
    levels = _decibels(energies[:, active] / loudest, 1e-8)
    frame_s = spectrum.hop / spectrum.sample_rate
    audible = _analysed_frames(spectrum, active)
    return np.concatenate([
        _picture(pairs, frame_energy),
        _spreads(pairs[:, active]),
        _cepstra(levels, frame_energy[active]),
        _movement(energies, frame_s),
        _contrast(audible, spectrum.freqs_hz),
        _harmonics(audible, spectrum.sample_rate / spectrum.n_fft),
        [active.mean(), np.log(active.sum() * frame_s + 1e-2)],
    ])  # fmt: skip


@cache
def _components() -> tuple[Values, Values, Values]:
    path = files("src.audio.analysis").joinpath("data", "timbre.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        parts = [data[name].astype(np.float64) for name in ("mean", "spread", "axes")]
    return parts[0], parts[1], parts[2]


def _decibels(power: Values, floor: float) -> Values:
    levels: Values = 10.0 * np.log10(np.maximum(power, floor))
    return levels


def _picture(levels: Values, frame_energy: Values) -> Values:
    """Mean level per band in stretches that double in length after the attack."""
    attack = int(np.argmax(frame_energy > frame_energy.max() * 0.06))
    columns = []
    for begin, end in itertools.pairwise(TIME_EDGES):
        part = levels[:, max(attack + begin, 0) : max(attack + end, 0)]
        columns.append(part.mean(axis=1) if part.shape[1] else np.full(len(levels), -80.0))
    return np.concatenate(columns)


def _spreads(levels: Values) -> Values:
    """Per band: spread in time, and the levels that 90 % and 10 % of the time stay below."""
    high, low = np.percentile(levels, (90, 10), axis=1)
    return np.stack([levels.std(axis=1), high, low], axis=1).ravel()


def _cepstra(levels: Values, frame_energy: Values) -> Values:
    """Per cepstral coefficient: mean, spread and mean step from frame to frame."""
    cepstra = fft.dct(levels, axis=0, norm="ortho")[:CEPSTRA]
    weights = frame_energy**0.3
    weights /= weights.sum()
    mean = cepstra @ weights
    spread = np.sqrt(((cepstra - mean[:, None]) ** 2) @ weights)
    steps = np.zeros(CEPSTRA)
    if cepstra.shape[1] > 1:
        steps = np.abs(np.diff(cepstra, axis=1)).mean(axis=1)
    return np.stack([mean, spread, np.log(steps + 0.1)], axis=1).ravel()


def _movement(energies: Values, frame_s: float) -> Values:
    """Per region of pitch: shares of its level's movement at six speeds, and how much it is."""
    whole = energies.sum(axis=0).max() + 1e-30
    measures = []
    for region in REGIONS:
        level = np.log10(1.0 + 1e4 * energies[region].sum(axis=0) / whole)
        level = level - level.mean()
        windowed = level * np.hanning(level.size) if level.size > 4 else level
        size = max(256, level.size)
        power = np.abs(np.fft.rfft(windowed, size)) ** 2
        speeds = np.fft.rfftfreq(size, frame_s)
        total = power[speeds >= SPEEDS_HZ[0]].sum() + 1e-9
        edges = np.searchsorted(speeds, SPEEDS_HZ)
        shares = [power[a:b].sum() / total for a, b in itertools.pairwise(edges)]
        measures += [*shares, np.log(level.std() + 1e-3)]
    return np.array(measures)


def _analysed_frames(spectrum: Spectrum, active: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Levels of at most sixty sounding frames, evenly spread, in dB below the loudest bin."""
    positions = np.flatnonzero(active)
    if positions.size > _ANALYSED_FRAMES:
        positions = positions[np.linspace(0, positions.size - 1, _ANALYSED_FRAMES).astype(int)]
    power = spectrum.power[:, positions]
    levels = np.log10(np.maximum(power / (power.max() + np.float32(1e-30)), np.float32(1e-10)))
    scaled: NDArray[np.float32] = np.float32(10.0) * levels
    return scaled


def _contrast(audible: NDArray[np.float32], freqs_hz: NDArray[np.float32]) -> Values:
    """Per octave: how far peaks stand above valleys (after Jiang et al., 2002).

    Mean and spread over frames, and the contrast of the mean spectrum.
    """
    measures = []
    for low, high in itertools.pairwise(OCTAVES_HZ):
        octave = audible[(freqs_hz >= low) & (freqs_hz < high)]
        if len(octave) < 3:
            octave = audible[:3]
        count = max(1, int(0.15 * len(octave)))
        frames = np.sort(octave, axis=0)
        contrast = frames[-count:].mean(axis=0) - frames[:count].mean(axis=0)
        mean = np.sort(octave.mean(axis=1))
        measures += [contrast.mean(), contrast.std(), mean[-count:].mean() - mean[:count].mean()]
    return np.array(measures)


def _harmonics(audible: NDArray[np.float32], bin_hz: float) -> Values:
    """Strength, spread, pitch and steadiness of the cepstral peak (Noll, 1967)."""
    count = min(int(_HARMONICS_BELOW_HZ / bin_hz), len(audible))
    levels = audible[:count] - audible[:count].mean(axis=0)
    window = np.hanning(count).astype(np.float32)
    cepstra = np.abs(fft.dct(levels * window[:, None], axis=0, norm="ortho"))
    searched = cepstra[6 : count // 2]
    peaks = searched.max(axis=0)
    octaves = np.log2(2.0 * count / (searched.argmax(axis=0) + 6) * bin_hz)
    jumps = np.abs(np.diff(octaves)).mean() if octaves.size > 1 else 0.0
    return np.array([peaks.mean(), peaks.std(), np.median(octaves), octaves.std(), jumps])
