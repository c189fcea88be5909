"""The files of the grammars: found by family, read when asked for, merged over their parents."""

import pytest

from src.core.errors import InvalidInputError
from src.music.genre import grammar_files
from src.music.genre.genres import genre_grammar
from src.music.genre.grammar_files import GENRES, family_of, genre_data, metre_data
from src.music.theory.library import CATEGORIES
from src.music.theory.metre import read_metre

METRES = ("2/4", "3/4", "5/4", "6/8", "7/8", "9/8", "12/8")


@pytest.mark.parametrize("metre", METRES)
def test_a_metre_has_patterns_for_every_category_and_fills_of_one_bar(metre: str) -> None:
    data = metre_data(metre)
    assert tuple(data["patterns"]) == CATEGORIES
    cells = read_metre(metre).cells
    for rows in (*data["patterns"].values(), *data["fills"].values()):
        for row in rows:
            bars = ["".join(bar.split()) for bar in row["steps"].split("|")]
            assert all(len(bar) in cells for bar in bars)
    assert all("|" not in row["steps"] for rows in data["fills"].values() for row in rows)


def test_a_metre_without_a_file_has_no_patterns_of_its_own() -> None:
    assert metre_data("11/8") == {"patterns": {}, "fills": {}}


def test_every_genre_has_a_family_but_the_default() -> None:
    assert [genre for genre in GENRES if not family_of(genre)] == ["default"]


def test_genres_of_one_family_stand_together() -> None:
    families = {family_of(genre) for genre in GENRES}
    assert all(sum(family_of(one) == family for one in GENRES) <= 20 for family in families)


def test_a_parent_that_leads_back_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"one": {"parent": "two"}, "two": {"parent": "one"}}
    monkeypatch.setattr(grammar_files, "_FILES", files)
    monkeypatch.setattr(grammar_files, "_own_data", lambda genre: files[genre])
    with pytest.raises(InvalidInputError, match=r"one, parent must be another of .*, got 'one'"):
        genre_data("one")


def test_no_grammar_is_read_before_it_is_asked_for() -> None:
    genre_data.cache_clear()
    genre_grammar.cache_clear()
    genre_grammar("waltz")
    assert genre_data.cache_info().currsize == 2
