"""The lexicon: stems, phrases, spellings, slips."""

import pytest

from src.music.genre.genres import GENRES, all_styles, genre_grammar
from src.music.prompt.lexicon import prompt_lexicon
from src.music.prompt.text import words_of


def found(text: str, start: int = 0) -> str | None:
    phrase = prompt_lexicon().find(words_of(text), start)
    return None if phrase is None else phrase.meaning.value


@pytest.mark.parametrize("text", ["düster", "düsterer", "DÜSTERE", "duester", "мрачное", "мрачных"])
def test_inflected_words_are_found_by_their_stem(text: str) -> None:
    assert found(text) == "dark"


def test_longest_phrase_wins() -> None:
    assert found("bass drum") == "kick"
    assert found("bass") == "bass"
    assert found("drum and bass") == "drum and bass"
    assert found("open hi-hat") == "open hi-hat"


def test_hyphens_and_apostrophes_do_not_matter() -> None:
    assert found("Hi-Hats") == found("hihats") == found("hi hat") == "hi-hat"
    assert found("drum'n'bass") == found("drum’n’bass") == "drum and bass"


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("tecno", "techno"), ("agressive", "aggressive"), ("melanholisch", "sad"),
     ("percusion", "percussion"), ("synthwvae", "synthwave"), ("Streichr", "strings")],
)  # fmt: skip
def test_slips_are_guessed(slip: str, meant: str) -> None:
    phrase = prompt_lexicon().guess(words_of(slip)[0])
    assert phrase is not None
    assert phrase.meaning.value == meant


@pytest.mark.parametrize("word", ["between", "wonderful", "elephant", "kazoo", "dog", "выходной"])
def test_other_words_are_not_guessed(word: str) -> None:
    assert prompt_lexicon().guess(words_of(word)[0]) is None


def test_every_genre_and_style_can_be_said() -> None:
    for genre in GENRES[:-1]:
        assert found(genre) == genre
    lexicon_styles = {
        phrase.meaning.value
        for text in ("industrial techno", "deep house", "psytrance", "jungle", "grime", "lofi",
                     "drill", "vaporwave", "boom bap", "uk garage", "trip hop", "neurofunk")
        if (phrase := prompt_lexicon().find(words_of(text), 0)) is not None
    }  # fmt: skip
    known = {f"{genre}/{style.name}" for genre, style in all_styles()}
    assert lexicon_styles <= known
    for value in known:
        genre, style = value.split("/")
        assert genre_grammar(genre, style).style == style
