"""The tape stop: pitch and speed fall together to nothing."""

import numpy as np

from src.audio.processing.tape_stop import tape_stop

RATE = 48_000


def sine(hz: float, seconds: float) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return np.stack([np.sin(2 * np.pi * hz * time)] * 2).astype(np.float32)


def test_it_lasts_twice_as_long() -> None:
    assert tape_stop(sine(440, 0.5)).shape == (2, RATE)


def test_it_starts_at_full_speed_and_halfway_runs_at_half_of_it() -> None:
    slowed = tape_stop(sine(1000, 0.5))[0]

    def pitch(start_s: float) -> float:
        part = slowed[round(start_s * RATE) :][:2400]
        crossings = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
        return (crossings.size - 1) * RATE / (crossings[-1] - crossings[0])

    assert abs(pitch(0.0) - 975) < 15
    assert abs(pitch(0.475) - 500) < 15
    assert pitch(0.8) < 200


def test_it_reads_the_place_that_an_evenly_braked_tape_has_reached() -> None:
    audio = sine(300, 0.4)
    time = np.arange(2000, 30_000) / RATE
    place = time - time**2 / (2 * 0.8)
    expected = np.sin(2 * np.pi * 300 * place)
    assert np.abs(tape_stop(audio)[0, 2000:30_000] - expected).max() < 2e-3


def test_it_ends_in_silence_without_a_step() -> None:
    slowed = tape_stop(sine(60, 0.5) + np.float32(0.3))
    assert np.abs(slowed[:, -1]).max() < 1e-4
    assert np.abs(np.diff(slowed[:, 100:], axis=1)).max() < 0.02


def test_nothing_new_arises_above_the_sound() -> None:
    slowed = tape_stop(sine(9000, 0.5))[0, 1000:-8000]
    spectrum = np.abs(np.fft.rfft(slowed * np.hanning(slowed.size)))
    hz = np.fft.rfftfreq(slowed.size, 1 / RATE)
    assert spectrum[hz > 9500].max() < 1e-3 * spectrum.max()


def test_an_empty_clip_stays_empty_and_the_input_is_left_alone() -> None:
    assert tape_stop(np.zeros((2, 0), np.float32)).shape == (2, 0)
    audio = sine(100, 0.1)
    before = audio.copy()
    tape_stop(audio)
    np.testing.assert_array_equal(audio, before)
