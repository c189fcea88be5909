"""A tonal stem is brought into the track's key by what is said and by what is heard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.theory.key_fit import BY_CHANCE, fit_key, likeliest_key, reach, root_worth
from src.music.theory.keys import KEYS, relative_key


def heard(**chances: float) -> tuple[float, ...]:
    """Chances of some keys ("Am", "Fs" for F sharp); what is left is spread over all."""
    named = {key.replace("s", "#"): chance for key, chance in chances.items()}
    rest = (1.0 - sum(named.values())) / len(KEYS)
    return tuple(named.get(key, 0.0) + rest for key in KEYS)


@given(st.sampled_from(KEYS))
def test_a_stem_in_the_tracks_key_or_its_relative_stays_as_it_is(target: str) -> None:
    here = fit_key(target, 1.0, (), target, limit=3)
    assert (here.semitones, here.distance, here.worth) == (0, 0, pytest.approx(1.0))
    near = fit_key(relative_key(target), 1.0, (), target, limit=3)
    assert near.semitones == 0
    assert near.worth == pytest.approx(0.95)


@given(st.sampled_from(KEYS), st.sampled_from(KEYS), st.floats(0, 1))
def test_a_shift_keeps_to_its_limit_and_its_worth_to_its_range(
    key: str, target: str, sure: float
) -> None:
    found = fit_key(key, sure, (), target, limit=3)
    assert abs(found.semitones) <= 3
    assert 0.0 < found.worth <= 1.0 + 1e-9


def test_the_surer_the_key_the_better() -> None:
    worths = [fit_key("Am", sure, (), "Am", limit=3).worth for sure in (1.0, 0.7, 0.4, 0.0)]
    assert worths == sorted(worths, reverse=True)
    assert worths[-1] == pytest.approx(BY_CHANCE, abs=0.02)


def test_what_sounds_otherwise_than_it_is_named_is_worth_less() -> None:
    agrees = fit_key("Am", 0.99, heard(Am=0.8), "Am", limit=3)
    doubts = fit_key("Am", 0.99, heard(F=0.8), "Am", limit=3)
    assert agrees.semitones == doubts.semitones == 0
    assert doubts.worth < 0.75 * agrees.worth


def test_a_guess_by_ear_is_shifted_by_all_that_it_may_be() -> None:
    """Hardly surely A minor, but C is the same tones: together they outweigh B flat minor."""
    chances = heard(Am=0.3, C=0.29, Bbm=0.35)
    assert fit_key("Bbm", 0.35, chances, "Am", limit=3).semitones == 0
    assert fit_key("Bbm", 0.95, chances, "Am", limit=3).semitones == -1


def test_a_fifth_off_is_worth_half_and_other_keys_less() -> None:
    worths = [fit_key(key, 1.0, (), "Am", limit=0).worth for key in ("Am", "C", "Em", "Bm", "Ebm")]
    assert worths == sorted(worths, reverse=True)
    assert worths[2] == pytest.approx(0.5)


def test_the_likeliest_key_is_the_one_heard_most() -> None:
    assert likeliest_key(heard(Fsm=0.6)) == ("F#m", pytest.approx(0.6 + 0.4 / 24))
    assert likeliest_key(()) is None
    assert likeliest_key((0.0,) * 24) is None


def test_a_doubtful_root_is_worth_little_more_than_chance() -> None:
    assert root_worth(1.0) == 1.0
    assert root_worth(0.0) == BY_CHANCE


def test_a_kit_reaches_near_keys_better_than_far_ones() -> None:
    reached = [reach("Am", key, limit=3) for key in ("Am", "C", "Bbm", "Bm", "Em")]
    assert reached == sorted(reached, reverse=True)
    assert reached[0] == 1.0
