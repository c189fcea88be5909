"""Chords of a section in a plan, as a musician writes them: a name and how many beats it lasts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from src.core.errors import InvalidInputError
from src.music.model.plan_values import Range, number_of, short_number, value_of_kind
from src.music.theory.chords import Chord, chord_name, parse_chord

CHORD_BEATS = Range(0.25, 2048.0)
CHORDS = Range(0, 512)
"""How many chords a section may list."""


@dataclass(frozen=True)
class PlannedChord:
    """A chord and its length in beats. A section repeats its chords until it ends."""

    chord: Chord
    beats: float


@dataclass(frozen=True)
class ChordAt:
    """A chord on the time line, in beats."""

    chord: Chord
    start: float
    end: float

    @property
    def length(self) -> float:
        """Its length in beats."""
        return self.end - self.start


def chords_to_list(chords: Sequence[PlannedChord], key: str) -> list[dict[str, Any]]:
    """Write chords as plain JSON values, spelled as in a key: ``[{"chord": "Am", "beats": 4}]``."""
    return [
        {"chord": chord_name(one.chord, key), "beats": short_number(one.beats)} for one in chords
    ]


def chords_of(data: Mapping[str, Any], where: str) -> tuple[PlannedChord, ...]:
    """Read the field ``chords`` of a section; empty where it is not given.

    Raises InvalidInputError that names the field, the value and the rule.
    """
    rows = data.get("chords", [])
    if not isinstance(rows, list | tuple) or not CHORDS.allows(len(rows)):
        got = len(rows) if isinstance(rows, list | tuple) else repr(rows)
        raise InvalidInputError(
            f"{where}.chords must be a list of at most {CHORDS.high} chords, got {got}"
        )
    return tuple(_planned(row, f"{where}.chords[{i}]") for i, row in enumerate(rows))


def laid_out(chords: Sequence[PlannedChord], start: float, length: float) -> tuple[ChordAt, ...]:
    """Repeat chords from ``start`` on for ``length`` beats; neighbours that are alike are one."""
    return tuple(_joined(_repeated(chords, start, start + length)))


def _repeated(chords: Sequence[PlannedChord], start: float, end: float) -> Iterator[ChordAt]:
    while chords and start < end - 1e-9:
        for one in chords:
            until = min(end, start + one.beats)
            if until - start > 1e-9:
                yield ChordAt(one.chord, start, until)
            start = until


def _joined(spans: Iterator[ChordAt]) -> list[ChordAt]:
    out: list[ChordAt] = []
    for span in spans:
        if out and out[-1].chord == span.chord:
            out[-1] = ChordAt(span.chord, out[-1].start, span.end)
        else:
            out.append(span)
    return out


def _planned(row: Any, where: str) -> PlannedChord:
    if not isinstance(row, Mapping):
        raise InvalidInputError(f"{where} must be an object, got {row!r}")
    name = value_of_kind(row, "chord", str, where)
    try:
        chord = parse_chord(name)
    except InvalidInputError as error:
        raise InvalidInputError(f"{where}.chord: {error.message}") from error
    return PlannedChord(chord, number_of(row, "beats", 4.0, CHORD_BEATS, where))
