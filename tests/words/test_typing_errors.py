"""Typing errors: what is corrected, and what never is."""

import numpy as np
import pytest

from src.words.dictionary import is_ordinary
from src.words.name_words import singular
from src.words.phrases import read_pattern
from src.words.typing_errors import near_words, typos_allowed, typos_between
from src.words.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("tecno", "techno"), ("melanholisch", "melancholic"), ("percusion", "percussion"),
     ("synthwvae", "synthwave"), ("Streichr", "strings"), ("trumept", "trumpet"),
     ("Klavir", "piano"), ("скирпка", "violin"), ("техон", "techno"), ("distrotion", "distorted"),
     ("acordion", "accordion"), ("kcik", "kick"), ("бчока", "kick"), ("Flcähe", "pad"),
     ("gitar", "guitar")],
)  # fmt: skip
def test_slips_are_corrected(slip: str, meant: str) -> None:
    table = vocabulary().prompts
    better = table.corrected(slip)
    assert better is not None
    assert table.word(better)[0].entry.value == meant


@pytest.mark.parametrize(
    "word",
    ["between", "wonderful", "elephant", "kazoo", "dog", "выходной", "sleep", "western", "think",
     "horse", "phone", "Weihnachtslied", "feierlich", "according", "permission", "kick",
     "808", "x", "", "Am7"],
)  # fmt: skip
def test_other_words_are_not_corrected(word: str) -> None:
    assert vocabulary().prompts.corrected(word) is None


def test_no_known_word_of_any_language_or_reader_is_turned_into_another() -> None:
    """Words, stems with endings, words within phrases, words of names, and ordinary ones."""
    words = vocabulary()
    known = {singular(word) for word in words.names.known} | words.names.known | words.ordinary
    for entry in words.entries:
        for pattern in (*entry.patterns, *entry.phrases):
            phrase = read_pattern(pattern, entry)
            known.update(phrase.words)
            if len(phrase.words) == 1 and phrase.open_ends[0]:
                known.update(phrase.words[0] + end for end in ("er", "en", "ами"))
    assert len(known) > 5_000
    assert [word for word in sorted(known) if words.prompts.corrected(word) is not None] == []


@pytest.mark.parametrize(
    ("first", "second", "typos"),
    [("kick", "kcik", 1), ("kick", "", 4), ("", "", 0), ("snare", "share", 1), ("kick", "kick", 0)],
)
def test_swapped_neighbours_are_one_typo(first: str, second: str, typos: int) -> None:
    assert typos_between(first, second) == typos


@pytest.mark.parametrize(
    ("word", "typos"), [("kik", 0), ("kick", 1), ("snareroll", 1), ("distortion", 2), ("kick1", 0)]
)
def test_longer_words_bear_more_typos(word: str, typos: int) -> None:
    assert typos_allowed(word) == typos


def test_words_as_near_keep_the_order_of_the_known() -> None:
    assert near_words("tick", ["pick", "kick", "tock", "kick1", "brick"]) == [
        ("pick", 1), ("kick", 1), ("tock", 1),
    ]  # fmt: skip


def test_missing_doubled_and_swapped_letters_in_any_instrument_are_corrected() -> None:
    rng = np.random.default_rng(7)
    table = vocabulary().prompts
    names = [word for entry in vocabulary().entries if entry.kind == "instrument"
             for word in entry.words["en"] if word.isalpha() and len(word) >= 7]  # fmt: skip
    missed = 0
    for word in names:
        place = int(rng.integers(1, len(word) - 2))
        slips = {
            word[:place] + word[place + 1 :],
            word[:place] + word[place] + word[place:],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        } - {word}
        for slip in slips:
            if is_ordinary(slip):
                continue
            found = table.word(table.corrected(slip) or slip)
            missed += not found or found[0].entry is not table.word(word)[0].entry
    assert missed <= len(names) * 3 // 50
