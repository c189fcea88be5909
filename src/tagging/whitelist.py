"""The tags that prompts may hold, read from Markdown: headings, list items, words below them."""

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from rapidfuzz import fuzz, process

from src.core.errors import InvalidInputError, NotFoundError

Category = Literal["genre", "mood", "instrument", "vocal", "key", "vocal_fx", "rap_style"]
CATEGORIES: tuple[Category, ...] = get_args(Category)

PRESETS = Path(__file__).parents[2] / "presets"
"""Where the whitelists lie: ``moods.md`` and one folder with its own for each other preset."""

NEAR_MISS = 88.0
"""Likeness in percent from which a tag is taken for a mistyped one."""

_SHORTEST_NEAR_MISS = 5
_CLEARLY_BETTER = 3.0
"""So much likelier than any other tag a near miss has to be, in percent."""

_HEADINGS: dict[str, Category] = {
    "genre": "genre",
    "genres": "genre",
    "mood": "mood",
    "moods": "mood",
    "instrument": "instrument",
    "instruments": "instrument",
    "vocal typ": "vocal",
    "vocal type": "vocal",
    "key": "key",
    "vocal fx": "vocal_fx",
    "rap style": "rap_style",
}


@dataclass(frozen=True)
class Tag:
    """One tag that a prompt may hold.

    meaning: for people and models, "" where none is written
    group: moods of one group say the same; "" says what no other does
    """

    name: str
    category: Category
    meaning: str = ""
    aliases: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True)
class Reading:
    """What a word was read as. exact: whether by its name or an alias, not by likeness"""

    tag: Tag
    exact: bool


@dataclass(frozen=True)
class Whitelist:
    """All tags by name. Raises InvalidInputError where one spelling means two tags."""

    tags: dict[str, Tag]
    _spellings: dict[str, Tag] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        for tag in self.tags.values():
            for spelling in (tag.name, *tag.aliases):
                known = self._spellings.setdefault(plain(spelling), tag)
                if known is not tag:
                    raise InvalidInputError(
                        f"{spelling!r} means one tag only, got {known.name!r} and {tag.name!r}"
                    )

    def of_category(self, category: Category) -> tuple[Tag, ...]:
        """List the tags of a category in the file's order."""
        return tuple(tag for tag in self.tags.values() if tag.category == category)

    def read(self, text: str) -> Reading | None:
        """Find the tag that a word means: by name, by alias, or as a clear near miss."""
        wanted = plain(text)
        exact = self._spellings.get(wanted)
        if exact is not None:
            return Reading(exact, exact=True)
        if len(wanted) < _SHORTEST_NEAR_MISS:
            return None
        near = process.extract(
            wanted, self._spellings.keys(), scorer=fuzz.ratio, score_cutoff=NEAR_MISS, limit=None
        )
        best: dict[str, float] = {}
        for spelling, score, _ in near:
            name = self._spellings[spelling].name
            best[name] = max(best.get(name, 0.0), score)
        ranked = sorted(best.items(), key=lambda item: -item[1])
        if not ranked or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _CLEARLY_BETTER):
            return None
        return Reading(self.tags[ranked[0][0]], exact=False)


def plain(text: str) -> str:
    """Spell a tag the one way that comparing needs: small letters, single spaces, no hyphens."""
    small = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    return " ".join(re.sub(r"[\s_\-‐‑–—/]+", " ", re.sub(r"['’`\"]", "", small)).split())


def read_whitelist(preset: str = "", *, folder: Path = PRESETS) -> Whitelist:
    """Read the whitelist of a preset, "" for the general one.

    Raises NotFoundError where the preset is not there, InvalidInputError for a bad file.
    """
    root = folder.resolve()
    path = (root / preset / "moods.md").resolve()
    if not path.is_relative_to(root) or not path.is_file():
        known = sorted(one.parent.name for one in root.glob("*/moods.md"))
        raise NotFoundError(f"there is no preset {preset!r}; known: {', '.join(known)}")
    return parse_whitelist(path.read_text(encoding="utf-8"))


def parse_whitelist(text: str) -> Whitelist:
    """Read a whitelist from Markdown.

    ``## Genre:`` opens a category, ``- item`` names a tag; indented lines below an item are its
    meaning, ``aliases:`` with commas, or ``group:``. Other headings and texts are skipped.
    Raises InvalidInputError where a tag stands twice or no category is known.
    """
    items: list[tuple[Category, str, list[str]]] = []
    category: Category | None = None
    for line in text.splitlines():
        if line.startswith("#"):
            category = _HEADINGS.get(line.strip("# :\t").lower())
        elif category and line.startswith("- "):
            items.append((category, line[2:].strip().lower(), []))
        elif category and items and line.startswith((" ", "\t")) and line.strip():
            items[-1][2].append(line.strip())
    tags: dict[str, Tag] = {}
    for one, name, notes in items:
        if name in tags or not name or "," in name:
            raise InvalidInputError(f"a tag stands once and holds no comma, got {name!r}")
        tags[name] = _tag(one, name, notes)
    if not tags:
        raise InvalidInputError("a whitelist needs list items below '## Genre:' and the like")
    return Whitelist(tags)


def _tag(category: Category, name: str, notes: list[str]) -> Tag:
    meaning, aliases, group = [], "", ""
    for note in notes:
        label, _, value = note.partition(":")
        if label == "aliases":
            aliases = value
        elif label == "group":
            group = value.strip()
        else:
            meaning.append(note)
    spellings = tuple(alias.strip() for alias in aliases.split(",") if alias.strip())
    return Tag(name, category, " ".join(meaning), spellings, group)
