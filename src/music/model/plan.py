"""The arrangement plan: which sections, how long, and what is asked of the library.

Its JSON form is the blueprint a musician can read and edit:

    {"bpm": 138, "key": "Am", "structure": [
      {"section": "Intro", "bars": 16, "stem_queries": [
          {"category": "atmo", "tags": ["dark"], "count": 1}]}]}

Every further field is optional and additive.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from src.core.errors import InvalidInputError
from src.music.model.accounts import (
    ReportedWords,
    RequestedSound,
    UnderstoodWords,
    report_to_dict,
    reports_from_dict,
    sound_to_dict,
    sounds_from_dict,
    understood_from_dict,
    understood_to_dict,
)
from src.music.model.ending import TrackEnding, ending_from_dict, ending_to_dict
from src.music.model.palette import Palette, palette_from_dict, palette_to_dict
from src.music.model.plan_values import (
    Range,
    number_of,
    short_number,
    texts_of,
    value_of_kind,
    whole_of,
)
from src.music.model.planned_chords import PlannedChord, chords_of, chords_to_list
from src.music.theory.library import CATEGORIES
from src.music.theory.mastering_presets import PRESETS
from src.music.theory.metre import COMMON_TIME, InMetre, read_metre

KEY = re.compile(r"^[A-G][#b]?m?$")
"""How a plan writes a key: "Am", "C", "F#m"."""

MAX_TEXT, MAX_SECTION_NAME, MAX_PART_NAME = 2000, 200, 60
"""Longest prompt or free text, name of a section and name of a part, in characters."""

BPM = Range(30.0, 300.0)
SWING = Range(0.0, 0.5)
SWING_NOTES = (8, 16)
"""Which notes may come late in a swing: eighths (shuffle, jazz) or sixteenths."""

BEATS_PER_BAR = Range(2, 7)
TARGET_LUFS = Range(-40.0, -5.0)
SECTIONS = Range(1, 64)
SECTION_BARS = Range(1, 512)
ENERGY = Range(0.0, 1.0)
VARIATION = Range(0, 1_000_000)
QUERIES = Range(0, 32)
STEMS = Range(1, 8)
"""How many stems one query may ask for."""

GAIN_DB = Range(-48.0, 12.0)
ANSWER_BARS = Range(0, 16)

REFUSED = "refused: "
"""What a note begins with that reports a request which was understood and can't be granted."""

SECTION_START, SECTION_END, SECTION_CLOSE = "section start", "section end", "section close"
"""Names of patterns that place one hit: on the section's first beat, ending with the section, or
on the beat after its last one.
"""

POSITIONS = (SECTION_START, SECTION_END, SECTION_CLOSE)


@dataclass(frozen=True)
class StemQuery:
    """What one section asks of the library: ``count`` stems of a category with tags.

    text: free words for the semantic search, such as "acid bass"
    pattern: name of a step pattern for one-shots; None lets the genre decide
    gain_db: added to the level that the mix gives the role
    answer_bars: with a count above 1, the stems take turns of so many bars as call and
        answer; 0 leaves it to the role
    enters_bar: bar of the section, from 1, with which it comes in; one that is given, even
        the first, is kept to the bar. None leaves it to the genre's phrases
    exits_bar: bar of the section, from 2, with which it is silent again; None: it stays
    """

    category: str
    tags: tuple[str, ...] = ()
    count: int = 1
    text: str = ""
    pattern: str | None = None
    gain_db: float = 0.0
    answer_bars: int = 0
    enters_bar: int | None = None
    exits_bar: int | None = None

    @property
    def is_timed(self) -> bool:
        """Whether it is said with which bar it comes in or leaves."""
        return self.enters_bar is not None or self.exits_bar is not None

    @property
    def search_text(self) -> str:
        """Tags and text, else the category, in words for the semantic search."""
        words = [*self.tags, *(self.text or self.category).split()]
        return " ".join(dict.fromkeys(words))


