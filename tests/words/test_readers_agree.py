"""Whatever search understands, prompts understand, and the other way round, in three languages."""

from collections.abc import Iterator

import pytest

from src.music.prompt.items import Item, items_of
from src.music.prompt.lexicon import prompt_lexicon
from src.music.prompt.text import Sentence
from src.music.prompt.understanding import understand_prompt
from src.words.entries import WordEntry
from src.words.mentions import ConceptMention, mentions
from src.words.vocabulary import vocabulary

INSTRUMENTS = ("instrument", "group", "source")
ADJECTIVES = ("mood", "qualifier", "fast", "slow", "long", "short")
GENRES = ("genre", "style", "foreign_genre")
DENIALS = ("denies_next", "denies_all")


def forms(*kinds: str) -> Iterator[tuple[WordEntry, str]]:
    """Each word and phrase of entries of some kinds, as it is written; a stem as it stands."""
    for entry in vocabulary().entries:
        if entry.kind in kinds:
            for pattern in entry.patterns:
                yield entry, pattern.replace("*", "")


def items(text: str) -> list[Item]:
    return items_of(Sentence(text), prompt_lexicon())


def said(text: str) -> list[tuple[str, str]]:
    """What a prompt's reader makes of words: kinds and values."""
    return [(item.kind, item.value) for item in items(text)]


def heard(text: str) -> list[str]:
    """What a search makes of words: concepts."""
    return [mention.concept for mention in mentions(text)]


def test_every_instrument_word_is_wanted_and_searched_as_the_same_category() -> None:
    wrong = []
    for entry, form in forms(*INSTRUMENTS):
        (wanted,) = understand_prompt(form).requested or (None,)
        (mention,) = mentions(form) or (None,)
        if wanted is None or (wanted.name, wanted.category) != (entry.value, entry.category):
            wrong.append((form, "in prompts", wanted, entry.name))
        if mention is None or mention.concept != entry.concepts[0]:
            wrong.append((form, "in searches", mention, entry.name))
        elif entry.concepts == (entry.category,) and mention.concept != entry.category:
            wrong.append((form, "not alike", mention, entry.name))
    assert wrong == []


def test_every_adjective_is_a_mood_or_description_and_searched_by_its_sound() -> None:
    wrong = [
        (form, said(form), heard(form), entry.name)
        for entry, form in forms(*ADJECTIVES)
        if said(form) != [(entry.kind, entry.value)] or heard(form) != [entry.concepts[0]]
    ]
    assert wrong == []


def test_every_mood_reaches_the_intent() -> None:
    wrong = [
        (form, understand_prompt(form).moods, entry.value)
        for entry, form in forms("mood")
        if understand_prompt(form).moods[:1] != (entry.value,)
        or not {*entry.implies} <= {*understand_prompt(form).moods}
    ]
    assert wrong == []


def test_every_genre_is_understood_by_both() -> None:
    wrong = [
        (form, said(form), heard(form), entry.name)
        for entry, form in forms(*GENRES)
        if said(form) != [(entry.kind, entry.value)] or heard(form) != [entry.concepts[0]]
    ]
    assert wrong == []


def test_every_genre_reaches_the_intent() -> None:
    wrong = []
    for entry, form in forms("genre", "style"):
        genre, _, style = entry.value.partition("/")
        intent = understand_prompt(form)
        if (intent.genre, intent.style) != (genre, style):
            wrong.append((form, intent.genre, intent.style, entry.value))
    assert wrong == []


def test_every_denial_denies_in_both() -> None:
    wrong = []
    for entry in vocabulary().entries:
        if entry.scope in DENIALS and entry.kind != "less":
            for pattern in entry.patterns:
                text = f"{pattern.replace('*', '')} kick"
                denied: list[ConceptMention] = [one for one in mentions(text) if one.weight < 0]
                if understand_prompt(text).excluded != ("kick",) or len(denied) != 1:
                    wrong.append((text, understand_prompt(text).excluded, denied))
    assert wrong == []


