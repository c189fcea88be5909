"""What goes together, in relations between made stems."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.casting.compatibility import (
    BANDS,
    BY_CHANCE,
    MAX_SHIFT,
    WEIGHTS,
    blend,
    compatibility,
    overall_score,
    shifted,
)
from src.music.theory.keys import KEYS, camelot_distance, transpose
from src.music.theory.library import CATEGORIES, StemCard
from tests.music.cards import loop, shot

MINOR = tuple(1 / 7 if tone in (9, 11, 0, 2, 4, 5, 7) else 0.0 for tone in range(12))
FOUR = tuple(1.0 if slot % 4 == 0 else 0.0 for slot in range(16))
OFFBEAT = tuple(1.0 if slot % 4 == 2 else 0.0 for slot in range(16))


def scores(candidate: StemCard, *playing: StemCard, **options: Any) -> dict[str, float]:
    found = compatibility(candidate, playing, **options)
    return {reason.criterion: reason.score for reason in found.reasons}


def bands(**shares: float) -> dict[str, float]:
    return {f"{name}_share": shares.get(name, 0.0) for name in BANDS}


def rotated(chroma: tuple[float, ...], up: int) -> tuple[float, ...]:
    return tuple(chroma[(tone - up) % 12] for tone in range(12))


# tempo


def test_same_tempo_plays_as_it_is() -> None:
    found = scores(loop("a", "drums", bpm=128.0), loop("b", "bass", bpm=128.0))
    assert found["tempo"] == found["stretch"] == found["length"] == 1.0


def test_half_and_double_time_need_no_stretch() -> None:
    found = scores(loop("a", "drums", bpm=87.0, bars=3), loop("b", "bass", bpm=174.0, bars=4))
    assert found["tempo"] == pytest.approx(0.92)
    assert found["stretch"] == 1.0


def test_three_against_two_is_worth_less_than_double_time_and_more_than_nothing() -> None:
    own = loop("b", "bass", bpm=120.0)
    triplet = scores(loop("a", "drums", bpm=80.0, duration_s=5.1), own)["tempo"]
    double = scores(loop("a", "drums", bpm=60.0, duration_s=5.1), own)["tempo"]
    strange = scores(loop("a", "drums", bpm=98.0, duration_s=5.1), own)["tempo"]
    assert strange < triplet < double < 1.0


def test_lengths_that_repeat_together_count_whatever_tempo_was_read() -> None:
    own = loop("b", "bass", bpm=120.0, bars=4)
    misread = replace(loop("a", "drums", bpm=120.0, bars=2), bpm=107.0)
    found = scores(misread, own)
    assert found["tempo"] == found["stretch"] == 1.0


@given(percent=st.floats(0.5, 20.0), more=st.floats(1.0, 5.0))
def test_more_stretch_never_fits_better(percent: float, more: float) -> None:
    own = loop("b", "bass", bpm=120.0)
    near = compatibility(loop("a", "drums", bpm=120.0 * (1 + percent / 100)), [own])
    far = compatibility(loop("a", "drums", bpm=120.0 * (1 + (percent + more) / 100)), [own])
    assert far.score <= near.score + 1e-9


def test_one_shots_fit_any_tempo_a_little_worse_than_a_fitting_loop() -> None:
    own = loop("b", "bass", bpm=120.0)
    hit = compatibility(shot("a", "kick"), [own]).score
    assert hit < compatibility(loop("a", "kick", bpm=120.0), [own]).score
    assert hit > compatibility(loop("a", "kick", bpm=95.0), [own]).score


# harmony


@pytest.mark.parametrize("up", range(-MAX_SHIFT, MAX_SHIFT + 1))
def test_keys_within_three_semitones_are_shifted_together(up: int) -> None:
    own = loop("b", "pad", key="Am", chroma=MINOR)
    moved = loop("a", "lead", key=transpose("Am", up), chroma=rotated(MINOR, up))
    found = compatibility(moved, [own])
    reported = {reason.criterion: reason.score for reason in found.reasons}
    assert camelot_distance(transpose(moved.key or "", found.semitones), "Am") <= 1
    assert abs(found.semitones) <= abs(up)
    assert reported["key"] >= 0.7
    assert reported["tones"] >= 0.65
    if up == 0:
        assert reported["key"] == reported["tones"] == 1.0


def test_a_key_far_off_is_worse_than_a_near_one() -> None:
    own = loop("b", "pad", key="C")
    near, far = loop("a", "lead", key="G"), loop("a", "lead", key="F#")
    assert scores(near, own)["key"] > scores(far, own)["key"]


def test_a_doubtful_key_says_little() -> None:
    own = loop("b", "pad", key="Am")
    said = [loop("a", "lead", key="Am", confidence={"key": sure}) for sure in (0.05, 0.5, 1.0)]
    reported = [scores(card, own)["key"] for card in said]
    assert reported == sorted(reported)
    assert reported[0] < 0.75
    assert reported[-1] == 1.0


def test_drums_have_no_key_and_no_tones() -> None:
    own = loop("b", "pad", key="Am", chroma=MINOR)
    found = scores(loop("a", "drums", key="Ebm", chroma=MINOR), own)
    assert "key" not in found
    assert "tones" not in found


def test_shared_tones_count() -> None:
    own = loop("b", "pad", chroma=MINOR)
    inside = tuple(1.0 if tone == 9 else 0.0 for tone in range(12))
    spread = loop("a", "lead", chroma=MINOR)
    assert scores(spread, own)["tones"] > scores(loop("a", "lead", chroma=inside), own)["tones"]


# room, rhythm, loudness


def test_two_basses_do_not_fit() -> None:
    bass = loop("b", "bass", features=bands(sub=0.6, bass=0.4))
    other = loop("a", "bass", features=bands(sub=0.5, bass=0.5))
    lead = loop("a", "lead", features=bands(mid=0.6, high_mid=0.4))
    assert scores(other, bass)["room"] < 0.5
    assert scores(lead, bass)["room"] == 1.0
    assert compatibility(other, [bass]).score < compatibility(lead, [bass]).score


def test_crowded_highs_hurt_less_than_crowded_lows() -> None:
    low, high = bands(sub=1.0), bands(high=1.0)
    lows = scores(loop("a", "bass", features=low), loop("b", "bass", features=low))["room"]
    highs = scores(loop("a", "hihat", features=high), loop("b", "hihat", features=high))["room"]
    assert lows < highs < 1.0


def test_the_same_sixteenths_lock_and_others_do_not() -> None:
    own = loop("b", "kick", groove=FOUR)
    assert scores(loop("a", "bass", groove=FOUR), own)["rhythm"] == 1.0
    assert scores(loop("a", "bass", groove=OFFBEAT), own)["rhythm"] == 0.0


def test_one_partner_to_lock_with_is_enough() -> None:
    playing = [loop("b", "kick", groove=FOUR), loop("c", "hihat", groove=OFFBEAT)]
    assert scores(loop("a", "bass", groove=OFFBEAT), *playing)["rhythm"] == 1.0


def test_levels_far_apart_fit_less() -> None:
    own = loop("b", "bass", loudness_lufs=-14.0)
    near = scores(loop("a", "lead", loudness_lufs=-17.0), own)["loudness"]
    assert near > scores(loop("a", "lead", loudness_lufs=-40.0), own)["loudness"]


# kin and company


def test_stems_of_one_kit_are_kin_unless_that_is_left_out() -> None:
    own = loop("b", "bass", kit_id="k", kit="K")
    kin, other = loop("a", "drums", kit_id="k"), loop("a", "drums", kit_id="z")
    assert compatibility(kin, [own]).score > compatibility(other, [own]).score
    blind = [compatibility(card, [own], kinship=False) for card in (kin, other)]
    assert blind[0] == blind[1]
    assert "kit" not in {reason.criterion for reason in blind[0].reasons}


def test_what_is_missing_adds_more_than_another_of_the_kind() -> None:
    playing = [loop("b", "bass"), loop("c", "drums")]
    assert scores(loop("a", "lead"), *playing)["variety"] == 1.0
    assert scores(loop("a", "bass"), *playing)["variety"] < 1.0
    assert scores(playing[0], *playing)["variety"] < 0.2


def test_what_can_not_be_judged_counts_as_by_chance() -> None:
    own = loop("b", "pad", key="Am", chroma=MINOR, groove=FOUR)
    unknown = loop("a", "lead", loudness_lufs=None)
    better = loop("a", "lead", loudness_lufs=None, key="Am", chroma=MINOR, groove=FOUR)
    worse = replace(better, key="Eb", chroma=rotated(MINOR, 6), groove=OFFBEAT)
    reported = [compatibility(card, [own]).score for card in (worse, unknown, better)]
    assert reported == sorted(reported)
    assert set(BY_CHANCE) <= set(WEIGHTS)


def test_more_than_chance_beats_not_knowing_even_where_it_is_little() -> None:
    own = loop("b", "kick", groove=FOUR)
    some = tuple(1.0 if slot in (0, 4, 5, 6, 7, 8) else 0.0 for slot in range(16))
    known = loop("a", "hihat", groove=some)
    assert BY_CHANCE["rhythm"] < scores(known, own)["rhythm"] < 0.5
    unknown = compatibility(loop("a", "hihat"), [own]).score
    assert compatibility(known, [own]).score > unknown


def test_each_reason_says_something() -> None:
    found = compatibility(
        loop("a", "lead", key="Am", chroma=MINOR, groove=FOUR, features=bands(mid=1.0)),
        [loop("b", "pad", key="C", chroma=MINOR, groove=FOUR, features=bands(mid=1.0))],
    )
    assert {reason.criterion for reason in found.reasons} == set(WEIGHTS)
    assert all(reason.text for reason in found.reasons)


@given(
    bpm=st.floats(30, 300), bars=st.sampled_from([1, 2, 4, 8]), key=st.sampled_from(KEYS),
    category=st.sampled_from(CATEGORIES), count=st.integers(0, 3),
)  # fmt: skip
def test_scores_lie_between_nothing_and_one(
    bpm: float, bars: int, key: str, category: str, count: int
) -> None:
    playing = [loop(f"p{n}", "keys", key="Dm", chroma=MINOR, groove=FOUR) for n in range(count)]
    found = compatibility(loop("a", category, bpm=bpm, bars=bars, key=key), playing)
    assert 0.0 <= found.score <= 1.0
    assert all(0.0 <= reason.score <= 1.0 for reason in found.reasons)
    assert abs(found.semitones) <= MAX_SHIFT


# as the arranger asks


def test_a_shifted_stem_sounds_as_much_higher() -> None:
    own = loop("a", "lead", key="Am", chroma=MINOR)
    up = shifted(own, 3.0)
    assert up.key == "Cm"
    assert up.chroma == rotated(MINOR, 3)
    assert shifted(own, 12.0) == own
    assert shifted(up, -3.0) == own


def test_blend_looks_at_tones_room_and_rhythm_and_not_at_tempo_or_kit() -> None:
    full = {"chroma": MINOR, "groove": FOUR, "features": bands(mid=1.0)}
    playing = [loop("b", "pad", **full)]
    same = blend(loop("a", "lead", bpm=138.0, kit_id="k", **full), playing)
    odd = blend(loop("a", "lead", bpm=131.0, **full), playing)
    assert same is not None
    assert odd is not None
    assert odd == same
    assert same.criterion == "together"
    apart = loop("a", "lead", **full | {"chroma": rotated(MINOR, 6), "groove": OFFBEAT})
    worse = blend(apart, playing)
    assert worse is not None
    assert worse.score < same.score


def test_nothing_to_blend_with_is_no_reason() -> None:
    assert blend(loop("a", "lead", chroma=MINOR), []) is None
    assert blend(loop("a", "lead"), [loop("b", "pad")]) is None


def test_criteria_can_be_left_out() -> None:
    found = compatibility(loop("a", "drums", bpm=97.0), [loop("b", "bass", bpm=138.0)])
    without_time = overall_score(found.reasons, ignoring=("tempo", "stretch", "length"))
    assert without_time > found.score
    assert overall_score((), ignoring=tuple(WEIGHTS)) == 1.0