@dataclass(frozen=True)
class SectionPlan:
    """A block of bars with the same roles. energy is 0..1; fill marks its last bar.

    variation: another number plays the section's details (who rests, fills, timing) another way
    muted: names of parts, or categories, that are silent in it
    only: categories beside which nothing may play in it; empty allows all
    without: categories that may not play in it
    genre: whose patterns and phrases it is played by; "" takes the plan's
    silent: whether it is a rest in which nothing plays
    chords: repeated until it ends; empty: everything stays on the track's tonic
    chords_asked: somebody asked for these, so that no loop brings its own
    """

    section: str
    bars: int
    stem_queries: tuple[StemQuery, ...] = ()
    energy: float = 0.5
    fill: bool = False
    variation: int = 0
    muted: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    genre: str = ""
    silent: bool = False
    chords: tuple[PlannedChord, ...] = ()
    chords_asked: bool = False


@dataclass(frozen=True)
class ArrangementPlan(InMetre):
    """A whole track as an intention. Nothing in it names a file.

    pinned: (name of a part, id of the stem that plays it); the others are chosen
    avoided: ids of stems that are not chosen
    only_roles: categories beside which nothing may play; empty allows all
    palette: the collections and kits whose stems alone may play; None allows all
    ending: how it ends; None leaves it to the form
    time_signature: such as "3/4" or "6/8"; bpm counts its beats, dotted quarters in 6/8
    swing_note: every second one of these notes comes late, 8 for eighths, 16 for sixteenths
    style: of the genre; scale, feel: "" where the prompt names none
    chords, progression: as the prompt names them, in order
    requested: instruments that the prompt names; understood, reported: what became of its words
    """

    bpm: float
    key: str
    structure: tuple[SectionPlan, ...]
    genre: str = "default"
    prompt: str = ""
    moods: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    swing: float = 0.0
    target_lufs: float | None = None
    mastering: str | None = None
    notes: tuple[str, ...] = field(default=())
    pinned: tuple[tuple[str, str], ...] = ()
    avoided: tuple[str, ...] = ()
    only_roles: tuple[str, ...] = ()
    palette: Palette | None = None
    ending: TrackEnding | None = None
    time_signature: str = COMMON_TIME
    swing_note: int = 16
    style: str = ""
    scale: str = ""
    feel: str = ""
    chords: tuple[str, ...] = ()
    progression: tuple[str, ...] = ()
    requested: tuple[RequestedSound, ...] = ()
    understood: tuple[UnderstoodWords, ...] = ()
    reported: tuple[ReportedWords, ...] = ()

    @property
    def bars(self) -> int:
        """Length of the track in bars."""
        return sum(section.bars for section in self.structure)

    @property
    def duration_s(self) -> float:
        """Length of the track in seconds, without its tail."""
        return self.bars * self.beats_per_bar * 60.0 / self.bpm


def plan_to_dict(plan: ArrangementPlan) -> dict[str, Any]:
    """Write the plan as plain JSON values, in the blueprint's form."""
    return {
        "bpm": short_number(plan.bpm),
        "key": plan.key,
        "genre": plan.genre,
        "prompt": plan.prompt,
        "moods": list(plan.moods),
        "excluded": list(plan.excluded),
        "swing": plan.swing,
        "swing_note": plan.swing_note,
        "time_signature": plan.time_signature,
        "beats_per_bar": short_number(plan.beats_per_bar),
        "target_lufs": plan.target_lufs,
        "mastering": plan.mastering,
        "notes": list(plan.notes),
        "pinned": dict(plan.pinned),
        "avoided": list(plan.avoided),
        "only_roles": list(plan.only_roles),
        **({} if plan.palette is None else {"palette": palette_to_dict(plan.palette)}),
        **({} if plan.ending is None else {"ending": ending_to_dict(plan.ending)}),
        **_reading_to_dict(plan),
        "structure": [_section_to_dict(section, plan.key) for section in plan.structure],
    }


def _reading_to_dict(plan: ArrangementPlan) -> dict[str, Any]:
    """Write what was read in the prompt; what says nothing is left out."""
    fields = {
        "style": plan.style,
        "scale": plan.scale,
        "feel": plan.feel,
        "chords": list(plan.chords),
        "progression": list(plan.progression),
        "requested": [sound_to_dict(sound) for sound in plan.requested],
        "understood": [understood_to_dict(one) for one in plan.understood],
        "reported": [report_to_dict(report) for report in plan.reported],
    }
    return {name: value for name, value in fields.items() if value}


