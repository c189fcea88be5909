"""Dealing out bars."""

from hypothesis import given
from hypothesis import strategies as st

from src.music.arranging.form import share_bars


@given(st.lists(st.floats(1, 64), min_size=1, max_size=20), st.integers(0, 200))
def test_shares_add_up_in_multiples_of_four(weights: list[float], extra: int) -> None:
    total = 4 * (len(weights) + extra)
    shares = share_bars(weights, total)
    assert sum(shares) == total
    assert all(share >= 4 and share % 4 == 0 for share in shares)


def test_shares_follow_the_weights() -> None:
    assert share_bars([16, 16, 8, 32], 72) == [16, 16, 8, 32]
    assert share_bars([16, 16, 8, 32], 144) == [32, 32, 16, 64]


def test_where_there_is_room_shares_are_phrases_of_eight() -> None:
    shares = share_bars([16, 16, 8, 16, 16], 84)
    assert sum(share % 8 != 0 for share in shares) == 1
