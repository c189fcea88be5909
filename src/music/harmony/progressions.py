"""Which chords each section of a plan has: as the prompt asks, else as the genre likes.

Verse and chorus get different rows where the genre knows two; where it knows one, the chorus
begins it at another chord. A section that leads into another part, and the last one, closes
with the genre's cadence.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from src.core.errors import InvalidInputError
from src.music.genre.genres import GenreGrammar, grammar_named
from src.music.genre.harmony import DegreeChord, Harmony, Progression, read_chords
from src.music.harmony.degrees import chord_on, read_numerals
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.planned_chords import PlannedChord
from src.music.model.timeline import SectionTime, timeline
from src.music.theory.chords import Chord, parse_plainly
from src.music.theory.keys import is_minor

ONE_CHORD = ("1",)
"""The progression of a track that stays on the chord of its tonic."""

_MODAL = {
    "dorian": ("i IV VII ii", "i III IV VII"),
    "phrygian": ("i II III vii", "i vii II III"),
    "lydian": ("I II vi iii", "I V II iii"),
    "mixolydian": ("I VII IV v", "I v IV VII"),
    "locrian": ("io II vi iii", "io vi II iii"),
    "phrygian dominant": ("I II iv vii", "I iv II vii"),
    "harmonic minor": ("i iv V VI", "i VI iv V"),
    "melodic minor": ("i IV V ii", "i ii IV V"),
}
"""What shows a mode: a row for verses, one for choruses."""

_FULL_ROWS = (1, 2, 4, 8, 12, 16)
_LEAST_CADENCE_BARS = 4
_LEAST_CHORDS = 3
"""A row of fewer chords is a vamp: no cadence interrupts it."""


def with_chords(plan: ArrangementPlan, *, seed: int) -> ArrangementPlan:
    """Give every section of a plan its chords.

    The prompt's chords play in all sections, with nothing added. The same plan and seed give
    the same chords. What can't be read as a chord is left to the genre.
    """
    asked = _asked(plan)
    if asked:
        structure = tuple(
            replace(section, chords=asked, chords_asked=True) for section in plan.structure
        )
        return replace(plan, structure=structure)
    times = timeline(plan)
    rows = _GenreRows(plan, seed)
    structure = tuple(
        replace(section, chords=_section_chords(plan, section, times, number, rows))
        for number, section in enumerate(plan.structure)
    )
    return replace(plan, structure=structure)


def is_moving(chords: Sequence[PlannedChord]) -> bool:
    """Tell whether a section changes its harmony at all."""
    return len({one.chord.triad for one in chords}) > 1


def function_of(kind: str) -> str:
    """Return which row a section of a kind plays: "chorus", "bridge" or "verse"."""
    return {"drop": "chorus", "break": "bridge"}.get(kind, "verse")


def _asked(plan: ArrangementPlan) -> tuple[PlannedChord, ...]:
    """Read the chords that the prompt names, a bar each; the last one fills the row up."""
    bar = plan.beats_per_bar
    try:
        chords = [parse_plainly(text) for text in plan.chords]
        if not chords and plan.progression:
            style = grammar_named(plan.genre).harmony.style
            style = "triads" if style == "power" else style
            chords = [
                chord_on(degree, key=plan.key, scale=plan.scale, style=style)
                for degree in read_numerals(plan.progression, key=plan.key, scale=plan.scale)
            ]
    except InvalidInputError:
        return ()
    return _filled([PlannedChord(chord, bar) for chord in chords], bar)


def _filled(row: list[PlannedChord], bar: float) -> tuple[PlannedChord, ...]:
    """Hold the last chord until the row has a usual number of bars."""
    if not row:
        return ()
    bars = next((full for full in _FULL_ROWS if full >= len(row)), len(row))
    return (*row[:-1], replace(row[-1], beats=row[-1].beats + (bars - len(row)) * bar))


def _section_chords(
    plan: ArrangementPlan,
    section: SectionPlan,
    times: Sequence[SectionTime],
    number: int,
    rows: "_GenreRows",
) -> tuple[PlannedChord, ...]:
    kind = times[number].kind
    row = rows.of(kind, section.genre)
    if len({one.chord for one in row}) < _LEAST_CHORDS:
        return row
    if plan.scale in _MODAL:
        return row
    last = number == len(times) - 1
    changes = not last and function_of(times[number + 1].kind) != function_of(kind)
    if not (last or changes) or kind == "drop":
        return row
    return _with_cadence(row, rows.cadence(section.genre, closes=last), section, plan)


def _with_cadence(
    row: tuple[PlannedChord, ...],
    cadence: Sequence[Chord],
    section: SectionPlan,
    plan: ArrangementPlan,
) -> tuple[PlannedChord, ...]:
    """Write a row out over a section and close it with a cadence, a bar for each chord."""
    bar = plan.beats_per_bar
    room = section.bars - len(cadence)
    if section.bars < _LEAST_CADENCE_BARS or room < 2:
        return row
    out: list[PlannedChord] = []
    left = room * bar
    while left > 1e-9:
        for one in row:
            beats = min(one.beats, left)
            if beats > 1e-9:
                out.append(PlannedChord(one.chord, beats))
            left -= beats
    return (*out, *(PlannedChord(chord, bar) for chord in cadence))


class _GenreRows:
    """The rows of a track: the same for every verse, the same for every chorus."""

    def __init__(self, plan: ArrangementPlan, seed: int) -> None:
        self._plan, self._seed = plan, seed
        self._mode = "minor" if is_minor(plan.key) else "major"

    def of(self, kind: str, genre: str) -> tuple[PlannedChord, ...]:
        """Return the row of a section of a kind; genre: "" takes the plan's."""
        grammar, function = self._grammar(genre), function_of(kind)
        if self._plan.scale in _MODAL:
            chosen = self._modal(function)
        else:
            chosen = self._chosen(grammar.harmony, kind, function)
        bar = self._plan.beats_per_bar
        return tuple(
            PlannedChord(self._chord(degree, grammar), chosen.bars * bar)
            for degree in chosen.chords
        )

    def cadence(self, genre: str, *, closes: bool) -> list[Chord]:
        """Return the chords that end a section, on the tonic where the track closes with it."""
        grammar = self._grammar(genre)
        degrees = list(grammar.harmony.cadences.get(self._mode, ()))
        if not closes:
            degrees = [one for one in degrees if one.degree != 1][-2:]
        return [self._chord(degree, grammar) for degree in degrees]

    def _grammar(self, genre: str) -> GenreGrammar:
        plan = self._plan
        return grammar_named(genre or f"{plan.style} {plan.genre}".strip())

    def _chord(self, degree: DegreeChord, grammar: GenreGrammar) -> Chord:
        plan = self._plan
        return chord_on(degree, key=plan.key, scale=plan.scale, style=grammar.harmony.style)

    def _modal(self, function: str) -> Progression:
        verse, chorus = _MODAL[self._plan.scale]
        return Progression(read_chords(chorus if function == "chorus" else verse))

    def _chosen(self, harmony: Harmony, kind: str, function: str) -> Progression:
        """Choose by weight; the chorus takes what the verse does not, the bridge either."""
        rows = harmony.minor if self._mode == "minor" else harmony.major
        own = [row for row in rows if row.kinds and kind in row.kinds]
        common = [row for row in rows if not row.kinds]
        verse = self._weighted(common or list(rows), "verse")
        if function == "verse" and not own:
            return verse
        if own:
            return self._weighted(own, function)
        others = [row for row in common if row is not verse]
        if others:
            return self._weighted(others, function)
        return turned(verse)

    def _weighted(self, rows: list[Progression], purpose: str) -> Progression:
        rng = random.Random(f"{self._seed} chords {purpose}")
        return rng.choices(rows, [row.weight for row in rows])[0]


def turned(row: Progression) -> Progression:
    """Begin a row in its middle; one of fewer than four chords stays."""
    half = len(row.chords) // 2
    return replace(row, chords=row.chords[half:] + row.chords[:half]) if half > 1 else row
