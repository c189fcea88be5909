import pytest

from src.services.retrieval.chord_words import with_said_chords
from src.services.search import SearchQuery


@pytest.mark.parametrize(
    ("prompt", "chords", "rest"),
    [
        ("loops over Am F C G", "Am F C G", "loops over"),
        ("warm pad, chords Dm7 G7 Cmaj7", "Dm7 G7 Cmaj7", "warm pad, chords"),
        ("Flächen, Akkorde Hm - G - D - A", "Bm G D A", "Flächen, Akkorde"),
    ],
)
def test_a_progression_in_the_prompt_becomes_a_filter(prompt: str, chords: str, rest: str) -> None:
    query = with_said_chords(SearchQuery(prompt=prompt, limit=7))
    assert (query.chords, query.prompt, query.limit) == (chords, rest, 7)


@pytest.mark.parametrize("prompt", ["", "dark kick in Am", "I am A kick", "C pad"])
def test_what_names_no_progression_stays_as_it_is(prompt: str) -> None:
    query = SearchQuery(prompt=prompt)
    assert with_said_chords(query) is query


def test_a_filter_that_is_given_holds() -> None:
    query = SearchQuery(prompt="loops over Am F C G", chords="Dm")
    assert with_said_chords(query) is query
