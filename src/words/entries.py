"""What the vocabulary says of a word: an entry, and what its form may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LANGUAGES = ("en", "de", "ru")

CONTENT = (
    "instrument", "group", "source", "mood", "qualifier", "genre", "style", "foreign_genre",
    "fast", "slow", "long", "short", "occasion",
)  # fmt: skip
"""Kinds of words that say what something is or sounds like; only they are parts of compounds."""

SUGGESTIONS = ("bpm", "genre", "plays", "refuses", "mode", "swing", "metre", "pace", "tonality")
"""What an entry may say of the music besides its moods; ``WordEntry.suggests`` explains each."""

SCOPES = ("denies_next", "denies_all", "denies_itself", "or", "and", "strong", "slight", "too",
          "filler")  # fmt: skip
"""How a search reads words that only turn or weigh other words."""


@dataclass(frozen=True)
class NameFacts:
    """What a word in a file's name says.

    categories: category -> how often a file of that name is one, 0..1
    loop, shot: how sure it is that the file repeats, or sounds once; 0 where it does not say
    tag: that it stands for; "" for none; genre: whether the word also names a genre
    """

    categories: Mapping[str, float] = field(default_factory=dict)
    loop: float = 0.0
    shot: float = 0.0
    tag: str = ""
    genre: bool = False


@dataclass(frozen=True)
class WordEntry:
    """One meaning, and the words of three languages that have it.

    kind: how prompts read it ("instrument", "mood", "negator" ...)
    value: what it stands for in prompts: "violin", "dark", "techno/acid", a section
    words: language -> patterns; a star stands for any ending
    phrases: patterns that only prompts take as one, while a search reads each word
    category: that plays an instrument; part: whether it is less than the whole category
    named: whether file names say the part, so that refusing it leaves the rest
    concepts: what a search looks for by it, the most telling first; empty where it knows none
    meaning: weights on categories and attributes of sounds
    scope: how a search reads it where it only turns or weighs others, see SCOPES; "" otherwise
    called: what English names of files call it
    names: word of a file's name -> what it says
    implies: further moods that come with it, the nearest first
    suggests: what else it says of the music, by ``SUGGESTIONS``: the tempo in BPM, a genre,
        names of instruments to play, a category to leave out, minor or major, swing, a metre;
        of moods, where a plan may choose: how far the tempo goes towards the genre's fastest (1)
        or slowest (-1), and the tonality it leans to, minor or major
    """

    name: str
    kind: str
    value: str
    words: Mapping[str, tuple[str, ...]]
    phrases: tuple[str, ...] = ()
    category: str = ""
    part: bool = False
    named: bool = False
    concepts: tuple[str, ...] = ()
    meaning: Mapping[str, float] = field(default_factory=dict)
    scope: str = ""
    called: tuple[str, ...] = ()
    names: Mapping[str, NameFacts] = field(default_factory=dict)
    implies: tuple[str, ...] = ()
    suggests: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_content(self) -> bool:
        """Whether it says what something is or sounds like, instead of joining words."""
        return self.kind in CONTENT

    @property
    def is_searched(self) -> bool:
        """Whether a search reads it at all; what it does not is a word like any other."""
        return bool(self.concepts or self.scope or self.called)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The words of all languages."""
        return tuple(pattern for patterns in self.words.values() for pattern in patterns)
