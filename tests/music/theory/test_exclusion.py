import pytest

from src.music.theory.exclusion import refused_categories, suspicion, words_of
from src.music.theory.library import DRUM_CATEGORIES
from tests.music.cards import loop, shot


def test_no_drums_refuses_every_drum():
    assert refused_categories(("drums",)) == set(DRUM_CATEGORIES)


def test_words_that_are_no_category_refuse_none():
    assert refused_categories(("distorted", "hi-hat")) == frozenset()


def test_a_refused_category_is_certain():
    assert suspicion(shot("a", "hihat"), ("hihat",)) == 1.0


@pytest.mark.parametrize("name", ["Loop with Hats", "Hi-Hat Shaker", "TopsHiHat", "OHH 3"])
def test_a_name_gives_a_refused_instrument_away(name):
    assert suspicion(loop(name, "percussion"), ("hihat",)) >= 0.9


@pytest.mark.parametrize(
    ("name", "refused"),
    [("Klavier 90", "keys"), ("E-Gitarre Riff Gitarre", "guitar"), ("Kontrabass lang", "bass")],
)
def test_names_in_german_give_away_too(name, refused):
    assert suspicion(loop(name, "other"), (refused,)) >= 0.9


def test_a_word_inside_another_word_is_no_name():
    assert suspicion(loop("What a Chat", "percussion"), ("hihat",)) == 0.0


def test_a_full_drum_loop_probably_holds_a_hi_hat():
    assert 0.0 < suspicion(loop("Groove", "drums"), ("hihat",)) < 0.9


def test_other_words_are_looked_for_in_the_tags():
    card = loop("a", "bass", tags={"distorted": 0.4})

    assert 0.0 < suspicion(card, ("distorted",)) < 0.5
    assert suspicion(card, ("warm",)) == 0.0


def test_words_come_from_the_name_and_from_sure_tags():
    card = loop("DarkBass_04", "bass", tags={"gritty": 0.8, "soft": 0.1})

    assert {"dark", "bass", "gritty"} <= words_of(card)
    assert "soft" not in words_of(card)
