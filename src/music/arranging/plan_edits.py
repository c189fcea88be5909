"""Editing a plan: each edit gives a new plan; everything it does not name stays as it was.

What a revision keeps it keeps by pinning: the stems that played are written into the plan, so
that a change of one part does not make the arranger think again about all the others.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError
from src.music.arranging.form import UNIT, share_bars
from src.music.arranging.roles import OPPOSITES
from src.music.harmony.transposing import in_key
from src.music.model.ending import TrackEnding, ending_from_dict
from src.music.model.plan import (
    BPM,
    GAIN_DB,
    SECTION_BARS,
    ArrangementPlan,
    SectionPlan,
    StemQuery,
)
from src.music.model.plan_values import Range
from src.music.model.planned_chords import CHORD_BEATS, PlannedChord
from src.music.model.score import Choice
from src.music.theory.keys import parse_key
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES
from src.music.theory.progressions import chords_said

LEVEL_DB = Range(-24.0, 12.0)
"""By how much one edit may move a level."""

LENGTH_BARS, LENGTH_S = Range(4, 4096), Range(0.0, 7200.0)
"""How long an edit may make a track; in seconds more than zero."""

_MAX_TAGS = 5


@dataclass(frozen=True)
class Swap:
    """Another stem for a part: the one named, or whichever fits best but the present one."""

    part: str
    stem_id: str | None = None


@dataclass(frozen=True)
class Mute:
    """Silence a part (or all of a category) in some sections, or in all. on False: unmute."""

    part: str
    sections: tuple[str, ...] = ()
    on: bool = True


@dataclass(frozen=True)
class Reroll:
    """Play the details of a section again: who rests, fills, hands. The stems stay."""

    section: str


@dataclass(frozen=True)
class Level:
    """Make a part's category louder or quieter by so many dB."""

    part: str
    gain_db: float


@dataclass(frozen=True)
class SetLength:
    """Another length: bars, or seconds at the plan's tempo. Sections keep their shares."""

    bars: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class SetTempo:
    """Another tempo."""

    bpm: float


@dataclass(frozen=True)
class SetKey:
    """Another key, in any usual spelling."""

    key: str


@dataclass(frozen=True)
class SetMoods:
    """Other moods: melodic parts are chosen again by them, drums stay."""

    moods: tuple[str, ...]


@dataclass(frozen=True)
class SetEntry:
    """With which bars of a section a part comes in and leaves, from 1; None leaves it as usual."""

    part: str
    section: str
    enters_bar: int | None = None
    exits_bar: int | None = None


@dataclass(frozen=True)
class SetSectionRoles:
    """Which categories alone may play in a section, and which may not; empty allows all."""

    section: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class SetEnding:
    """Another ending: FADE with its seconds, COLD, or None for the form's own."""

    kind: str | None
    fade_s: float = 0.0


@dataclass(frozen=True)
class SetChords:
    """Other chords: "Am F C G" a bar each, or "Am:8 G:4" with their beats; "" stays on the tonic.

    section: its name; "" changes all
    """

    chords: str
    section: str = ""


Edit = (
    Swap | Mute | Reroll | Level | SetLength | SetTempo | SetKey | SetMoods | SetEntry
    | SetSectionRoles | SetEnding | SetChords
)  # fmt: skip


def edited(
    plan: ArrangementPlan,
    edits: Sequence[Edit],
    played: Sequence[Choice],
    *,
    locked: Sequence[str] = (),
) -> ArrangementPlan:
    """Apply some edits to a plan, in their order.

    played: who plays in the track that is edited: all of them are kept unless an edit
        chooses them again
    locked: parts that keep their stem whatever an edit chooses again

    Raises InvalidInputError for a part or section that there is not, and for values
    that a plan can't hold.
    """
    known = {one.part: one for one in played}
    for name in locked:
        _check_part(name, known)
    kept = dict(plan.pinned) | {one.part: one.stem_id for one in played}
    plan = replace(plan, pinned=tuple(kept.items()))
    for edit in edits:
        plan = _applied(plan, edit, known, frozenset(locked))
    return plan


Known = Mapping[str, Choice]


