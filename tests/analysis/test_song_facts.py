import numpy as np
import pytest

from src.analysis import analyse_song
from tests.audio.songs.made_songs import A_MINOR, RATE, song, steady


@pytest.fixture(scope="module")
def audio() -> np.ndarray:
    return song(steady(120.0, 96), A_MINOR)


def test_tempo_key_and_metre_of_a_song_are_measured(audio: np.ndarray) -> None:
    found = analyse_song(audio, sample_rate=RATE)
    assert found.bpm == pytest.approx(120.0, rel=0.01)
    assert found.key in ("Am", "C")
    assert found.beats_per_bar == 4
    assert (found.tempo_changes, found.drift < 0.01) == (0, True)
    assert found.duration_s == pytest.approx(audio.shape[1] / RATE)
    assert found.loudness_lufs is not None
    assert -40.0 < found.loudness_lufs < 0.0


def test_a_waltz_has_three_beats_a_bar() -> None:
    found = analyse_song(song(steady(132.0, 96), A_MINOR, beats_per_bar=3), sample_rate=RATE)
    assert found.beats_per_bar == 3


def test_a_drift_is_reported() -> None:
    periods = 0.5 * (1.0 + 0.05 * np.sin(np.linspace(0, 2 * np.pi, 96)))
    beats_s = 0.4 + np.concatenate([[0.0], np.cumsum(periods)])
    assert analyse_song(song(beats_s, A_MINOR), sample_rate=RATE).drift > 0.02


def test_clipping_and_silence_are_reported(audio: np.ndarray) -> None:
    found = analyse_song(np.clip(4.0 * audio, -1.0, 1.0), sample_rate=RATE)
    assert found.clipped > 0.001
    assert analyse_song(audio, sample_rate=RATE).clipped < 0.001
    gap = np.concatenate([audio, np.zeros_like(audio)], axis=1)
    assert analyse_song(gap, sample_rate=RATE).silent == pytest.approx(0.5, abs=0.1)


def test_silence_has_neither_tempo_nor_key() -> None:
    for samples in (0, 5 * RATE):
        found = analyse_song(np.zeros((2, samples), np.float32), sample_rate=RATE)
        assert (found.bpm, found.key, found.silent) == (None, None, 1.0)
