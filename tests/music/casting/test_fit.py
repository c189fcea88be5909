import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.casting.fit import Target, fit_stem
from src.music.theory.keys import KEYS
from tests.music.cards import loop, shot

TECHNO = Target(138.0, "Am")


@given(
    bpm=st.floats(60, 200), target=st.floats(60, 200), bars=st.sampled_from([0.5, 1, 2, 3, 4, 5, 8])
)
def test_a_conformed_loop_lasts_exactly_its_beats(bpm, target, bars):
    fit = fit_stem(loop("a", "drums", bars=bars, bpm=bpm), Target(target, "Am"), key=None)

    if fit.way == "loop":
        played_s = fit.source_length_s * fit.stretch_ratio
        assert played_s == pytest.approx(fit.beats * 60.0 / target, rel=1e-9)
        assert fit.source_length_s <= bars * 240.0 / bpm * 1.04


def test_a_loop_in_half_time_plays_in_double_time_without_stretch():
    fit = fit_stem(loop("a", "drums", bars=2, bpm=87.0), Target(174.0, "Em"), key=None)

    assert fit.stretch_ratio == pytest.approx(1.0)
    assert fit.beats == 16


def test_a_loop_of_three_bars_is_cut_to_two():
    fit = fit_stem(loop("a", "bass", bars=3), TECHNO, key=None)

    assert fit.beats == 8
    assert fit.source_length_s == pytest.approx(8 * 60.0 / 138.0)


def test_a_loop_starts_at_its_downbeat():
    card = loop("a", "drums", bars=4, duration_s=4 * 240.0 / 138.0 + 0.2, downbeat_s=0.2)

    fit = fit_stem(card, TECHNO, key=None)

    assert fit.source_start_s == 0.2
    assert fit.beats == 16


def test_a_loop_far_off_the_tempo_is_not_conformed():
    fit = fit_stem(loop("a", "drums", bars=4, bpm=100.0), Target(141.0, "Am"), key=None)

    assert fit.way == "none"


def test_a_drum_loop_without_tempo_is_guessed_from_its_length():
    card = loop("a", "drums", bars=2, bpm=136.0)
    fit = fit_stem(type(card)(**{**card.__dict__, "bpm": None, "bars": None}), TECHNO, key=None)

    assert fit.way == "loop"
    assert fit.guessed
    assert fit.beats == 8


def test_a_long_atmosphere_without_tempo_is_a_texture_and_not_stretched():
    fit = fit_stem(shot("a", "atmo", duration_s=20.0), TECHNO, key=None)

    assert fit.way == "texture"
    assert fit.stretch_ratio == 1.0


def test_a_tonal_one_shot_goes_to_the_root_by_at_most_six_semitones():
    for key in ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"):
        fit = fit_stem(shot("a", "bass", key=key), TECHNO, key=key)
        assert fit.way == "steps"
        assert abs(fit.semitones) <= 6
        assert fit.key_distance == 0


@given(key=st.sampled_from(["C", "Ebm", "F#m", "G", "Bm", "Ab"]))
def test_a_tonal_loop_is_shifted_by_at_most_three_semitones(key):
    fit = fit_stem(loop("a", "bass", key=key), TECHNO, key=key)

    assert abs(fit.semitones) <= 3


def test_drums_are_never_shifted():
    assert fit_stem(loop("a", "drums", key="F"), TECHNO, key="F").semitones == 0


def test_a_long_melody_without_tempo_is_a_phrase_and_no_loop():
    assert fit_stem(shot("a", "lead", duration_s=6.0), TECHNO, key=None).way == "phrase"


def test_a_loop_whose_key_nobody_says_is_tuned_by_ear():
    keys = tuple(0.9 if key == "Bbm" else 0.1 / 23 for key in KEYS)
    fit = fit_stem(loop("a", "lead", keys=keys), TECHNO, key=None)

    assert fit.semitones == -1
    assert fit.key_worth > 0.7


def test_an_atmosphere_without_a_key_is_left_as_it_is():
    keys = tuple(0.9 if key == "Bbm" else 0.1 / 23 for key in KEYS)
    fit = fit_stem(shot("a", "atmo", duration_s=20.0, keys=keys), TECHNO, key=None)

    assert (fit.semitones, fit.key_worth) == (0.0, None)


def test_a_melodic_loop_far_off_the_tempo_may_play_three_against_two():
    fit = fit_stem(loop("a", "guitar", bars=4, bpm=80.0), Target(118.0, "Am"), key=None)

    assert (fit.way, fit.half_or_double) == ("loop", 1.5)
    assert fit.stretch_ratio == pytest.approx(120.0 / 118.0)
    assert fit.beats == 16
    assert fit.source_length_s * fit.stretch_ratio == pytest.approx(16 * 60.0 / 118.0)
    assert 0.5 <= fit.tempo_cost < 0.6


def test_drums_and_basses_never_play_three_against_two():
    for kind in ("drums", "bass"):
        fit = fit_stem(loop("a", kind, bars=4, bpm=80.0), Target(118.0, "Am"), key=None)
        assert fit.way != "loop"
