import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.evidence.kit_category import in_context

KICK, SNARE, BASS, KINDS = 0, 1, 2, 20


def sure(category, chance=0.9):
    row = np.full(KINDS, (1.0 - chance) / (KINDS - 1))
    row[category] = chance
    return row


def torn(first, second, chance=0.45):
    row = np.full(KINDS, (1.0 - 2 * chance + 0.02) / (KINDS - 2))
    row[first], row[second] = chance, chance - 0.02
    return row / row.sum()


def test_a_doubtful_sound_in_a_folder_of_snares_is_a_snare() -> None:
    shares = np.stack([torn(KICK, SNARE), *[sure(SNARE)] * 6])

    assert in_context(shares, ["f"] * 7)[0].argmax() == SNARE


def test_a_clear_kick_in_a_folder_of_snares_stays_a_kick() -> None:
    shares = np.stack([sure(KICK, 0.95), *[sure(SNARE)] * 6])

    assert in_context(shares, ["f"] * 7)[0].argmax() == KICK


def test_a_folder_with_one_of_everything_changes_nobody() -> None:
    shares = np.stack([sure(category, 0.5) for category in range(KINDS)])

    found = in_context(shares, ["f"] * KINDS)
    assert (found.argmax(axis=1) == np.arange(KINDS)).all()


def test_other_folders_do_not_count() -> None:
    shares = np.stack([torn(KICK, SNARE), *[sure(SNARE)] * 6])

    found = in_context(shares, ["own", *["f"] * 6])
    np.testing.assert_array_equal(found[0], shares[0])


@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 12),
)
def test_rows_stay_probabilities_and_the_order_makes_no_difference(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.full(KINDS, 0.3), size)
    folders = rng.integers(0, 3, size).tolist()
    order = rng.permutation(size)

    found = in_context(shares, folders)
    again = in_context(shares[order], [folders[place] for place in order])

    assert found.sum(axis=1) == pytest.approx(np.ones(size))
    assert (found >= 0.0).all()
    np.testing.assert_allclose(again, found[order], atol=1e-12)


def test_nobody_is_nobody() -> None:
    assert in_context(np.zeros((0, KINDS)), []).shape == (0, KINDS)