def _applied(
    plan: ArrangementPlan, edit: Edit, known: Known, locked: frozenset[str]
) -> ArrangementPlan:
    match edit:
        case Swap():
            return _swap(plan, edit, known, locked)
        case Mute():
            return _mute(plan, edit, known)
        case Reroll():
            return _reroll(plan, edit)
        case Level():
            return _level(plan, edit, known)
        case SetLength():
            return _length(plan, edit)
        case SetTempo():
            return _tempo(plan, edit)
        case SetKey():
            return in_key(plan, parse_key(edit.key))
        case SetMoods():
            return _mood(plan, edit, known, locked)
        case SetEntry():
            return _entry(plan, edit, known)
        case SetSectionRoles():
            return _section_roles(plan, edit)
        case SetEnding():
            return replace(plan, ending=_ending(edit))
        case SetChords():
            return _with_chords(plan, edit)


def _swap(
    plan: ArrangementPlan, edit: Swap, known: Known, locked: frozenset[str]
) -> ArrangementPlan:
    _check_part(edit.part, known)
    if edit.part in locked:
        raise InvalidInputError(f"voice {edit.part!r} is locked: unlock it to swap its stem")
    pinned = {name: stem for name, stem in plan.pinned if name != edit.part}
    if edit.stem_id is not None:
        return replace(plan, pinned=(*pinned.items(), (edit.part, edit.stem_id)))
    avoided = dict.fromkeys((*plan.avoided, known[edit.part].stem_id))
    return replace(plan, pinned=tuple(pinned.items()), avoided=tuple(avoided))


def _mute(plan: ArrangementPlan, edit: Mute, known: Known) -> ArrangementPlan:
    categories = {query.category for section in plan.structure for query in section.stem_queries}
    muted_before = {name for section in plan.structure for name in section.muted}
    if edit.part not in categories | muted_before:
        _check_part(edit.part, known)
    chosen = _sections(plan, edit.sections)
    structure = []
    for number, section in enumerate(plan.structure):
        muted = [name for name in section.muted if name != edit.part or number not in chosen]
        if edit.on and number in chosen:
            muted.append(edit.part)
        structure.append(replace(section, muted=tuple(muted)))
    return replace(plan, structure=tuple(structure))


def _reroll(plan: ArrangementPlan, edit: Reroll) -> ArrangementPlan:
    chosen = _sections(plan, (edit.section,))
    return replace(
        plan,
        structure=tuple(
            replace(section, variation=section.variation + 1) if number in chosen else section
            for number, section in enumerate(plan.structure)
        ),
    )


def _level(plan: ArrangementPlan, edit: Level, known: Known) -> ArrangementPlan:
    _check_part(edit.part, known)
    category = known[edit.part].asked_category

    def moved(query: StemQuery) -> StemQuery:
        if query.category != category:
            return query
        return replace(query, gain_db=GAIN_DB.nearest(query.gain_db + edit.gain_db))

    return _with_queries(plan, moved)


def _length(plan: ArrangementPlan, edit: SetLength) -> ArrangementPlan:
    if (edit.bars is None) == (edit.seconds is None):
        raise InvalidInputError("a length is given in bars or in seconds: one of both")
    bar_s = plan.beats_per_bar * 60.0 / plan.bpm
    requested = float(edit.bars) if edit.bars is not None else (edit.seconds or 0.0) / bar_s
    least = UNIT * len(plan.structure)
    total = UNIT * round(requested / UNIT)
    if total < least:
        raise InvalidInputError(
            f"{len(plan.structure)} sections need at least {least} bars"
            f" ({least * bar_s:.0f} s), got {requested:.4g} bars"
        )
    shares = share_bars([float(section.bars) for section in plan.structure], total)
    if not SECTION_BARS.allows(max(shares)):
        raise InvalidInputError(
            f"a section must have {SECTION_BARS} bars, got {max(shares)} in a track of {total}"
        )
    structure = (
        _scaled(section, bars) for section, bars in zip(plan.structure, shares, strict=True)
    )
    return replace(plan, structure=tuple(structure))


def _scaled(section: SectionPlan, bars: int) -> SectionPlan:
    """Give a section another length; entries and exits keep their share of it."""

    def moved(query: StemQuery) -> StemQuery:
        if not query.is_timed:
            return query
        enters, exits = query.enters_bar, query.exits_bar
        if enters is not None:
            enters = min(bars, 1 + round((enters - 1) * bars / section.bars))
        if exits is not None:
            exits = 1 + round((exits - 1) * bars / section.bars)
            exits = None if exits > bars else max(exits, (enters or 1) + 1)
        return replace(query, enters_bar=enters, exits_bar=exits)

    queries = tuple(moved(query) for query in section.stem_queries)
    return replace(section, bars=bars, stem_queries=queries)


