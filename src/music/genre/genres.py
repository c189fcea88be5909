"""Genre grammars: what a musician knows about a style, read from ``grammars/*.yaml``.

A style ("industrial techno") is its genre with a few entries changed. What a file leaves
out comes from its parent, in the end from ``ground.yaml``; that file also explains every entry.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from src.core.errors import InvalidInputError
from src.music.genre.checking import SECTION_KINDS
from src.music.genre.grammar_files import GENRES, family_of, genre_data, merged, metre_data
from src.music.genre.harmony import Harmony, read_harmony
from src.music.genre.movement import Effects, Sway, TapeStop
from src.music.genre.steps import Pattern, read_steps
from src.music.model.part_request import PartRequest
from src.music.theory.library import CATEGORIES
from src.music.theory.metre import COMMON_TIME, Metre, read_metre

MAIN_KINDS = ("groove", "drop")

PatternPair = tuple[tuple[Pattern, ...], tuple[Pattern, ...]]
"""Patterns that are chosen by energy, and those that are only played by name."""


@dataclass(frozen=True)
class FormSection:
    """A section of a form; ``maybe`` are roles that join in some tracks only.

    exact: bars are as somebody asked for, and are not scaled with the track
    """

    section: str
    kind: str
    bars: int
    energy: float
    roles: tuple[str, ...]
    maybe: tuple[str, ...] = ()
    fill: bool = False
    exact: bool = False


@dataclass(frozen=True)
class Form:
    """One way to build a track; ``weight`` is how often it is chosen among the others."""

    name: str
    weight: float
    sections: tuple[FormSection, ...]

    @property
    def bars(self) -> int:
        """Length of the form as written."""
        return sum(section.bars for section in self.sections)


@dataclass(frozen=True)
class Style:
    """A sub-genre: entries that replace those of the genre when one of its words is used."""

    name: str
    moods: tuple[str, ...]
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class Phrasing:
    """What changes every few bars within a section; categories in all lists.

    bars: length of a phrase
    enters: who is there first in an intro, and last in an outro
    rests: who may be silent for a phrase of a groove or a drop
    rolls: who plays a roll through a build-up, ever faster
    gap_beats: silence before a drop
    tape_stop: before which sections the tape may be stopped; None never
    """

    bars: int
    enters: tuple[str, ...]
    rests: tuple[str, ...]
    rolls: tuple[str, ...]
    gap_beats: float
    tape_stop: TapeStop | None = None


@dataclass(frozen=True)
class AnswerRule:
    """A role that two stems share as call and answer.

    kinds: of the sections in which they do; bars: length of a turn; chance: 0..1, how often
    """

    kinds: tuple[str, ...]
    bars: int
    chance: float


@dataclass(frozen=True)
class GenreGrammar:
    """All that is known about a genre.

    tempo_low, tempo_high, usual_bpm: in BPM
    swing: 0..0.5, see ``steps.swung``
    mix_db: level of each category relative to the kick (all 20 categories)
    duck_db: how far the kick pushes a category down; what is not listed is not ducked
    reverb_db: send level of a category; what is not listed stays dry
    sways: categories that drift from side to side
    swing_note: every second one of these notes is swung, 8 or 16
    time_signature: such as "3/4"
    section_bars: sections are multiples of so many bars where the length allows it
    scales: "minor" and "major" -> the scale that degrees are read in
    effects: which touches of electronic production it takes
    harmony: its chords; sources: literature that its patterns are found in
    family, parent: its place in the tree of genres
    roles: what it wants of each part, by the names that its forms use
    answers: roles that may be shared by two stems
    words: how the genre is called in a prompt, besides what the vocabulary knows
    """

    name: str
    title: str
    tempo_low: float
    tempo_high: float
    usual_bpm: float
    keys: tuple[str, ...]
    swing: float
    length_s: float
    moods: tuple[str, ...]
    roles: Mapping[str, PartRequest]
    forms: tuple[Form, ...]
    mix_db: Mapping[str, float]
    duck_db: Mapping[str, float]
    reverb_db: Mapping[str, float]
    patterns: Mapping[str, tuple[Pattern, ...]]
    named_patterns: Mapping[str, tuple[Pattern, ...]]
    fills: Mapping[str, tuple[Pattern, ...]]
    phrasing: Phrasing
    styles: tuple[Style, ...]
    style: str = ""
    sways: Mapping[str, Sway] = field(default_factory=dict)
    answers: Mapping[str, AnswerRule] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    swing_note: int = 16
    time_signature: str = COMMON_TIME
    section_bars: int | None = None
    scales: Mapping[str, str] = field(default_factory=dict)
    effects: Effects = Effects()  # noqa: RUF009
    harmony: Harmony = Harmony()  # noqa: RUF009
    sources: tuple[str, ...] = ()
    family: str = ""
    parent: str = ""

    @property
    def metre(self) -> Metre:
        """The time signature as a metre."""
        return read_metre(self.time_signature)

    @property
    def full_name(self) -> str:
        """Style and genre, as other rooms name it."""
        return f"{self.style} {self.name}".strip()


@cache
def genre_grammar(name: str, style: str = "") -> GenreGrammar:
    """Load the grammar of a genre, and of one of its styles when that is named.

    name: one of GENRES; "industrial techno" works as well as ("techno", "industrial")

    Raises InvalidInputError for a genre or style that there is not.
    """
    genre, inner = _split_name(name)
    data = dict(genre_data(genre))
    chosen = style or inner
    styles = _styles(data.get("styles", {}))
    if chosen:
        match = next((item for item in styles if item.name == chosen), None)
        if match is None:
            known = ", ".join(item.name for item in styles) or "none"
            raise InvalidInputError(f"{genre} has the styles {known}, got {chosen!r}")
        metre = match.changes.get("time_signature", data["time_signature"])
        if metre != data["time_signature"]:
            data |= metre_data(metre)
        data = merged(data, match.changes)
    return _grammar(genre, data, styles, chosen)


def grammar_named(name: str) -> GenreGrammar:
    """Load the grammar of a genre that a plan names, or the default's where it is not known."""
    try:
        return genre_grammar(name)
    except InvalidInputError:
        return genre_grammar("default")


