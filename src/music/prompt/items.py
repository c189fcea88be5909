"""A sentence as a row of items: known phrases, signs and unknown words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from src.music.prompt.item_kinds import VERB_SECTIONS
from src.music.prompt.text import Sentence
from src.words.entries import WordEntry
from src.words.phrases import Found, PhraseTable
from src.words.spelling import BREAKS, Word, plain

MAX_GUESSES = 12
"""So many unknown words are compared with the lexicon; a longer text is no typing error."""

THINGS = ("instrument", "group", "refusal")
SKIPPED = ("filler", "whole", "in", "article")
_BEFORE_THINGS = (
    "break", "comma", "and", "or", "but", "with", "negator", "without", "except", "forget", "only",
    "more", "less",
)  # fmt: skip
"""After these a source of noise is something to be heard."""

_ALIKE = 3
"""Words that begin with the same letters, as many, are one in the text of a request."""

_SIGN_KINDS = {",": "comma", ":": "colon", "/": "and", "&": "and", "+": "and"}


@dataclass(frozen=True)
class Item:
    """A phrase with its kind, the value it stands for, and its words as written.

    category, part, named: of an instrument, see ``WordEntry``
    denied: whether its own first letters deny it ("неяркий")
    implies, suggests: moods and facts that come with it, see ``WordEntry``
    name: of its entry in the vocabulary; english: the words, or that name where they are foreign
    """

    kind: str
    value: str
    text: str
    category: str = ""
    part: bool = False
    named: bool = False
    denied: bool = False
    implies: tuple[str, ...] = ()
    suggests: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    english: str = ""

    @property
    def full_value(self) -> str:
        """The value, after its own English name where several share one: "guzheng koto"."""
        own = self.english if self.name == self.value else self.name
        known = [word[:_ALIKE] for word in self.value.split()]
        new = any(word[:_ALIKE] not in known for word in own.replace("-", " ").split())
        finer = self.kind == "instrument" and self.category != self.value
        return f"{own} {self.value}" if new and finer else self.value


def items_of(sentence: Sentence, lexicon: PhraseTable) -> list[Item]:
    """Read what is left of a sentence; mistyped words count as what they resemble."""
    words = sentence.words()
    items: list[Item] = []
    guesses = 0
    index = 0
    while index < len(words):
        found, size = lexicon.find(words, index)
        if not found and not words[index].is_sign and guesses < MAX_GUESSES:
            guesses += 1
            found = _guessed(words[index], lexicon)
        items += map(_item, found) if found else [_sign_or_unknown(words[index])]
        index += size
    return [_resolved(items, position) for position in range(len(items))]


def next_item(items: list[Item], index: int, skipped: tuple[str, ...] = SKIPPED) -> Item:
    """Find the first item after an index that means something; a break at the end."""
    for item in items[index + 1 :]:
        if item.kind not in skipped:
            return item
    return Item("break", "", "")


def previous_item(items: list[Item], index: int, skipped: tuple[str, ...] = SKIPPED) -> Item:
    """Find the last item before an index that means something; a break at the start."""
    for item in reversed(items[:index]):
        if item.kind not in skipped:
            return item
    return Item("break", "", "")


def stands_in(items: list[Item], index: int) -> bool:
    """Tell whether "in the" or the like stands before an item."""
    between = ("filler", "article", "long", "short", "mood", "only")
    return previous_item(items, index, between).kind == "in"


def list_goes_on(items: list[Item], index: int, *, strong: bool) -> bool:
    """Tell whether the comma at index stands in a list of bare things that is still going on.

    Such a list ends with "or"; after "without" (strong) also with "and", or it has at least
    two more things and nothing else up to the end of the clause.
    """
    closing = ("or", "and") if strong else ("or",)
    expect_thing = True
    things = 0
    for position, item in enumerate(items[index + 1 :], index + 1):
        if item.kind == "filler":
            continue
        if item.kind in closing:
            return next_item(items, position).kind in THINGS
        if item.kind == "break":
            return strong and things >= 2
        if item.kind != "comma" and not (expect_thing and item.kind in THINGS):
            return False
        expect_thing = item.kind == "comma"
        things += not expect_thing
    return strong and things >= 2


def section_beside(items: list[Item], index: int) -> str:
    """Find the section that a word describes, right after or before it; "" where none stands."""
    following = next_item(items, index, ("filler",))
    if following.kind in VERB_SECTIONS:
        return VERB_SECTIONS[following.kind]
    if following.kind == "section":
        return following.value
    before = previous_item(items, index, ("filler",))
    ends_here = following.kind in ("break", "comma", "and", "but")
    return before.value if before.kind == "section" and ends_here else ""


def feel_section(items: list[Item], index: int) -> str:
    """Find the section that alone has a feel: "half-time in the bridge"; "" where none has."""
    section = next_item(items, index, ("filler", "article", "in"))
    if section.kind != "section" or next_item(items, index, ("filler", "article")).kind != "in":
        return ""
    return section.value


def text_behind(items: list[Item], index: int) -> str:
    """Return the words of the item behind an index, in lower case; "" at the end."""
    return items[index + 1].text.casefold() if index + 1 < len(items) else ""


def speaks_of_track(items: list[Item], index: int, following: Item) -> bool:
    """Tell whether "slow" at index speaks of the track: of a piano piece, or of its beat."""
    after = next_item(items, items.index(following, index), ("filler",))
    return "drums" in (following.value, following.category) or after.kind == "whole"


def _guessed(word: Word, lexicon: PhraseTable) -> tuple[Found, ...]:
    """Guess what a mistyped word was meant to be, as it was written."""
    better = lexicon.corrected(word.text)
    found = lexicon.word(better) if better else ()
    return tuple(
        replace(one, written="" if position else word.raw) for position, one in enumerate(found)
    )


def _item(found: Found) -> Item:
    entry = found.entry
    return Item(
        entry.kind,
        entry.value,
        found.written,
        entry.category,
        entry.part,
        named=entry.named,
        denied=found.denied,
        implies=(entry.name, *entry.implies) if _is_finer_mood(entry) else entry.implies,
        suggests=entry.suggests,
        name=entry.name,
        english=found.written.casefold() if _is_english(found) else entry.name,
    )


def _is_english(found: Found) -> bool:
    said = plain(found.written)
    foreign = (*found.entry.words["de"], *found.entry.words["ru"])
    words = found.entry.words["en"] or (*found.entry.phrases,)
    stems = [plain(word.rstrip("*")) for word in words if word not in foreign]
    return any(said.startswith(stem) for stem in stems)


def _is_finer_mood(entry: WordEntry) -> bool:
    """Tell whether a mood's own name says more than what it counts as: "glassy" is metallic."""
    return entry.kind == "mood" and entry.value != entry.name and " " not in entry.name


def _resolved(items: list[Item], position: int) -> Item:
    """Decide whether a source of noise is an instrument or describes one.

    "Dogs and rain", "with a car" name what shall be heard; "robot voice" only describes, and
    "music for driving a car" is about one.
    """
    item = items[position]
    if item.kind != "source":
        return item
    before = previous_item(items, position, ("filler", "article", "mood", "qualifier"))
    following = next_item(items, position, ())
    is_instrument = before.kind in _BEFORE_THINGS and following.kind not in THINGS
    return replace(item, kind="instrument" if is_instrument else "qualifier")


def _sign_or_unknown(word: Word) -> Item:
    if word.text in _SIGN_KINDS:
        return Item(_SIGN_KINDS[word.text], "", word.text)
    if word.text in BREAKS:
        return Item("break", "", word.raw)
    return Item("unknown", word.text, word.raw)