def plan_from_dict(data: Mapping[str, Any]) -> ArrangementPlan:
    """Read a plan, checking every value.

    Raises InvalidInputError that names the field, the value and the rule.
    """
    structure = value_of_kind(data, "structure", list, "plan")
    if not SECTIONS.allows(len(structure)):
        raise InvalidInputError(
            f"plan.structure must have {SECTIONS} sections, got {len(structure)}"
        )
    return ArrangementPlan(
        bpm=number_of(data, "bpm", None, BPM, "plan"),
        key=_key(data),
        structure=tuple(_section(item, index) for index, item in enumerate(structure)),
        genre=_text(data, "genre", "default", "plan"),
        prompt=_text(data, "prompt", "", "plan"),
        moods=texts_of(data, "moods", "plan"),
        excluded=texts_of(data, "excluded", "plan"),
        swing=number_of(data, "swing", 0.0, SWING, "plan"),
        target_lufs=_target_lufs(data),
        mastering=_mastering(data),
        notes=texts_of(data, "notes", "plan"),
        pinned=_pinned(data),
        avoided=texts_of(data, "avoided", "plan"),
        only_roles=_only_roles(data),
        palette=palette_from_dict(data.get("palette")),
        ending=ending_from_dict(data.get("ending")),
        time_signature=_time_signature(data),
        swing_note=_swing_note(data),
        style=_text(data, "style", "", "plan"),
        scale=_text(data, "scale", "", "plan"),
        feel=_text(data, "feel", "", "plan"),
        chords=texts_of(data, "chords", "plan"),
        progression=texts_of(data, "progression", "plan"),
        requested=sounds_from_dict(data.get("requested", ())),
        understood=understood_from_dict(data.get("understood", ())),
        reported=reports_from_dict(data.get("reported", ())),
    )


def _key(data: Mapping[str, Any]) -> str:
    key = data.get("key", "Am")
    if not isinstance(key, str) or not KEY.match(key):
        raise InvalidInputError(f"plan.key must look like 'Am', 'C' or 'F#m', got {key!r}")
    return key


def _time_signature(data: Mapping[str, Any]) -> str:
    """Read the time signature; older plans give beats per bar alone, in quarters."""
    written = data.get("time_signature")
    if written is None:
        if data.get("beats_per_bar") is None:
            return COMMON_TIME
        return f"{whole_of(data, 'beats_per_bar', None, BEATS_PER_BAR, 'plan')}/4"
    if not isinstance(written, str):
        raise InvalidInputError(f"plan.time_signature must be a text like '3/4', got {written!r}")
    try:
        metre = read_metre(written)
    except InvalidInputError as error:
        raise InvalidInputError(f"plan.time_signature: {error.message}") from error
    if data.get("beats_per_bar") is not None:
        beats = number_of(data, "beats_per_bar", None, BEATS_PER_BAR, "plan")
        if beats != metre.beats_per_bar:
            raise InvalidInputError(
                f"plan.beats_per_bar must be {metre.beats_per_bar:g} in {metre}, or left out,"
                f" got {beats:g}"
            )
    return str(metre)


def _swing_note(data: Mapping[str, Any]) -> int:
    note = data.get("swing_note", 16)
    if note not in SWING_NOTES or isinstance(note, bool):
        raise InvalidInputError(f"plan.swing_note must be 8 or 16, got {note!r}")
    return int(note)


def _target_lufs(data: Mapping[str, Any]) -> float | None:
    if data.get("target_lufs") is None:
        return None
    return number_of(data, "target_lufs", None, TARGET_LUFS, "plan")


def _only_roles(data: Mapping[str, Any]) -> tuple[str, ...]:
    return _categories(data, "only_roles", "plan")


def _pinned(data: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    pinned = data.get("pinned", {})
    if not isinstance(pinned, Mapping) or not all(
        isinstance(item, str) for pair in pinned.items() for item in pair
    ):
        raise InvalidInputError(
            f"plan.pinned must map names of parts to ids of stems, got {pinned!r}"
        )
    return tuple(pinned.items())


def _mastering(data: Mapping[str, Any]) -> str | None:
    name = data.get("mastering")
    if name is not None and name not in PRESETS:
        raise InvalidInputError(f"plan.mastering must be one of {', '.join(PRESETS)}, got {name!r}")
    return name


def _section_to_dict(section: SectionPlan, key: str) -> dict[str, Any]:
    return {
        "section": section.section,
        "bars": section.bars,
        "energy": section.energy,
        "fill": section.fill,
        "variation": section.variation,
        "muted": list(section.muted),
        **_given(section, "only", "without", "genre", "silent"),
        **({"chords": chords_to_list(section.chords, key)} if section.chords else {}),
        **_given(section, "chords_asked"),
        "stem_queries": [_query_to_dict(query) for query in section.stem_queries],
    }


def _query_to_dict(query: StemQuery) -> dict[str, Any]:
    return {
        "category": query.category,
        "tags": list(query.tags),
        "count": query.count,
        "text": query.text,
        "pattern": query.pattern,
        "gain_db": query.gain_db,
        "answer_bars": query.answer_bars,
        **_given(query, "enters_bar", "exits_bar"),
    }


def _given(record: SectionPlan | StemQuery, *names: str) -> dict[str, Any]:
    """Write those of the rarer fields that say something, so that other plans stay short."""
    values = {name: getattr(record, name) for name in names}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value
    }


