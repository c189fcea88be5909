import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.audio.analysis.key_model import key_model, key_views, log_posterior, log_prior

shares = st.lists(st.floats(0.0, 1.0), min_size=12, max_size=12).map(
    lambda values: np.array(values) / max(1.0, sum(values))
)
MINOR_CHORD = np.array([0.4, 0, 0, 0.3, 0, 0, 0, 0.3, 0, 0, 0, 0])
ROOT = np.eye(12)[0]


@given(shares, shares, shares, st.integers(0, 11))
def test_a_transposed_loop_gets_the_transposed_answer(
    everything: np.ndarray, lowest: np.ndarray, voice: np.ndarray, semitones: int
) -> None:
    here = log_posterior(key_views(everything, lowest, voice)).reshape(2, 12)
    turned = (np.roll(chroma, semitones) for chroma in (everything, lowest, voice))
    there = log_posterior(key_views(*turned)).reshape(2, 12)
    assert there == pytest.approx(np.roll(here, semitones, axis=1), abs=1e-9)


@given(shares, shares, shares)
def test_the_probabilities_of_all_keys_sum_to_one(
    everything: np.ndarray, lowest: np.ndarray, voice: np.ndarray
) -> None:
    believed = log_posterior(key_views(everything, lowest, voice))
    assert believed.shape == (24,)
    assert np.exp(believed).sum() == pytest.approx(1.0)


def test_the_chord_of_a_key_makes_that_key_the_likeliest() -> None:
    believed = log_posterior(key_views(MINOR_CHORD, ROOT, ROOT))
    assert int(np.argmax(believed)) == 12
    assert np.exp(believed).max() > 0.6


def test_nothing_heard_tells_no_tonic() -> None:
    nothing = np.zeros(12)
    chances = np.exp(log_posterior(key_views(nothing, nothing, nothing))).reshape(2, 12)
    assert np.ptp(chances, axis=1) == pytest.approx(0.0, abs=1e-12)


def test_before_hearing_minor_is_as_likely_as_when_fitted() -> None:
    prior = np.exp(log_prior())
    assert prior.sum() == pytest.approx(1.0)
    assert prior[12:].sum() == pytest.approx(key_model().minor_share)
    assert np.ptp(prior[:12]) == pytest.approx(0.0)
