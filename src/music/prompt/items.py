"""A sentence as a row of items: known phrases, signs and unknown words."""

from dataclasses import dataclass

from src.music.prompt.lexicon import Lexicon, Meaning
from src.music.prompt.text import BREAKS, Sentence, Word

MAX_GUESSES = 12
"""So many unknown words are compared with the lexicon; a longer text is no typing error."""

THINGS = ("instrument", "group", "refusal")
SKIPPED = ("filler", "whole", "in", "article")
_SIGN_KINDS = {",": "comma", ":": "colon", "/": "and", "&": "and", "+": "and"}


@dataclass(frozen=True)
class Item:
    """A phrase with its kind, the value it stands for, and its words as written."""

    kind: str
    value: str
    text: str
    category: str = ""
    part: bool = False


def items_of(sentence: Sentence, lexicon: Lexicon) -> list[Item]:
    """Read what is left of a sentence; mistyped words count as what they resemble."""
    words = sentence.words()
    items: list[Item] = []
    guesses = 0
    index = 0
    while index < len(words):
        phrase = lexicon.find(words, index)
        size = 1 if phrase is None else len(phrase.words)
        if phrase is None and not words[index].is_sign and guesses < MAX_GUESSES:
            guesses += 1
            phrase = lexicon.guess(words[index])
        written = " ".join(word.raw for word in words[index : index + size])
        items.append(
            _sign_or_unknown(words[index]) if phrase is None else _item(phrase.meaning, written)
        )
        index += size
    return items


def next_item(items: list[Item], index: int, skipped: tuple[str, ...] = SKIPPED) -> Item:
    """The first item after an index that means something; a break at the end."""
    for item in items[index + 1 :]:
        if item.kind not in skipped:
            return item
    return Item("break", "", "")


def previous_item(items: list[Item], index: int, skipped: tuple[str, ...] = SKIPPED) -> Item:
    """The last item before an index that means something; a break at the start."""
    for item in reversed(items[:index]):
        if item.kind not in skipped:
            return item
    return Item("break", "", "")


def stands_in(items: list[Item], index: int) -> bool:
    """Whether "in the" or the like stands before an item."""
    between = ("filler", "article", "long", "short", "mood", "only")
    return previous_item(items, index, between).kind == "in"


def list_goes_on(items: list[Item], index: int, *, strong: bool) -> bool:
    """Whether the comma at index stands in a list of bare things that is still going on.

    Such a list ends with "or"; after "without" (strong) also with "and", or it has at least
    two more things and nothing else up to the end of the clause.
    """
    closing = ("or", "and") if strong else ("or",)
    expect_thing = True
    things = 0
    for place, item in enumerate(items[index + 1 :], index + 1):
        if item.kind == "filler":
            continue
        if item.kind in closing:
            return next_item(items, place).kind in THINGS
        if item.kind == "break":
            return strong and things >= 2
        if item.kind != "comma" and not (expect_thing and item.kind in THINGS):
            return False
        expect_thing = item.kind == "comma"
        things += not expect_thing
    return strong and things >= 2


def _item(meaning: Meaning, written: str) -> Item:
    return Item(meaning.kind, meaning.value, written, meaning.category, meaning.part)


def _sign_or_unknown(word: Word) -> Item:
    if word.text in _SIGN_KINDS:
        return Item(_SIGN_KINDS[word.text], "", word.text)
    if word.text in BREAKS:
        return Item("break", "", word.raw)
    return Item("unknown", word.text, word.raw)
