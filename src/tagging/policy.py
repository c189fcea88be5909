"""The tag policy: which tags a prompt of ACE-Step holds, how many, and in which order."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from src.core.errors import InvalidInputError
from src.music.theory.keys import is_minor, parse_key
from src.tagging.whitelist import Category, Whitelist, plain

ORIGINAL_ORDER = (
    "genre", "bpm", "more_genres", "key", "moods", "instruments", "vocal_fx", "rap_style", "vocal",
)  # fmt: skip
"""Genre, tempo, second genre, key, moods, instruments, vocal effects, rap style, vocal type."""

GROUPED_ORDER = (
    "bpm", "key", "genre", "more_genres", "moods", "instruments", "vocal_fx", "vocal", "rap_style",
)  # fmt: skip
"""Tempo and key first, then one group after the other."""

ORDERS = {"original": ORIGINAL_ORDER, "grouped": GROUPED_ORDER}

SLOWEST_BPM, FASTEST_BPM = 30, 300
"""Tempos that ACE-Step takes."""

MOST = {
    "genre": 2, "mood": 3, "instrument": 4, "vocal": 1, "key": 1, "vocal_fx": 2, "rap_style": 1,
}  # fmt: skip
"""How many tags of a category a prompt holds at most."""

MOST_TAGS = 14
LEAST_MOODS = 2
SEPARATOR = ", "

_TEMPO = re.compile(
    r"(?:tempo|bpm)?\s*[:=]?\s*(\d{1,6}(?:\.\d{1,6})?)\s*(?:bpm)?|bpm\s*(\d{1,6})", re.I
)
_NAMES_TEMPO = re.compile(r"bpm|tempo", re.I)
_KEY = re.compile(
    r"(?:key|tonart)?\s*(?:of\b|[:=])?\s*"
    r"([a-h](?:[#b♯♭]|is|es|\s?sharp|\s?flat)?[\s-]?(?:minor|major|min|maj|moll|dur|m))", re.I
)  # fmt: skip
_MODE = {"minor": "minor key", "moll": "minor key", "major": "major key", "dur": "major key"}
_FIELD_OF: dict[Category, str] = {
    "genre": "genres", "mood": "moods", "instrument": "instruments", "vocal": "vocal",
    "key": "key", "vocal_fx": "vocal_fx", "rap_style": "rap_style",
}  # fmt: skip


@dataclass(frozen=True)
class SongTags:
    """The tags of one song by field, those of a field in order of weight.

    bpm: whole beats a minute in 30..300; key: "minor key" or "major key"
    """

    genres: tuple[str, ...] = ()
    bpm: int | None = None
    key: str | None = None
    moods: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    vocal_fx: tuple[str, ...] = ()
    rap_style: str | None = None
    vocal: str | None = None

    def in_order(self, order: tuple[str, ...] = ORIGINAL_ORDER) -> tuple[str, ...]:
        """List the tags as a prompt writes them."""
        parts: dict[str, tuple[str, ...]] = {
            "genre": self.genres[:1],
            "more_genres": self.genres[1:],
            "bpm": () if self.bpm is None else (f"{self.bpm} bpm",),
            "key": _one(self.key),
            "moods": self.moods,
            "instruments": self.instruments,
            "vocal_fx": self.vocal_fx,
            "rap_style": _one(self.rap_style),
            "vocal": _one(self.vocal),
        }
        return tuple(tag for name in order for tag in parts[name])

    def line(self, order: tuple[str, ...] = ORIGINAL_ORDER) -> str:
        """Write the prompt: tags joined by comma and space, without a line end."""
        return SEPARATOR.join(self.in_order(order))

    @property
    def missing(self) -> tuple[str, ...]:
        """Name the fields that the policy wants and that nothing has filled yet."""
        wanted = {
            "genres": bool(self.genres),
            "bpm": self.bpm is not None,
            "key": self.key is not None,
            "moods": len(self.moods) >= LEAST_MOODS,
            "instruments": bool(self.instruments),
            "vocal": self.vocal is not None,
        }
        return tuple(name for name, filled in wanted.items() if not filled)


@dataclass(frozen=True)
class Dropped:
    """A tag that was given and not taken, and why."""

    text: str
    reason: str


@dataclass(frozen=True)
class Conformed:
    """Tags that keep the policy, with what was done to get there.

    corrected: (as given, as taken) of near misses
    """

    tags: SongTags
    dropped: tuple[Dropped, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


def conform(given: str | Iterable[str], whitelist: Whitelist) -> Conformed:
    """Bring any tags to the policy: known ones are kept, within the limits, others reported.

    given: a text with commas, semicolons or lines between tags, or the tags one by one; of more
        than a field may hold the first ones stay
    """
    sorter = _Sorter(whitelist)
    for text in _parts(given):
        sorter.take(text)
    return sorter.result()


def spelled_bpm(bpm: float) -> int:
    """Round a tempo to what a prompt writes. Raises InvalidInputError outside 30 to 300."""
    if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
        raise InvalidInputError(f"a tempo is {SLOWEST_BPM} to {FASTEST_BPM} bpm, got {bpm:g}")
    return round(bpm)


def spelled_mode(key: str) -> str:
    """Reduce a key such as "F#m" to "minor key" or "major key".

    Raises InvalidInputError for what is no key.
    """
    return "minor key" if is_minor(parse_key(key)) else "major key"


class _Sorter:
    """Takes tags one by one and keeps those for which there is room."""

    def __init__(self, whitelist: Whitelist) -> None:
        self._whitelist = whitelist
        self._kept: dict[Category, list[str]] = {category: [] for category in _FIELD_OF}
        self._groups: dict[str, str] = {}
        self._bpm: int | None = None
        self._dropped: list[Dropped] = []
        self._corrected: list[tuple[str, str]] = []

    def take(self, text: str) -> None:
        """Sort one tag into its field, or note why not."""
        if self._take_tempo(text):
            return
        mode = _mode_of(text)
        reading = self._whitelist.read(mode or text)
        if reading is None:
            self._drop(text, "unknown")
            return
        if not reading.exact:
            self._corrected.append((text, reading.tag.name))
        self._keep(text, reading.tag.category, reading.tag.name, reading.tag.group)

    def result(self) -> Conformed:
        """Return what was kept, without effects on a voice that is not there."""
        kept = self._kept
        if kept["vocal"] == ["instrumental"]:
            for effect in kept["vocal_fx"]:
                self._drop(effect, "there is no voice to treat")
            kept["vocal_fx"] = []
        single = {"vocal", "key", "rap_style"}
        values: dict[str, Any] = {
            name: next(iter(kept[one]), None) if one in single else tuple(kept[one])
            for one, name in _FIELD_OF.items()
        }
        tags = SongTags(bpm=self._bpm, **values)
        if len(tags.in_order()) > MOST_TAGS:
            self._drop(tags.vocal_fx[-1], f"more than {MOST_TAGS} tags")
            tags = replace(tags, vocal_fx=tags.vocal_fx[:-1])
        return Conformed(tags, tuple(self._dropped), tuple(self._corrected))

    def _take_tempo(self, text: str) -> bool:
        match = _TEMPO.fullmatch(text) if _NAMES_TEMPO.search(text) else None
        if match is None:
            return False
        bpm = float(match[1] or match[2])
        if not SLOWEST_BPM <= bpm <= FASTEST_BPM:
            self._drop(text, f"a tempo is {SLOWEST_BPM} to {FASTEST_BPM} bpm")
        elif self._bpm is not None:
            if round(bpm) != self._bpm:
                self._drop(text, "more than one tempo")
        else:
            self._bpm = round(bpm)
        return True

    def _keep(self, text: str, category: Category, name: str, group: str) -> None:
        kept = self._kept[category]
        if name in kept:
            return
        if group and self._groups.get(group, name) != name:
            self._drop(text, f"says the same as {self._groups[group]!r}")
        elif len(kept) >= MOST[category]:
            self._drop(text, f"more than {MOST[category]} of {category}")
        else:
            kept.append(name)
            if group:
                self._groups[group] = name

    def _drop(self, text: str, reason: str) -> None:
        self._dropped.append(Dropped(text, reason))


def _parts(given: str | Iterable[str]) -> Iterator[str]:
    for text in [given] if isinstance(given, str) else given:
        for part in re.split(r"[,;|\n\r]+", text):
            clean = " ".join(part.split()).strip(" .*-•\"'")
            if plain(clean):
                yield clean


def _mode_of(text: str) -> str | None:
    """Read a key or mode; None for what names neither."""
    word = plain(text).removesuffix(" key").removeprefix("key ")
    if word in _MODE:
        return _MODE[word]
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    return "minor key" if _is_minor_mode(match[1]) else "major key"


def _is_minor_mode(key: str) -> bool:
    mode = re.search(r"(minor|major|min|maj|moll|dur|m)$", key, re.I)
    return mode is not None and mode[1].lower() in ("minor", "min", "moll", "m")


def _one(tag: str | None) -> tuple[str, ...]:
    return () if tag is None else (tag,)
