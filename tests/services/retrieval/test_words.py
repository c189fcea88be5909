import numpy as np
import pytest

from src.db.index.word_index import WordIndex
from src.services.retrieval.words import Term, corrected, index_words, terms_of_prompt, word_scores


def terms(*words: str) -> list[Term]:
    return [Term(((word, 1.0),)) for word in words]


def indexed(slots: list[list[str]]) -> WordIndex:
    index = WordIndex()
    for slot, words in enumerate(slots):
        index.put(slot, dict.fromkeys(words, 1.0))
    return index


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Dunkle_Kick-01", {"dunkle", "dark", "kick", "01"}),
        ("AcidBass", {"acid", "gritty", "bass"}),
        ("Kick138", {"kick", "138"}),
        ("тёмный бас", {"темный", "dark", "бас", "bass"}),
        ("HiHat Open", {"hi", "hat", "hihat", "open"}),
        ("", set()),
    ],
)
def test_names_are_split_into_words_and_concepts(name: str, words: set[str]) -> None:
    assert words <= set(index_words(name))


def test_denied_words_are_no_wishes() -> None:
    requested = terms_of_prompt("kick without reverb")
    assert set(requested.words) == {"kick"}
    assert requested.denied == ("reverberant",)


def test_wishes_stand_in_the_order_of_the_prompt() -> None:
    requested = terms_of_prompt("dark punchy warm industrial gritty hypnotic kick")
    assert requested.words == ("dark", "punchy", "warm", "industrial", "gritty", "hypnotic", "kick")


def test_fillers_are_no_words() -> None:
    assert set(terms_of_prompt("please find me the dark kick").words) == {"dark", "kick"}


@pytest.mark.parametrize(
    ("prompt", "bpm", "key"),
    [
        ("techno 138 bpm in Am", 138.0, "Am"),
        ("bass, 87.5BPM, F# minor", 87.5, "F#m"),
        ("Fläche in fis-moll", None, "F#m"),
        ("pad in Bb major", None, "Bb"),
        ("kick 808", None, None),
        ("kick 00 bpm", None, None),
        ("a minimal pad", None, None),
        ("warm bass", None, None),
    ],
)
def test_tempo_and_key_are_read_from_a_prompt(
    prompt: str, bpm: float | None, key: str | None
) -> None:
    requested = terms_of_prompt(prompt)
    assert (requested.bpm, requested.key) == (bpm, key)


def test_rare_words_count_more_and_unknown_words_nothing() -> None:
    index = indexed([["kick"], ["kick"], ["kick", "zebra"], ["snare"]])
    scores = word_scores(terms("kick", "zebra", "unheard"), index, 4)
    assert scores[2] == pytest.approx(1.0)
    assert scores[0] == scores[1]
    assert 0.0 < scores[0] < 0.5
    assert scores[3] == 0.0


def test_no_known_word_gives_noughts() -> None:
    assert not word_scores(terms("x"), WordIndex(), 3).any()
    assert word_scores([], WordIndex(), 0).shape == (0,)
    assert np.isfinite(word_scores(terms("kick"), indexed([["kick"]]), 1)).all()


@pytest.mark.parametrize("word", ["room", "sleep", "chorus", "Bratsche", "Tuerglocke"])
def test_real_words_are_searched_as_they_are(word: str) -> None:
    library = indexed([["boom"], ["sweep"], ["brass"], ["kick"]])
    assert corrected(f"{word} kick", library).corrected is None


def test_slips_become_words_of_the_library_or_of_the_vocabulary() -> None:
    library = indexed([["zebrafish"], ["kick"]])
    assert corrected("zebrafsh kcik", library).corrected == "zebrafish kick"
    assert corrected("stirngs ohne hall", library).corrected == "strings ohne hall"
