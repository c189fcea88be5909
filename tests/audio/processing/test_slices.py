import numpy as np
import pytest

from src.audio.processing.slices import cut_points, respaced, with_own_attacks

RATE = 48_000
HITS = [0, 12_000, 24_000, 36_000]


def drums(samples: int = 48_000) -> np.ndarray:
    rng = np.random.default_rng(0)
    audio = np.zeros((2, samples), np.float32)
    for hit in HITS:
        audio[:, hit : hit + 6000] += rng.standard_normal((2, 6000)).astype(np.float32) * (
            0.3 * np.exp(-np.arange(6000) / 1000).astype(np.float32)
        )
    return audio


def test_cuts_lie_just_before_hits() -> None:
    cuts = cut_points(drums(), sample_rate=RATE)
    assert cuts[0] == 0
    early = np.array(HITS[1:]) - cuts[1:]
    assert (early >= 0).all()
    assert (early < 150).all()


def test_closer_hits_are_the_same_hits() -> None:
    audio = drums()
    out = respaced(audio, sample_rate=RATE, length_samples=40_000)
    for hit in HITS:
        place = round(hit * 40_000 / 48_000)
        np.testing.assert_allclose(
            out[:, place + 5 : place + 3000], audio[:, hit + 5 : hit + 3000], atol=2e-2
        )


def test_slowed_down_hits_get_their_attacks_back() -> None:
    audio = drums()
    smeared = np.zeros((2, 60_000), np.float32)
    out = with_own_attacks(smeared, audio, sample_rate=RATE)
    for hit in HITS:
        place = round(hit * 60_000 / 48_000)
        assert np.abs(out[:, place : place + 600]).max() > 0.2
        assert not out[:, place + 2000 : place + 12_000].any()


@pytest.mark.parametrize("samples", [1, 10, 500])
def test_tiny_clips_pass(samples: int) -> None:
    audio = np.ones((1, samples), np.float32)
    out = respaced(audio, sample_rate=RATE, length_samples=max(1, samples // 2))
    assert out.shape == (1, max(1, samples // 2))
