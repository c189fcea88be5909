"""What prompts understand: every genre, and the words that genres bring along."""

from src.music.genre.genres import all_styles, genre_grammar
from src.music.genre.grammar_files import GENRES
from src.music.prompt.lexicon import prompt_lexicon
from src.words.entries import WordEntry
from src.words.spelling import words_of
from src.words.vocabulary import vocabulary


def found(text: str) -> str | None:
    meant, _ = prompt_lexicon().find(words_of(text), 0)
    return meant[0].entry.value if meant else None


def test_every_genre_and_style_can_be_said() -> None:
    for genre in GENRES[:-1]:
        assert found(genre) == genre
    said = {
        found(text)
        for text in ("industrial techno", "deep house", "psytrance", "jungle", "grime", "lofi",
                     "drill", "vaporwave", "boom bap", "hard rock", "trip hop", "neurofunk")
    }  # fmt: skip
    known = {f"{genre}/{style.name}" for genre, style in all_styles()}
    assert said <= known
    for value in known:
        genre, style = value.split("/")
        assert genre_grammar(genre, style).style == style


def test_every_genre_and_style_of_the_vocabulary_has_a_grammar() -> None:
    kinds = ("genre", "style", "foreign_genre")
    values = {entry.value for entry in vocabulary().entries if entry.kind in kinds}
    for value in values:
        genre, _, style = value.partition("/")
        assert genre_grammar(genre, style).name == genre


def test_words_of_a_genre_of_ones_own_go_before_the_vocabulary() -> None:
    own = WordEntry("stepping", "genre", "stepping", {"own": ("dub", "stepp*")})
    table = vocabulary().prompt_table((own,))
    for text in ("dub", "stepping"):
        meant, _ = table.find(words_of(text), 0)
        assert meant[0].entry is own
    assert vocabulary().prompts.word("dub")[0].entry is not own
