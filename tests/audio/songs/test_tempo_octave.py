import numpy as np
import pytest

from src.audio.songs.onsets import song_onsets
from src.audio.songs.tempo_octave import tempo_and_beats
from tests.audio.songs.made_songs import A_MINOR, RATE, song, steady


def hit_share(found_s: np.ndarray, true_s: np.ndarray) -> float:
    """Share of true beats that have a found one within 70 ms."""
    return float(np.mean(np.abs(found_s[None, :] - true_s[:, None]).min(axis=1) <= 0.07))


def followed(beats_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    onsets = song_onsets(song(beats_s, A_MINOR), sample_rate=RATE)
    found = tempo_and_beats(onsets)
    assert found is not None
    return found[0].bpm, found[1]


@pytest.mark.parametrize("bpm", [84.0, 126.0, 171.0])
def test_beats_of_a_steady_song_are_found_and_no_others(bpm: float) -> None:
    true_s = steady(bpm, 64)
    tempo, found_s = followed(true_s)
    assert hit_share(found_s, true_s[4:-4]) >= 0.95
    inner = found_s[(found_s > true_s[4]) & (found_s < true_s[-4])]
    assert 60.0 / np.median(np.diff(inner)) == pytest.approx(bpm, rel=0.01)
    assert np.median(tempo) == pytest.approx(bpm, rel=0.02)


def test_beats_follow_a_tempo_that_drifts() -> None:
    periods = 0.5 * (1.0 + 0.04 * np.sin(np.linspace(0, 2 * np.pi, 96)))
    true_s = 0.4 + np.concatenate([[0.0], np.cumsum(periods)])
    _, found_s = followed(true_s)
    assert hit_share(found_s, true_s[4:-4]) >= 0.95


def test_beats_follow_a_tempo_that_jumps() -> None:
    periods = np.where(np.arange(120) < 64, 0.5, 0.43)
    true_s = 0.4 + np.concatenate([[0.0], np.cumsum(periods)])
    _, found_s = followed(true_s)
    assert hit_share(found_s, true_s[4:52]) >= 0.95
    assert hit_share(found_s, true_s[80:-4]) >= 0.95


def test_silence_and_a_moment_have_no_beats() -> None:
    for samples in (0, 100, 10 * RATE):
        onsets = song_onsets(np.zeros((1, samples), np.float32), sample_rate=RATE)
        assert tempo_and_beats(onsets) is None


def test_level_does_not_change_the_beats() -> None:
    audio = song(steady(120.0, 40), A_MINOR)
    found = [
        tempo_and_beats(song_onsets(gain * audio, sample_rate=RATE))
        for gain in (np.float32(1.0), np.float32(0.05))
    ]
    assert found[0] is not None
    assert found[1] is not None
    assert np.allclose(found[0][1], found[1][1], atol=0.02)
