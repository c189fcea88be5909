"""Whether a sound is a drum or plays tones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.evidence.tonal import TonalCues, likeliest_kind, tonal_chance, with_tones
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES, TONAL_CATEGORIES

DOUBTFUL = {"tom": 0.3, "kick": 0.2, "bass": 0.3, "guitar": 0.1, "fx": 0.1}
CLEAR, NOISE = TonalCues(1.0, 0.8, 1.0), TonalCues(0.0, 0.1, 0.0)


def drums(shares: dict[str, float]) -> float:
    return sum(share for kind, share in shares.items() if kind in DRUM_CATEGORIES)


@pytest.mark.parametrize("is_loop", [False, True])
def test_clear_tones_make_a_drum_less_likely_and_noise_more(is_loop: bool) -> None:
    clear = with_tones(DOUBTFUL, CLEAR, is_loop=is_loop)
    noise = with_tones(DOUBTFUL, NOISE, is_loop=is_loop)
    assert drums(clear) < drums(DOUBTFUL) < drums(noise)


def test_a_model_that_is_sure_of_a_drum_is_believed_against_a_clear_pitch() -> None:
    kick = {"kick": 0.97, "bass": 0.03}
    assert drums(with_tones(kick, CLEAR, is_loop=False)) > 0.8


@given(
    st.lists(st.floats(0.001, 1.0), min_size=len(CATEGORIES), max_size=len(CATEGORIES)),
    st.tuples(*[st.floats(0.0, 1.0)] * 3),
    st.booleans(),
)
def test_only_drums_and_tonal_kinds_trade_shares(
    weights: list[float], cues: tuple[float, float, float], is_loop: bool
) -> None:
    shares = {kind: weight / sum(weights) for kind, weight in zip(CATEGORIES, weights, strict=True)}
    found = with_tones(shares, TonalCues(*cues), is_loop=is_loop)
    assert sum(found.values()) == pytest.approx(1.0)
    assert [found[kind] for kind in ("fx", "atmo", "other")] == [
        shares[kind] for kind in ("fx", "atmo", "other")
    ]
    assert found["kick"] * shares["snare"] == pytest.approx(found["snare"] * shares["kick"])


def test_what_only_drums_explain_stays_and_nothing_stays_nothing() -> None:
    assert with_tones({"kick": 1.0, "bass": 0.0}, CLEAR, is_loop=False)["kick"] == 1.0
    assert with_tones({}, CLEAR, is_loop=False) == {}


def test_tonal_kinds_stand_together_against_the_likeliest_drum() -> None:
    spread = {"tom": 0.35, "bass": 0.25, "guitar": 0.25, "keys": 0.15}
    assert tonal_chance(spread, is_loop=False) == pytest.approx(0.65)
    assert likeliest_kind(spread) in TONAL_CATEGORIES
    assert likeliest_kind({"lead": 0.4, "hihat": 0.3, "cymbal": 0.3}) == "hihat"


def test_effects_are_no_evidence_of_tones_and_unknown_kinds_none_at_all() -> None:
    assert tonal_chance({"fx": 0.5, "pad": 0.5}, is_loop=True) == pytest.approx(0.5)
    assert tonal_chance({"other": 0.8, "pad": 0.2}, is_loop=True) == pytest.approx(1.0)
    assert tonal_chance({"atmo": 0.8, "pad": 0.2}, is_loop=True) == pytest.approx(1.0)
    assert tonal_chance({"atmo": 0.8, "pad": 0.2}, is_loop=False) == pytest.approx(0.2)
    assert tonal_chance({}, is_loop=True) == 0.5


def test_what_is_neither_drum_nor_tonal_stays_the_likeliest() -> None:
    assert likeliest_kind({"fx": 0.4, "snare": 0.3, "clap": 0.3}) == "fx"
