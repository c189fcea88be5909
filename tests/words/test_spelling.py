"""Text as words, and one spelling for all ways to write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.words.spelling import fold, parted, plain, plain_words, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hi-Hats", ["hi", "hats"]),
        ("open_hi-hat", ["open", "hi", "hat"]),
        ("drum'n'bass", ["drum'n'bass"]),
        ("drum’n’bass", ["drum'n'bass"]),
        ("kick/snare", ["kick", "/", "snare"]),
        ("R&B", ["r&b"]),
        ("drums&bass", ["drums", "&", "bass"]),
        ("dark – bright", ["dark", "—", "bright"]),
        ("тёмный, бас!", ["темный", ",", "бас", "!"]),
        ("'80s synth", ["80s", "synth"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_and_signs(text: str, words: list[str]) -> None:
    assert [word.text for word in words_of(text)] == words


@pytest.mark.parametrize(
    ("written", "same"),
    [("düster", "duester"), ("DÜSTER", "duester"), ("große", "grosse"), ("тёмный", "темный"),
     ("Flöte", "Flo\u0308te"), ("ＫＩＣＫ", "kick"), ("Café", "café")],
)  # fmt: skip
def test_spellings_of_a_word_are_one(written: str, same: str) -> None:
    assert plain(written) == plain(same)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DarkKick138", ["dark", "kick", "138"]),
        ("808Kick", ["808", "kick"]),
        ("Dunkle_Kick-01.wav", ["dunkle", "kick", "01", "wav"]),
        ("ТёмныйБас", ["темный", "бас"]),
    ],
)
def test_glued_names_are_parted(name: str, words: list[str]) -> None:
    assert plain_words(parted(name)) == words


@given(st.text())
def test_folding_keeps_every_letter_in_its_place(text: str) -> None:
    if len(text.lower()) == len(text):
        assert len(fold(text)) == len(text)


@given(st.text())
def test_every_word_is_found_as_it_was_written(text: str) -> None:
    raw = [word.raw for word in words_of(text) if not word.is_sign]
    place = 0
    for word in raw:
        place = text.index(word, place) + len(word)
    assert all(plain(word) for word in raw)