def all_styles() -> Iterator[tuple[str, Style]]:
    """List every style with its genre."""
    for genre in GENRES:
        for style in genre_grammar(genre).styles:
            yield genre, style


def _split_name(name: str) -> tuple[str, str]:
    plain = " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
    if plain in GENRES:
        return plain, ""
    for genre in GENRES:
        if plain.endswith(" " + genre):
            return genre, plain[: -len(genre) - 1]
    raise InvalidInputError(f"genre must be one of {', '.join(GENRES)}, got {name!r}")


def _styles(data: Mapping[str, Any]) -> tuple[Style, ...]:
    return tuple(
        Style(
            name,
            tuple(changes.get("when", ())),
            {key: value for key, value in changes.items() if key != "when"},
        )
        for name, changes in data.items()
    )


def _grammar(
    genre: str, data: Mapping[str, Any], styles: tuple[Style, ...], style: str
) -> GenreGrammar:
    roles = {name: _role(name, entry) for name, entry in data["roles"].items()}
    metre = read_metre(data["time_signature"])
    patterns = read_patterns(data["patterns"], metre)
    fills = read_patterns(data["fills"], metre)
    return GenreGrammar(
        name=genre,
        title=data["title"],
        tempo_low=float(data["tempo"]["low"]),
        tempo_high=float(data["tempo"]["high"]),
        usual_bpm=float(data["tempo"]["usual"]),
        keys=tuple(data["keys"]),
        swing=float(data["swing"]),
        length_s=float(data["length_s"]),
        moods=tuple(data["moods"]),
        roles=roles,
        forms=tuple(_form(entry, roles, genre) for entry in data["forms"]),
        mix_db=_levels(data["mix"]),
        duck_db=_levels(data["duck"]),
        reverb_db=_levels(data["reverb"]),
        patterns={category: pair[0] for category, pair in patterns.items()},
        named_patterns={category: pair[1] for category, pair in patterns.items()},
        fills={category: pair[0] + pair[1] for category, pair in fills.items()},
        phrasing=_phrasing(data["phrasing"], genre),
        styles=styles,
        style=style,
        sways=_sways(data.get("pan", {})),
        answers=_answers(data.get("answers", {}), roles, genre),
        words=tuple(data.get("words", ())),
        swing_note=int(data["swing_note"]),
        time_signature=data["time_signature"],
        section_bars=data.get("section_bars"),
        scales=data["scales"],
        effects=Effects(**data["effects"]),
        harmony=read_harmony(data["harmony"]),
        sources=tuple(data.get("sources", ())),
        family=family_of(genre),
        parent=data.get("parent", ""),
    )


