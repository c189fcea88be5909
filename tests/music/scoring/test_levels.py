import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.casting.fit import Fit
from src.music.scoring.levels import HEADROOM_DBFS, KICK_LUFS, part_gain_db
from tests.music.cards import loop, shot

MIX = {"kick": 0.0, "bass": -2.0, "hihat": -10.0}
LOOP, STEPS = Fit("loop"), Fit("steps")


@given(loudness=st.floats(-33, -8))
def test_a_loop_is_brought_to_the_level_of_its_role(loudness):
    gain = part_gain_db(loop("a", "bass", loudness_lufs=loudness), LOOP, "bass", MIX, 0.0)

    assert loudness + gain == pytest.approx(KICK_LUFS - 2.0)


def test_a_whisper_is_not_lifted_without_end():
    assert part_gain_db(loop("a", "bass", loudness_lufs=-60.0), LOOP, "bass", MIX, 0.0) <= 18.0


def test_peaks_keep_their_headroom():
    card = shot("a", "kick", loudness_lufs=-25.0, true_peak_dbtp=-1.0)

    gain = part_gain_db(card, STEPS, "kick", MIX, 1.0)

    assert -1.0 + gain <= HEADROOM_DBFS


def test_dense_hits_are_played_more_quietly_than_sparse_ones():
    card = shot("a", "hihat", duration_s=0.05)

    assert part_gain_db(card, STEPS, "hihat", MIX, 16.0) < part_gain_db(
        card, STEPS, "hihat", MIX, 8.0
    )


def test_very_rare_hits_are_not_raised_further():
    card = shot("a", "kick")

    assert part_gain_db(card, STEPS, "kick", MIX, 0.1) == part_gain_db(
        card, STEPS, "kick", MIX, 0.01
    )


def test_a_role_that_no_genre_knows_sits_in_the_background():
    assert part_gain_db(loop("a", "other"), LOOP, "other", {}, 0.0) < part_gain_db(
        loop("a", "bass"), LOOP, "bass", MIX, 0.0
    )
