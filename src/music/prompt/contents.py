"""What has been found in a prompt so far: requests and refusals, in the order they were said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.model.part_request import PartRequest
from src.music.prompt.intent import SectionRequest
from src.music.prompt.items import Item
from src.music.prompt.length import Length
from src.music.theory.library import DRUM_CATEGORIES

GROUPS = {"drums": DRUM_CATEGORIES, "synth": ("synth", "lead", "pad")}
"""Names that stand for several categories."""

_GENERIC = ("chords", "melody", "stab", "arpeggio", "texture", "effects", "atmosphere", "pluck")
_PAD_SOURCES = ("strings", "choir", "vocal", "vocal chops", "female vocal", "synth", "organ")


@dataclass(frozen=True)
class InstrumentMention:
    """An instrument or group that the prompt names, and whether it wants or refuses it.

    part, named: whether it is less than its category, and whether names of files say it;
    group: it stands for several categories
    section: kind of section it is said of; "" for the whole track
    words: as they were written
    """

    request: PartRequest
    refused: bool
    part: bool = False
    named: bool = False
    group: bool = False
    section: str = ""
    words: str = ""

    @property
    def categories(self) -> tuple[str, ...]:
        """The categories it stands for."""
        return GROUPS.get(self.request.name, (self.request.category,))


@dataclass(frozen=True)
class Description:
    """What is said of an instrument: words, moods as tags, level in dB, kind of section."""

    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    gain_db: float = 0.0
    section: str = ""


def mention_of(
    item: Item, described: Description, written: str, *, refused: bool
) -> InstrumentMention:
    """Make a mention of an instrument as it is described. written: all that was said of it"""
    return InstrumentMention(
        PartRequest(
            name=item.value,
            category=item.category or item.value,
            tags=tuple(dict.fromkeys(described.tags)),
            text=" ".join([*dict.fromkeys(described.words), item.full_value]),
            gain_db=described.gain_db,
        ),
        refused=refused != (item.kind == "refusal"),
        part=item.part,
        named=item.named,
        group=item.value in GROUPS and item.kind != "instrument",
        section=described.section,
        words=written,
    )


@dataclass
class PromptContents:
    """Filled while a prompt is read.

    genre_bpm: the tempo of a genre that has no grammar of its own
    """

    language: str = "en"

    things: list[InstrumentMention] = field(default_factory=list)
    moods: list[str] = field(default_factory=list)
    avoided_moods: list[str] = field(default_factory=list)
    genres: list[tuple[str, str]] = field(default_factory=list)
    asides: list[tuple[str, str]] = field(default_factory=list)
    refused_genres: list[str] = field(default_factory=list)
    foreign_genres: list[str] = field(default_factory=list)
    excluded_words: list[str] = field(default_factory=list)
    excluded_categories: list[str] = field(default_factory=list)
    sections: dict[str, SectionRequest] = field(default_factory=dict)
    understood: list[UnderstoodWords] = field(default_factory=list)
    reported: list[ReportedWords] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    occasions: list[str] = field(default_factory=list)
    implied_moods: list[str] = field(default_factory=list)
    suggestions: list[Mapping[str, Any]] = field(default_factory=list)
    patterns: dict[str, str] = field(default_factory=dict)
    rhythm: str = ""
    tempo_word: float | None = None
    genre_bpm: float | None = None
    metre: str | None = None
    scale: str | None = None
    scale_minor: bool | None = None
    progression: tuple[str, ...] = ()
    feel: str | None = None
    swing: float | None = None
    tempo_feel: float = 0.0
    length_feel: float = 0.0
    minor: bool | None = None
    only_requested: bool = False
    only_words: str = ""
    unaccompanied: str = ""
    fills: bool | None = None

    def understand(self, words: str, made: str, value: str) -> None:
        """Note which words made which field of the plan, and its value."""
        if words:
            self.understood.append(UnderstoodWords(words, made, value))

    def account_for_things(self) -> None:
        """Note for each instrument whether it is requested or refused, and in which section."""
        for thing in self.things:
            made = "excluded" if thing.refused else "requested"
            value = thing.request.name
            if thing.request.gain_db < 0 and not thing.refused:
                value = f"less {value}"
            where = f" in {thing.section}" if thing.section else ""
            self.understand(thing.words, made, f"{value}{where}")
        if self.only_requested:
            self.understand(self.only_words, "only_roles", "what is requested")

    def turn(self, number: int, words: str = "") -> None:
        """Refuse an instrument that was asked for, or ask for one that was refused.

        words: that said so, where they are part of its name: "basslos"
        """
        thing = self.things[number]
        self.things[number] = replace(
            thing, refused=not thing.refused, words=f"{thing.words}{words}"
        )

    def refuse(self, numbers: Sequence[int]) -> None:
        """Refuse instruments that were asked for; those that are refused stay so."""
        for number in numbers:
            self.things[number] = replace(self.things[number], refused=True)

    def describe(self, number: int, words: str, *, gain_db: float | None = None) -> None:
        """Add words to what was said of an instrument, and how loud it shall be."""
        thing = self.things[number]
        level = thing.request.gain_db if gain_db is None else gain_db
        request = replace(thing.request, gain_db=level)
        self.things[number] = replace(thing, request=request, words=f"{thing.words} {words}")

    def place(self, numbers: Sequence[int], section: str) -> None:
        """Say instruments of a kind of section only."""
        for number in numbers:
            self.things[number] = replace(self.things[number], section=section)

    def note_foreign_genre(self, item: Item) -> None:
        """Note a genre without a grammar, and the nearest that has one."""
        nearest, _, style = item.value.partition("/")
        self.foreign_genres.append(item.text.casefold())
        self.asides.append((nearest, style))
        self.genre_bpm = item.suggests.get("bpm", self.genre_bpm)

    def lean(self, sign: float, words: str) -> None:
        """Make the track slower (-1) or faster (1); a second word for the opposite is reported."""
        if self.tempo_feel == -sign:
            other = "fast" if sign < 0 else "slow"
            self.report("contradiction", words, other=other, kept=words)
        self.tempo_feel = sign

    def take_feel(self, item: Item, section: str) -> bool:
        """Take half or double time for a kind of section; False for an item that is neither."""
        if item.kind != "feel" or item.suggests:
            return False
        self.sections[section] = replace(self.request(section), feel=item.value)
        self.understand(item.text, "feel", f"{item.value} in {section}")
        return True

    def note_unknown(self, items: Sequence[Item], index: int) -> None:
        """Note a word that nobody understood; unknown words side by side are one."""
        item = items[index]
        before = items[index - 1] if index else None
        both = before is not None and before.kind == "unknown" and before.text.isalpha()
        if both and item.text.isalpha() and self.unknown:
            self.unknown[-1] += f" {item.text}"
        else:
            self.unknown.append(item.text)

    def report(self, code: str, words: str, **values: str) -> None:
        """Note words that have no effect, and why, by a code of ``accounts.REPORT_TEXTS``."""
        self.reported.append(ReportedWords(code, words, values))

    def request(self, kind: str) -> SectionRequest:
        """Return what is asked of sections of a kind so far."""
        return self.sections.get(kind, SectionRequest(kind))

    def shift_energy(self, kind: str, by: float) -> None:
        """Make sections of a kind quieter or louder."""
        self.sections[kind] = replace(self.request(kind), energy=self.request(kind).energy + by)

    def stretch(self, kind: str, factor: float) -> None:
        """Make sections of a kind longer or shorter."""
        self.sections[kind] = replace(self.request(kind), factor=self.request(kind).factor * factor)

    def set_length(self, kind: str, length: Length) -> None:
        """Fix the length of sections of a kind."""
        self.sections[kind] = replace(self.request(kind), length=length)

    def remove(self, kind: str) -> None:
        """Leave sections of a kind out."""
        self.sections[kind] = replace(self.request(kind), removed=True)

    def keep_only(self, kind: str) -> None:
        """Let nothing play in sections of a kind but what is wanted there."""
        self.understand(self.only_words, "only_roles", f"what is requested in {kind}")
        self.sections[kind] = replace(self.request(kind), only=True)

    def requested(self, section: str = "") -> tuple[PartRequest, ...]:
        """List what shall sound, in the track or in a kind of section; the last word counts."""
        found: dict[tuple[str, str], PartRequest] = {}
        for thing in self.things:
            if thing.section != section:
                continue
            if thing.refused:
                for key in [key for key in found if _takes_back(thing, key)]:
                    del found[key]
            else:
                found[thing.request.name, thing.request.category] = thing.request
        if len([key for key in found if key[1] == "vocal"]) > 1:
            found.pop(("vocal", "vocal"), None)
        return tuple(found.values())

    def excluded(self, section: str = "") -> tuple[str, ...]:
        """Refused categories, in the track or in a kind of section; the last word counts."""
        refused: dict[str, None] = {} if section else dict.fromkeys(self.excluded_categories)
        for thing in self.things:
            if thing.section != section:
                continue
            if thing.refused and not self._is_partial(thing, section):
                refused.update(dict.fromkeys(thing.categories))
            elif not thing.refused:
                for category in (
                    thing.request.category,
                    *((thing.categories) if thing.group else ()),
                ):
                    refused.pop(category, None)
        requested = {instrument.category for instrument in self.requested(section)}
        partly = requested & set(DRUM_CATEGORIES)
        return tuple(c for c in refused if not (c == "drums" and partly and c not in requested))

    def refused_parts(self) -> tuple[str, ...]:
        """Names of refused sounds, for what is smaller than a category or goes by another name."""
        named = [thing.request for thing in self.things if thing.refused and not thing.section]
        placed = {t.request.name for t in self.things if t.section and not t.refused}
        words = [r.name for r in named if r.name != r.category and r.name not in placed]
        return tuple(dict.fromkeys([*words, *self.excluded_words]))

    def _is_partial(self, thing: InstrumentMention, section: str) -> bool:
        """Tell whether only a part of the category is refused.

        "no piano" refuses keys, since nobody can be sure which keys hold a piano, unless
        other keys are wanted; "no open hats" leaves the hats.
        """
        name, category = thing.request.name, thing.request.category
        others = {i.category for i in self.requested(section) if i.name != name}
        return not thing.group and (thing.named or (thing.part and category in others))


def _takes_back(refusal: InstrumentMention, key: tuple[str, str]) -> bool:
    name, category = key
    return name == refusal.request.name or (not refusal.part and category in refusal.categories)


def joined_thing(last: InstrumentMention, name: str) -> InstrumentMention | None:
    """ "Piano chords" and "string pad" are one thing; None where the two names are two."""
    text = f"{last.request.text} {name}"
    if name in _GENERIC:
        return replace(last, request=replace(last.request, text=text))
    if name == "pad" and last.request.name in _PAD_SOURCES:
        request = replace(last.request, name="pad", category="pad", text=text)
        return replace(last, request=request, part=False)
    return None
