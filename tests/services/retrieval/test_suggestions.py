"""The order of what is suggested: the more telling kind first, then what finds more."""

from pathlib import Path

import pytest

from src.core.errors import InvalidInputError
from src.db.database import Database
from src.db.models import Kit
from src.services.retrieval.space import SearchSpaces
from src.services.retrieval.suggestions import LONGEST_TYPED, Suggestions
from tests.services.test_search import EMBEDDER, stem


@pytest.fixture
def suggestions(tmp_path: Path) -> Suggestions:
    database = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    database.upgrade()
    with database.transaction() as session:
        session.add(Kit(id="kit", path="Bassline", name="Bassline House"))
        session.flush()
        session.add_all([
            stem("1", "kick", name="Bass Zulu", tags={"bassheavy": 0.9, "baseline": 0.9}),
            stem("2", "kick", name="Basswood", tags={"bassheavy": 0.9}, kit_id="kit"),
            stem("3", "kick", name="Bassalt Basswood", tags={}),
            stem("4", "drone", name="Basswood", tags={}, category="bass"),
        ])  # fmt: skip
    return Suggestions(SearchSpaces(database, EMBEDDER))


def reported(suggestions: Suggestions, typed: str, limit: int = 50) -> list[tuple[str, str, int]]:
    found = suggestions.suggest(typed, limit=limit)
    return [(one.text, one.kind, one.count) for one in found]


def test_kinds_come_before_tags_kits_words_and_names(suggestions: Suggestions) -> None:
    order = ["category", "tag", "kit", "word", "name"]
    kinds = [kind for _, kind, _ in reported(suggestions, "ba")]
    assert list(dict.fromkeys(kinds)) == order
    assert kinds == sorted(kinds, key=order.index)


def test_of_one_kind_what_finds_more_comes_first_and_equals_go_by_the_alphabet(
    suggestions: Suggestions,
) -> None:
    found = reported(suggestions, "ba")
    assert [one for one in found if one[1] == "tag"] == [
        ("bassheavy", "tag", 2),
        ("baseline", "tag", 1),
    ]
    words = [(text, count) for text, kind, count in found if kind == "word"]
    assert {count for _, count in words} == {3, 1}
    assert words == sorted(words, key=lambda word: (-word[1], word[0]))
    names = [text for text, kind, _ in found if kind == "name"]
    assert names == ["Bass Zulu", "Bassalt Basswood"]


def test_what_is_two_things_is_told_once_as_the_more_telling(suggestions: Suggestions) -> None:
    found = reported(suggestions, "ba")
    assert [one for one in found if one[0].casefold() == "bass"] == [("bass", "category", 3)]
    assert [kind for text, kind, _ in found if text.casefold() == "basswood"] == ["word"]


def test_a_limit_keeps_the_first(suggestions: Suggestions) -> None:
    assert reported(suggestions, "ba", limit=3) == reported(suggestions, "ba")[:3]


@pytest.mark.parametrize(
    ("typed", "limit", "rule"),
    [
        ("a", 0, "limit must be from 1 to 50, got 0"),
        ("a", 51, "got 51"),
        ("a" * (LONGEST_TYPED + 1), 10, "may have 200 characters, got 201"),
    ],
)
def test_a_bad_question_names_the_rule(
    suggestions: Suggestions, typed: str, limit: int, rule: str
) -> None:
    with pytest.raises(InvalidInputError, match=rule):
        suggestions.suggest(typed, limit=limit)