def _section(data: Any, index: int) -> SectionPlan:
    where = f"plan.structure[{index}]"
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"{where} must be an object, got {type(data).__name__}")
    queries = data.get("stem_queries", [])
    if not isinstance(queries, list) or not QUERIES.allows(len(queries)):
        got = len(queries) if isinstance(queries, list) else repr(queries)
        raise InvalidInputError(
            f"{where}.stem_queries must be a list of at most {QUERIES.high}, got {got}"
        )
    bars = whole_of(data, "bars", None, SECTION_BARS, where)
    return SectionPlan(
        section=_text(data, "section", f"Section {index + 1}", where),
        bars=bars,
        stem_queries=tuple(
            _query(item, f"{where}.stem_queries[{i}]", bars) for i, item in enumerate(queries)
        ),
        energy=number_of(data, "energy", 0.5, ENERGY, where),
        fill=bool(data.get("fill", False)),
        variation=whole_of(data, "variation", 0, VARIATION, where),
        muted=texts_of(data, "muted", where),
        only=_categories(data, "only", where),
        without=_categories(data, "without", where),
        genre=_text(data, "genre", "", where),
        silent=bool(data.get("silent", False)),
        chords=chords_of(data, where),
        chords_asked=bool(data.get("chords_asked", False)),
    )


def _query(data: Any, where: str, bars: int) -> StemQuery:
    if not isinstance(data, Mapping):
        raise InvalidInputError(f"{where} must be an object, got {type(data).__name__}")
    category = data.get("category")
    if category not in CATEGORIES:
        raise InvalidInputError(
            f"{where}.category must be one of {', '.join(CATEGORIES)}, got {category!r}"
        )
    pattern = data.get("pattern")
    if pattern is not None and not isinstance(pattern, str):
        raise InvalidInputError(f"{where}.pattern must be a text, got {pattern!r}")
    return StemQuery(
        category=category,
        tags=texts_of(data, "tags", where),
        count=whole_of(data, "count", 1, STEMS, where),
        text=_text(data, "text", "", where),
        pattern=pattern,
        gain_db=number_of(data, "gain_db", 0.0, GAIN_DB, where),
        answer_bars=whole_of(data, "answer_bars", 0, ANSWER_BARS, where),
        enters_bar=_bar(data, "enters_bar", Range(1, bars), where),
        exits_bar=_exit(data, bars, where),
    )


def _bar(data: Mapping[str, Any], name: str, allowed: Range[int], where: str) -> int | None:
    if data.get(name) is None:
        return None
    return whole_of(data, name, None, allowed, where)


def _exit(data: Mapping[str, Any], bars: int, where: str) -> int | None:
    """Read the bar of an exit, which lies behind that of the entry."""
    enters = _bar(data, "enters_bar", Range(1, bars), where) or 1
    if data.get("exits_bar") is not None and bars <= enters:
        raise InvalidInputError(f"{where}.exits_bar needs a bar behind {enters}, of {bars} bars")
    return _bar(data, "exits_bar", Range(enters + 1, bars), where)


def _categories(data: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    found = texts_of(data, name, where)
    for category in found:
        if category not in CATEGORIES:
            raise InvalidInputError(
                f"{where}.{name} must be of {', '.join(CATEGORIES)}, got {category!r}"
            )
    return found


def _text(data: Mapping[str, Any], name: str, default: str, where: str) -> str:
    value = data.get(name, default)
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        got = f"{len(value)} characters" if isinstance(value, str) else repr(value)
        raise InvalidInputError(
            f"{where}.{name} must be a text of at most {MAX_TEXT} characters, got {got}"
        )
    return value
