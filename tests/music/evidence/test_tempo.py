import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.evidence.estimates import Evidence
from src.music.evidence.tempo import fuse_tempo

weights = st.floats(0.05, 1.0)


def test_nothing_claimed_is_no_tempo() -> None:
    assert fuse_tempo([], duration_s=2.0, sound_exact=False) is None


def test_a_name_beats_the_sound_in_an_octave() -> None:
    named, heard = Evidence(174.0, 0.8, "filename"), Evidence(87.0, 0.9, "audio")
    found = fuse_tempo([named, heard], duration_s=16 * 60 / 174, sound_exact=True)
    assert found is not None
    assert (found.value, found.source) == (174.0, "filename")


def test_a_name_that_contradicts_length_and_sound_loses() -> None:
    named, heard = Evidence(120.0, 0.95, "filename"), Evidence(136.88, 0.8, "audio")
    found = fuse_tempo([named, heard], duration_s=4 * 60 / 136.88, sound_exact=True)
    assert found is not None
    assert (found.value, found.source) == (136.88, "audio")


def test_a_name_is_kept_where_the_sound_is_unsure() -> None:
    named, heard = Evidence(120.0, 0.95, "filename"), Evidence(101.0, 0.3, "audio")
    found = fuse_tempo([named, heard], duration_s=3.1, sound_exact=False)
    assert found is not None
    assert found.value == 120.0


def test_agreement_makes_more_certain() -> None:
    named, heard = Evidence(128.0, 0.6, "filename"), Evidence(128.02, 0.6, "audio")
    alone = fuse_tempo([named], duration_s=3.3, sound_exact=False)
    both = fuse_tempo([named, heard], duration_s=3.3, sound_exact=False)
    assert alone is not None
    assert both is not None
    assert both.confidence > alone.confidence


@given(st.floats(40, 220), weights, st.floats(40, 220), weights)
def test_the_user_always_wins(reported: float, weight: float, heard: float, other: float) -> None:
    candidates = [Evidence(reported, weight, "user"), Evidence(heard, other, "audio")]
    found = fuse_tempo(candidates, duration_s=7.5, sound_exact=True)
    assert found is not None
    assert found.value == pytest.approx(reported, rel=0.006)
    assert (found.source, found.confidence) == ("user", 1.0)


@pytest.mark.parametrize("bpm", [math.nan, math.inf, 0.0, -120.0, 5_000.0])
def test_impossible_tempos_are_not_heard(bpm: float) -> None:
    assert fuse_tempo([Evidence(bpm, 0.9, "metadata")], duration_s=2.0, sound_exact=False) is None
