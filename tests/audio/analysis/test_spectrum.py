import numpy as np
import pytest

from src.audio.analysis.spectrum import loudest_stretch, mel_energies, short_time_spectrum

RATE = 48_000


def sine(freq_hz: float, seconds: float) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * freq_hz * times)[None].astype(np.float32)


def test_a_full_scale_sine_peaks_at_its_frequency_with_half_magnitude() -> None:
    spectrum = short_time_spectrum(sine(3_000.0, 1.0), sample_rate=RATE)
    middle = spectrum.magnitude[:, spectrum.magnitude.shape[1] // 2]
    assert spectrum.freqs_hz[int(np.argmax(middle))] == pytest.approx(3_000.0, abs=12.0)
    assert middle.max() == pytest.approx(0.5, abs=0.02)


def test_frames_are_centred_on_their_times() -> None:
    click = np.zeros((1, RATE), dtype=np.float32)
    click[0, RATE // 2] = 1.0
    spectrum = short_time_spectrum(click, sample_rate=RATE)
    loudest = int(np.argmax(spectrum.magnitude.sum(axis=0)))
    assert spectrum.times_s[loudest] == pytest.approx(0.5, abs=spectrum.hop / RATE)


def test_channels_are_averaged() -> None:
    left = sine(1_000.0, 0.2)
    cancelled = short_time_spectrum(np.concatenate([left, -left]), sample_rate=RATE)
    assert cancelled.magnitude.max() < 1e-6


def test_a_steady_offset_is_taken_away() -> None:
    fading = sine(440.0, 0.5) * np.linspace(0.5, 0.0, RATE // 2, dtype=np.float32)
    plain = short_time_spectrum(fading, sample_rate=RATE).magnitude
    shifted = short_time_spectrum(fading + np.float32(0.25), sample_rate=RATE).magnitude
    np.testing.assert_allclose(shifted, plain, atol=1e-4)


def test_an_empty_clip_gives_one_silent_frame() -> None:
    spectrum = short_time_spectrum(np.zeros((2, 0), dtype=np.float32), sample_rate=RATE)
    assert spectrum.magnitude.shape == (1025, 1)
    assert not spectrum.magnitude.any()


def test_a_long_clip_is_cut_to_its_loudest_stretch() -> None:
    clip = np.zeros((1, 40 * 8_000), dtype=np.float32)
    clip[0, 20 * 8_000 : 30 * 8_000] = 0.5
    stretch, start = loudest_stretch(clip, sample_rate=8_000, longest_s=10.0)
    assert stretch.shape == (1, 80_000)
    assert start == pytest.approx(20 * 8_000, abs=4_000)
    spectrum = short_time_spectrum(clip, sample_rate=8_000)
    assert spectrum.start_s * 8_000 + 30 * 8_000 <= clip.shape[1]


def test_mel_bands_hold_the_energy_of_their_frequencies() -> None:
    low = mel_energies(short_time_spectrum(sine(100.0, 0.5), sample_rate=RATE), bands=24)
    high = mel_energies(short_time_spectrum(sine(9_000.0, 0.5), sample_rate=RATE), bands=24)
    assert low.mean(axis=1).argmax() < 3
    assert high.mean(axis=1).argmax() > 15
