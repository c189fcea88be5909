import numpy as np
import pytest

from src.audio.basics.filters import high_pass
from src.audio.processing.low_end import low_hits

RATE = 48_000
PLACES = [0, 24_000, 42_000, 72_000]


def hats(samples: int = 96_000) -> np.ndarray:
    rng = np.random.default_rng(0)
    sound = rng.standard_normal((1, samples)) * 0.2
    return (sound * np.exp(-(np.arange(samples) % 6000) / 800)).astype(np.float32)


def kicks(places: list[int], samples: int = 96_000) -> np.ndarray:
    audio = np.zeros((1, samples), np.float32)
    times = np.arange(9600) / RATE
    drum = np.sin(2 * np.pi * (50 * times + 2 * (1 - np.exp(-times * 60))))
    for place in places:
        audio[0, place : place + 9600] += (0.8 * drum * np.exp(-times * 20)).astype(np.float32)
    return audio


def test_kicks_are_found_among_hats() -> None:
    found = low_hits(kicks(PLACES) + hats(), sample_rate=RATE)
    assert len(found) == len(PLACES)
    assert np.abs(np.array(found) - PLACES).max() < 0.012 * RATE


def test_hats_alone_are_no_kicks() -> None:
    thin = high_pass(hats(), sample_rate=RATE, cutoff_hz=300.0)
    assert low_hits(thin, sample_rate=RATE) == ()


def test_softer_kicks_count_as_well() -> None:
    audio = kicks([0, 48_000]) + 0.6 * kicks([24_000, 72_000])
    assert len(low_hits(audio.astype(np.float32), sample_rate=RATE)) == 4


def test_kicks_are_found_in_long_recordings() -> None:
    places = list(range(0, 60 * RATE, 2 * RATE))
    assert len(low_hits(kicks(places, 60 * RATE), sample_rate=RATE)) == len(places)


def test_next_downbeat_at_the_end_of_a_loop_is_not_counted() -> None:
    audio = kicks([0, 48_000], 96_000)
    audio[:, -400:] += np.linspace(0, 0.8, 400, dtype=np.float32)
    assert len(low_hits(audio, sample_rate=RATE)) == 2


@pytest.mark.parametrize("samples", [0, 1, 100, 5000])
def test_empty_and_silent_clips_have_no_kicks(samples: int) -> None:
    assert low_hits(np.zeros((2, samples), np.float32), sample_rate=RATE) == ()