def _entry(plan: ArrangementPlan, edit: SetEntry, known: Known) -> ArrangementPlan:
    _check_part(edit.part, known)
    category = known[edit.part].asked_category
    (number,) = list(_sections(plan, (edit.section,)))[:1]
    section = plan.structure[number]
    enters, exits = edit.enters_bar, edit.exits_bar
    if enters is not None and not 1 <= enters <= section.bars:
        raise InvalidInputError(f"enters_bar must be 1 to {section.bars}, got {enters}")
    if exits is not None and not (enters or 1) < exits <= section.bars:
        raise InvalidInputError(
            f"exits_bar must be {(enters or 1) + 1} to {section.bars}, got {exits}"
        )
    if category not in {query.category for query in section.stem_queries}:
        raise InvalidInputError(f"{edit.part!r} does not play in section {edit.section!r}")
    queries = tuple(
        replace(query, enters_bar=enters, exits_bar=exits) if query.category == category else query
        for query in section.stem_queries
    )
    return _with_section(plan, number, replace(section, stem_queries=queries))


def _section_roles(plan: ArrangementPlan, edit: SetSectionRoles) -> ArrangementPlan:
    for category in (*edit.only, *edit.without):
        if category not in CATEGORIES:
            raise InvalidInputError(
                f"a role must be one of {', '.join(CATEGORIES)}, got {category!r}"
            )
    (number,) = list(_sections(plan, (edit.section,)))[:1]
    section = replace(plan.structure[number], only=edit.only, without=edit.without)
    return _with_section(plan, number, section)


def _with_chords(plan: ArrangementPlan, edit: SetChords) -> ArrangementPlan:
    names = edit.chords.replace(",", " ").replace("|", " ").split()
    beats = plan.beats_per_bar * len(names)
    chords = tuple(
        PlannedChord(one.chord, CHORD_BEATS.nearest(one.beats))
        for one in (chords_said(edit.chords, beats=beats) if names else ())
    )
    chosen = _sections(plan, (edit.section,) if edit.section else ())
    structure = tuple(
        replace(section, chords=chords, chords_asked=True) if number in chosen else section
        for number, section in enumerate(plan.structure)
    )
    return replace(plan, structure=structure)


def _ending(edit: SetEnding) -> TrackEnding | None:
    if edit.kind is None:
        return None
    return ending_from_dict({"kind": edit.kind, "fade_s": edit.fade_s})


def _with_section(plan: ArrangementPlan, number: int, section: SectionPlan) -> ArrangementPlan:
    structure = (*plan.structure[:number], section, *plan.structure[number + 1 :])
    return replace(plan, structure=structure)


def _tempo(plan: ArrangementPlan, edit: SetTempo) -> ArrangementPlan:
    if not BPM.allows(edit.bpm):
        raise InvalidInputError(f"bpm must be from {BPM}, got {edit.bpm:g}")
    return replace(plan, bpm=edit.bpm)


def _mood(
    plan: ArrangementPlan, edit: SetMoods, known: Known, locked: frozenset[str]
) -> ArrangementPlan:
    """New tags for melodic queries; their parts are chosen again unless they are locked."""
    gone = {*plan.moods, *(other for mood in edit.moods for other in OPPOSITES.get(mood, ()))}

    def moody(query: StemQuery) -> StemQuery:
        if query.category in DRUM_CATEGORIES:
            return query
        kept = [tag for tag in query.tags if tag not in gone]
        return replace(query, tags=tuple(dict.fromkeys([*edit.moods, *kept]))[:_MAX_TAGS])

    kept = tuple(
        (name, stem)
        for name, stem in plan.pinned
        if name in locked or (name in known and known[name].asked_category in DRUM_CATEGORIES)
    )
    return replace(_with_queries(plan, moody), moods=edit.moods, pinned=kept)


def _check_part(name: str, known: Known) -> None:
    if name not in known:
        raise InvalidInputError(f"voice must be one of {', '.join(known)}, got {name!r}")


def _sections(plan: ArrangementPlan, names: Sequence[str]) -> set[int]:
    """Numbers of the sections of these names; of all without names."""
    known = [section.section for section in plan.structure]
    for name in names:
        if name not in known:
            raise InvalidInputError(
                f"section must be one of {', '.join(dict.fromkeys(known))}, got {name!r}"
            )
    return {number for number, name in enumerate(known) if not names or name in names}


def _with_queries(
    plan: ArrangementPlan, change: Callable[[StemQuery], StemQuery]
) -> ArrangementPlan:
    structure: list[SectionPlan] = []
    for section in plan.structure:
        queries = tuple(change(query) for query in section.stem_queries)
        structure.append(replace(section, stem_queries=queries))
    return replace(plan, structure=tuple(structure))