def _sways(data: Mapping[str, Any]) -> dict[str, Sway]:
    return {
        category: Sway(float(sway["width"]), int(sway["bars"])) for category, sway in data.items()
    }


def _answers(
    data: Mapping[str, Any], roles: Mapping[str, PartRequest], genre: str
) -> dict[str, AnswerRule]:
    unknown = set(data) - set(roles)
    if unknown:
        raise InvalidInputError(
            f"{genre}, answers must be of the roles {', '.join(roles)}, got {sorted(unknown)}"
        )
    return {
        role: AnswerRule(tuple(rule["in"]), int(rule["bars"]), float(rule.get("chance", 1.0)))
        for role, rule in data.items()
    }


def _phrasing(data: Mapping[str, Any], genre: str) -> Phrasing:
    phrasing = Phrasing(
        bars=int(data["bars"]),
        enters=tuple(data["enters"]),
        rests=tuple(data["rests"]),
        rolls=tuple(data["rolls"]),
        gap_beats=float(data["gap_beats"]),
        tape_stop=_tape_stop(data.get("tape_stop")),
    )
    unknown = {*phrasing.enters, *phrasing.rests, *phrasing.rolls} - set(CATEGORIES)
    if unknown or phrasing.bars not in (4, 8, 16) or not 0.0 <= phrasing.gap_beats <= 8.0:
        raise InvalidInputError(
            f"{genre}, phrasing: bars must be 4, 8 or 16, gap_beats 0 to 8, the rest categories;"
            f" got {phrasing.bars}, {phrasing.gap_beats:g}, unknown categories {sorted(unknown)}"
        )
    return phrasing


def _tape_stop(data: Mapping[str, Any] | None) -> TapeStop | None:
    if data is None:
        return None
    return TapeStop(tuple(data["into"]), float(data["beats"]), float(data["chance"]))


def _role(name: str, entry: Mapping[str, Any]) -> PartRequest:
    category = entry.get("category", name)
    if category not in CATEGORIES:
        raise InvalidInputError(f"role {name} must have a category, got {category!r}")
    return PartRequest(
        name, category, tuple(entry.get("tags", ())), entry.get("text", name), entry.get("pattern")
    )


def _form(entry: Mapping[str, Any], roles: Mapping[str, PartRequest], genre: str) -> Form:
    sections = tuple(
        FormSection(
            section=item["section"],
            kind=item["kind"],
            bars=int(item["bars"]),
            energy=float(item["energy"]),
            roles=tuple(item["roles"]),
            maybe=tuple(item.get("maybe", ())),
            fill=bool(item.get("fill", False)),
        )
        for item in entry["sections"]
    )
    for section in sections:
        unknown = {*section.roles, *section.maybe} - set(roles)
        if unknown or section.kind not in SECTION_KINDS or section.bars % 4:
            raise InvalidInputError(
                f"{genre}, {entry['name']}, {section.section}: kind must be one of "
                f"{', '.join(SECTION_KINDS)}, bars a multiple of four, roles known; got "
                f"{section.kind!r}, {section.bars}, unknown roles {sorted(unknown)}"
            )
    return Form(entry["name"], float(entry.get("weight", 1)), sections)


def read_patterns(data: Mapping[str, Any], metre: Metre) -> dict[str, PatternPair]:
    """Read a table of step patterns by category, each as those by energy and those by name."""
    return {category: _patterns(rows, metre) for category, rows in data.items()}


def _patterns(rows: list[Mapping[str, Any]], metre: Metre) -> PatternPair:
    """Sort those played by energy, lowest first, and those played only by name."""
    read = [
        (
            bool(row.get("by_name", False)),
            read_steps(
                row["steps"],
                name=row["name"],
                energy=float(row.get("from", 0.0)),
                degrees=tuple(row.get("degrees", (1,))),
                bars=row.get("bars"),
                metre=metre,
            ),
        )
        for row in rows
    ]
    usual = sorted((item for by_name, item in read if not by_name), key=lambda item: item.energy)
    return tuple(usual), tuple(item for by_name, item in read if by_name)


def _levels(data: Mapping[str, Any]) -> dict[str, float]:
    unknown = set(data) - set(CATEGORIES)
    if unknown:
        raise InvalidInputError(f"levels are given by category, got {sorted(unknown)}")
    return {category: float(level) for category, level in data.items()}