def test_words_that_refuse_by_themselves_refuse_in_both() -> None:
    wrong = [
        (form, heard(form))
        for entry, form in forms("refusal")
        if [(one.concept, one.weight) for one in mentions(form)] != [(entry.value, -1.0)]
        or entry.value not in understand_prompt(form).excluded
    ]
    assert wrong == []


def test_a_phrase_that_prompts_take_as_one_says_the_same_word_by_word() -> None:
    """ "808 kick" is a kick in prompts; a search finds kicks, those named 808 first."""
    wrong = []
    for entry in vocabulary().entries:
        for phrase in entry.phrases:
            form = phrase.replace("*", "")
            if said(form) != [(entry.kind, entry.value)] or not heard(form):
                wrong.append((form, said(form), heard(form)))
            elif entry.kind == "instrument" and not {entry.category, *entry.concepts} & set(
                heard(form)
            ):
                wrong.append((form, entry.category, heard(form)))
    wrong.remove(("sub drop", "fx", ["deep"]))  # an impact of sub bass: its sound says more
    assert wrong == []


def test_what_a_search_knows_no_prompt_calls_unknown() -> None:
    searched = [entry for entry in vocabulary().entries if entry.is_searched]
    assert len(searched) > 400
    unknown = [
        form
        for entry in searched
        for form in (pattern.replace("*", "") for pattern in entry.patterns)
        if any(item.kind == "unknown" for item in items(form))
    ]
    assert unknown == []


@pytest.mark.parametrize(
    ("word", "name", "category"),
    [
        ("Bratsche", "viola", "strings"),
        ("Basstrommel", "kick", "kick"),
        ("Cembalo", "harpsichord", "keys"),
        ("Schelle", "jingle bells", "percussion"),
        ("Akkordeon", "accordion", "keys"),
        ("Klarinette", "clarinet", "lead"),
        ("Pauke", "timpani", "percussion"),
        ("баян", "accordion", "keys"),
        ("claves", "claves", "percussion"),
        ("Posaune", "trombone", "brass"),
        ("сирена", "siren", "fx"),
    ],
)
def test_instruments_that_were_taken_for_other_words(word: str, name: str, category: str) -> None:
    (wanted,) = understand_prompt(word).requested
    assert (wanted.name, wanted.category) == (name, category)


def test_a_clattering_sound_is_metallic_not_slow() -> None:
    intent = understand_prompt("scheppernde Drums")
    assert intent.requested[0].text == "metallic drums"
    assert intent.tempo_feel == 0.0


@pytest.mark.parametrize(
    "word",
    ["horse riding school", "according",
     "permission", "think", "Feuerwehr", "hundred", "technology", "температура"],
)  # fmt: skip
def test_real_words_are_not_taken_for_others(word: str) -> None:
    intent = understand_prompt(word)
    assert intent.moods == ()
    assert intent.genre is None
    assert [wanted.name for wanted in intent.requested if wanted.name not in word] == []
    assert all(section.kind in word for section in intent.sections)


@pytest.mark.parametrize(
    ("word", "not_one"),
    [("sleep", "rising"), ("western", "bright"), ("feierlich", "free")],
)
def test_words_of_an_occasion_are_not_taken_for_sounds(word: str, not_one: str) -> None:
    intent = understand_prompt(word)
    assert intent.moods
    assert not_one not in intent.moods
    assert intent.requested == ()
    assert intent.genre is None


def test_electronic_body_music_is_no_key() -> None:
    assert understand_prompt("ebm").genre == "industrial dance"
    assert understand_prompt("ebm").key is None
    assert understand_prompt("techno in ebm").key == "Ebm"
    assert understand_prompt("Ebm").key == "Ebm"


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("dogs and rain, dark ambient", ["dog", "rain"]),
        ("ambient with a car", ["car"]),
        ("music for driving a car", []),
        ("techno with a robot voice", ["robot voice"]),
        ("house without phones", []),
    ],
)
def test_sources_of_noise_are_wanted_only_where_a_sentence_says_so(
    prompt: str, names: list[str]
) -> None:
    assert [wanted.name for wanted in understand_prompt(prompt).requested] == names
