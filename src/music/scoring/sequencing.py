"""Sequencing one-shots: step patterns become notes with swing, velocity and a human hand."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError
from src.music.casting.cast_part import CastPart
from src.music.casting.hats import Hats, played_on
from src.music.genre.genres import Phrasing
from src.music.genre.patterns import Pattern, Step, degree_semitones, fill_for, patterns_for, swung
from src.music.genre.patterns import pattern_for as named_pattern
from src.music.model.score import Note
from src.music.model.timeline import BeatSpan, SectionTime
from src.music.theory.keys import is_minor
from src.music.theory.library import DRUM_CATEGORIES

HUMAN_TIMING_S = 0.003
"""Largest shift of a hit off the beat. Hits on a beat stay exact: they carry the tempo."""

HUMAN_VELOCITY = 0.06
_EXACT = ("kick", "snare", "clap", "bass")
_VARIED = ("hihat", "percussion", "tom", "cymbal")
_CHANGING = ("bass", "synth", "lead", "keys", "guitar")
_MIXED_OVER = ("intro", "outro")
_ROLL_STARTS, _ROLL_ENDS = 0.3, 0.95
_ROLL_STEPS = ((0.5, 1.0), (0.75, 0.5), (1.0, 0.25))
"""How far into a build-up a roll has which distance between its hits, in beats."""

_PATTERN_BEATS_PER_BAR = 4.0
_OCTAVE = 12.0


@dataclass(frozen=True)
class Groove:
    """How a track's hits are played. genre: with style, as the grammars know it.

    alone: whether nothing else plays, so that a pause would be silence
    """

    genre: str
    key: str
    swing: float
    bpm: float
    beats_per_bar: int
    phrasing: Phrasing
    alone: bool = False


def step_notes(
    part: CastPart,
    groove: Groove,
    sections: Iterable[tuple[SectionTime, str | None]],
    rng: random.Random,
    *,
    hats: Hats | None = None,
) -> tuple[Note, ...]:
    """Sequence a one-shot over its sections, each with the name of a pattern or None.

    hats: of a hi-hat, what plays its open and closed hits
    """

    def hit(step: Step, start: float) -> Note:
        note = _note(part, groove, step, start, rng)
        if hats is None:
            return note
        return played_on(note, hats, opened=step.opened, beat_s=60.0 / groove.bpm)

    category = part.request.category
    notes: list[Note] = []
    for section, name in sections:
        if section.kind == "build" and category in groove.phrasing.rolls:
            notes += [hit(step, section.start) for step in roll(section)]
            continue
        for bar, pattern, inside in _bars(category, groove, section, name, rng):
            start = section.start + bar * groove.beats_per_bar
            for step in _steps_of_bar(pattern, inside, groove.beats_per_bar):
                notes.append(hit(step, start))
    return tuple(sorted(notes, key=lambda note: note.start_beats))


def hits_per_second(notes: Sequence[Note], spans: Iterable[BeatSpan], bpm: float) -> float:
    """Mean density of a part while it plays, in full hits: a soft one counts by its energy.

    A hit's amplitude is its velocity to the power of 1.5, so its energy is the cube.
    """
    seconds = sum(span.length for span in spans) * 60.0 / bpm
    return sum(note.velocity**3 for note in notes) / seconds if seconds > 0 else 0.0


def roll(section: SectionTime) -> Iterator[Step]:
    """Write a roll through a build-up: quarters, then eighths, then sixteenths, ever louder.

    Steps count from the section's start. The first half is quarters, the last quarter
    sixteenths.
    """
    beat = 0.0
    while beat < section.length - 1e-9:
        into = beat / section.length
        step = next(distance for until, distance in _ROLL_STEPS if into < until)
        yield Step(beat, _ROLL_STARTS + (_ROLL_ENDS - _ROLL_STARTS) * into, step, 1)
        beat += step


def _bars(
    category: str, groove: Groove, section: SectionTime, name: str | None, rng: random.Random
) -> Iterator[tuple[int, Pattern, int]]:
    """Yield every bar of a section: its number, the pattern that plays, and the pattern's bar.

    The section's last bar may be a fill, the last bar of a phrase half of one. Drums that
    ornament change their pattern there; melodic parts play A A B A. In intros and outros
    nobody falls silent at the end of a phrase: too few play for a pause to be answered, and
    a DJ mixes over them.
    """
    usual, other = _patterns(category, groove, section, name)
    fill = fill_for(groove.genre, category, variant=rng.randrange(64))
    size = groove.phrasing.bars
    bars = round(section.length / groove.beats_per_bar)
    pauses = section.kind not in _MIXED_OVER and not groove.alone
    turns = fill is not None and (pauses or _ends_sounding(fill))
    for bar in range(bars):
        ends_phrase, last = bar % size == size - 1, bar == bars - 1
        if last and section.fill and fill is not None:
            yield bar, fill, 0
        elif ends_phrase and not last and fill and turns and category not in _CHANGING:
            yield bar, half_fill(usual, fill, bar % usual.bars), 0
        elif (category in _VARIED and ends_phrase) or (
            category in _CHANGING and bar // size % 4 == 2
        ):
            yield bar, other, bar % other.bars
        else:
            yield bar, usual, bar % usual.bars


def _ends_sounding(fill: Pattern) -> bool:
    return any(step.beat >= _PATTERN_BEATS_PER_BAR / 2.0 for step in fill.steps)


def half_fill(usual: Pattern, fill: Pattern, bar: int) -> Pattern:
    """Begin a bar as usual and end it as the fill does.

    bar: which bar of the usual pattern is due
    """
    middle = _PATTERN_BEATS_PER_BAR / 2.0
    first = [
        step
        for step in _steps_of_bar(usual, bar, round(_PATTERN_BEATS_PER_BAR))
        if step.beat < middle
    ]
    return replace(fill, steps=(*first, *(step for step in fill.steps if step.beat >= middle)))


def _patterns(
    category: str, groove: Groove, section: SectionTime, name: str | None
) -> tuple[Pattern, Pattern]:
    """Choose the pattern of a section and one for variation. An unknown name gives the usual
    one.
    """
    allowed = patterns_for(groove.genre, category, section.energy)
    usual = allowed[0]
    if name is not None:
        try:
            usual = named_pattern(groove.genre, category, section.energy, name=name)
        except InvalidInputError:
            usual = allowed[0]
    return usual, allowed[1] if len(allowed) > 1 else usual


def _steps_of_bar(pattern: Pattern, bar: int, beats_per_bar: int) -> Iterator[Step]:
    """List the hits of one bar of a pattern, counted from the bar's start.

    Patterns have four beats: in another metre a bar ends early or its end stays empty.
    """
    first = bar * _PATTERN_BEATS_PER_BAR
    for step in pattern.steps:
        beat = step.beat - first
        if 0.0 <= beat < min(_PATTERN_BEATS_PER_BAR, float(beats_per_bar)):
            yield replace(step, beat=beat)


def _note(part: CastPart, groove: Groove, step: Step, bar_start: float, rng: random.Random) -> Note:
    category = part.request.category
    human = rng.uniform(-1.0, 1.0), rng.uniform(-1.0, 1.0)
    beat = swung(step.beat, groove.swing)
    if category not in _EXACT and not step.beat.is_integer():
        beat += human[0] * HUMAN_TIMING_S * groove.bpm / 60.0
    semitones = part.fit.semitones
    if part.tuned:
        semitones = _folded(semitones + degree_semitones(step.degree, minor=is_minor(groove.key)))
    return Note(
        part.card.id,
        bar_start + beat,
        velocity=min(1.0, max(0.05, step.velocity * (1.0 + HUMAN_VELOCITY * human[1]))),
        semitones=semitones,
        length_beats=None if category in DRUM_CATEGORIES else step.length_beats,
    )


def _folded(semitones: float) -> float:
    """Within an octave of the sound as it was recorded."""
    while semitones > _OCTAVE:
        semitones -= _OCTAVE
    while semitones < -_OCTAVE:
        semitones += _OCTAVE
    return semitones
