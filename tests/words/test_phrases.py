"""Finding words and phrases: stems, the longest phrase, compounds, words that deny themselves."""

import pytest

from src.core.errors import InvalidInputError
from src.words.entries import WordEntry
from src.words.phrases import Found, PhraseTable, read_pattern
from src.words.spelling import words_of
from src.words.vocabulary import vocabulary


def found(text: str, start: int = 0) -> list[str]:
    meant, _ = vocabulary().prompts.find(words_of(text), start)
    return [one.entry.value for one in meant]


@pytest.mark.parametrize("text", ["düster", "düsterer", "DÜSTERE", "duester", "мрачное", "мрачных"])
def test_inflected_words_are_found_by_their_stem(text: str) -> None:
    assert found(text) == ["dark"]


def test_the_longest_phrase_wins() -> None:
    assert found("bass drum") == ["kick"]
    assert found("bass") == ["bass"]
    assert found("drum and bass") == ["drum and bass"]
    assert found("open hi-hat") == ["open hi-hat"]


def test_hyphens_and_apostrophes_do_not_matter() -> None:
    assert found("Hi-Hats") == found("hihats") == found("hi hat") == ["hi-hat"]
    assert found("drum'n'bass") == found("drum’n’bass") == ["drum and bass"]


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("Technokick", ["techno", "kick"]),
        ("Klaviermelodie", ["piano", "melody"]),
        ("düsterpad", ["dark", "pad"]),
        ("kickdrums", ["kick"]),
        ("Weihnachtslied", ["christmas song"]),
        ("Feuerwehr", []),
        ("lighthouse", []),
    ],
)
def test_compounds_are_read_by_their_parts(word: str, parts: list[str]) -> None:
    assert found(word) == parts


def test_parts_of_a_compound_are_told_as_written() -> None:
    meant = vocabulary().prompts.word("Düsterkick")
    assert [one.written for one in meant] == ["Düster", "kick"]


@pytest.mark.parametrize("word", ["неяркий", "unsauber", "unruhig"])
def test_an_adjective_may_deny_itself(word: str) -> None:
    (meant,) = vocabulary().prompts.word(word)
    assert meant.denied


@pytest.mark.parametrize("word", ["unter", "under", "нежный", "универсал"])
def test_words_that_only_begin_like_a_denial_deny_nothing(word: str) -> None:
    assert not any(one.denied for one in vocabulary().prompts.word(word))


def test_of_the_same_pattern_the_first_counts() -> None:
    first, second = (WordEntry(name, "mood", name, {}) for name in ("first", "second"))
    table = PhraseTable([("word", first), ("word", second), ("other*", second)])
    assert table.word("word") == (Found(first, "word"),)
    assert table.word("others") == (Found(second, "others"),)


def test_ordinary_words_mean_nothing_whatever_they_look_like() -> None:
    house = WordEntry("house", "genre", "house", {})
    light = WordEntry("light", "mood", "light", {})
    table = PhraseTable(
        [("house", house), ("light*", light)], ordinary=frozenset({"lighthouse", "lightning"})
    )
    assert table.word("lighthouse") == table.word("lightning") == ()
    assert len(table.word("lightxhouse")) == 1
    assert table.knows("lightning")


@pytest.mark.parametrize("pattern", ["", "*", "a*", "ab* cd"])
def test_patterns_that_match_too_much_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInputError, match="three letters or a word"):
        read_pattern(pattern, WordEntry("x", "mood", "x", {}))
