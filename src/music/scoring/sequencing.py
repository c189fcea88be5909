"""Sequencing one-shots: step patterns become notes with swing, velocity and a human hand."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError
from src.music.casting.cast_part import CastPart
from src.music.casting.hats import Hats, played_on
from src.music.genre.genres import Phrasing
from src.music.genre.patterns import Pattern, Step, fill_for, patterns_for, swung
from src.music.genre.patterns import pattern_for as named_pattern
from src.music.model.score import Note
from src.music.model.timeline import BeatSpan, SectionTime
from src.music.scoring.pitching import PitchSetting, Struck, pitched
from src.music.theory.keys import is_minor
from src.music.theory.library import DRUM_CATEGORIES
from src.music.theory.metre import Metre
from src.music.theory.scales import degree_semitones

HUMAN_TIMING_S = 0.003
"""Largest shift of a hit off the beat. Hits on a beat stay exact: they carry the tempo."""

HUMAN_VELOCITY = 0.06
_EXACT = ("kick", "snare", "clap", "bass")
_VARIED = ("hihat", "percussion", "tom", "cymbal")
_CHANGING = ("bass", "synth", "lead", "keys", "guitar")
_MIXED_OVER = ("intro", "outro")
_ROLL_STARTS, _ROLL_ENDS = 0.3, 0.95
_ROLL_STEPS = ((0.5, 1), (0.75, 2), (1.0, 4))
"""How far into a build-up a roll has how many hits in a beat, where beats divide into two."""

_OCTAVE = 12.0


@dataclass(frozen=True)
class Groove:
    """How a track's hits are played. genre: with style, as the grammars know it.

    scales: "minor" and "major" -> the scale that degrees are read in
    swing_note: 8 or 16, which notes the swing moves
    alone: whether nothing else plays, so that a pause would be silence
    harmony: the section's chords; None keeps all notes to the scale
    """

    genre: str
    key: str
    swing: float
    bpm: float
    metre: Metre
    phrasing: Phrasing
    scales: Mapping[str, str]
    swing_note: int = 16
    alone: bool = False
    harmony: PitchSetting | None = None

    @property
    def scale(self) -> str:
        """The scale of its key."""
        return self.scales["minor" if is_minor(self.key) else "major"]


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
    struck: list[Struck] = []
    for section, name in sections:
        if section.kind == "build" and category in groove.phrasing.rolls:
            struck += [
                (section.start + step.beat, step, hit(step, section.start))
                for step in roll(section, groove.metre)
            ]
            continue
        for bar, pattern, inside in _bars(category, groove, section, name, rng):
            start = section.start + bar * groove.metre.beats_per_bar
            for step in _steps_of_bar(pattern, inside, groove.metre):
                struck.append((start + step.beat, step, hit(step, start)))
    if groove.harmony is not None and part.tuned:
        notes = pitched(part, struck, groove.harmony, groove.key)
    else:
        notes = [note for _, _, note in struck]
    return tuple(sorted(notes, key=lambda note: note.start_beats))


def hits_per_second(notes: Sequence[Note], spans: Iterable[BeatSpan], bpm: float) -> float:
    """Mean density of a part while it plays, in full hits: a soft one counts by its energy.

    A hit's amplitude is its velocity to the power of 1.5, so its energy is the cube.
    """
    seconds = sum(span.length for span in spans) * 60.0 / bpm
    return sum(note.velocity**3 for note in notes) / seconds if seconds > 0 else 0.0


def roll(section: SectionTime, metre: Metre) -> Iterator[Step]:
    """Write a roll through a build-up: quarters, then eighths, then sixteenths, ever louder.

    Steps count from the section's start. The first half is quarters, the last quarter
    sixteenths; in compound metres beats, thirds and sixths of a beat.
    """
    beat = 0.0
    while beat < section.length - 1e-9:
        into = beat / section.length
        hits = next(count for until, count in _ROLL_STEPS if into < until)
        step = 1.0 / (1 if hits == 1 else hits * metre.beat_parts // 2)
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
    metre = groove.metre
    fill = fill_for(groove.genre, category, variant=rng.randrange(64), metre=str(metre))
    size = groove.phrasing.bars
    bars = round(section.length / metre.beats_per_bar)
    pauses = section.kind not in _MIXED_OVER and not groove.alone
    turns = fill is not None and (pauses or _ends_sounding(fill, metre))
    for bar in range(bars):
        ends_phrase, last = bar % size == size - 1, bar == bars - 1
        if last and section.fill and fill is not None:
            yield bar, fill, 0
        elif ends_phrase and not last and fill and turns and category not in _CHANGING:
            yield bar, half_fill(usual, fill, bar % usual.bars, metre), 0
        elif (category in _VARIED and ends_phrase) or (
            category in _CHANGING and bar // size % 4 == 2
        ):
            yield bar, other, bar % other.bars
        else:
            yield bar, usual, bar % usual.bars


def _ends_sounding(fill: Pattern, metre: Metre) -> bool:
    return any(step.beat >= metre.middle for step in fill.steps)


def half_fill(usual: Pattern, fill: Pattern, bar: int, metre: Metre) -> Pattern:
    """Begin a bar as usual and end it as the fill does.

    bar: which bar of the usual pattern is due
    """
    middle = metre.middle
    first = [step for step in _steps_of_bar(usual, bar, metre) if step.beat < middle]
    return replace(fill, steps=(*first, *(step for step in fill.steps if step.beat >= middle)))


def _patterns(
    category: str, groove: Groove, section: SectionTime, name: str | None
) -> tuple[Pattern, Pattern]:
    """Choose the pattern of a section and one for variation. An unknown name gives the usual
    one.
    """
    metre = str(groove.metre)
    allowed = patterns_for(groove.genre, category, section.energy, metre=metre)
    usual = allowed[0]
    if name is not None:
        try:
            usual = named_pattern(groove.genre, category, section.energy, name=name, metre=metre)
        except InvalidInputError:
            usual = allowed[0]
    return usual, allowed[1] if len(allowed) > 1 else usual


def _steps_of_bar(pattern: Pattern, bar: int, metre: Metre) -> Iterator[Step]:
    """List the hits of one bar of a pattern, counted from the bar's start.

    A pattern of another metre ends early or leaves the bar's end empty: no file has one for this.
    """
    own = pattern.metre.beats_per_bar
    first = bar * own
    for step in pattern.steps:
        beat = step.beat - first
        if 0.0 <= beat < min(own, metre.beats_per_bar):
            yield replace(step, beat=beat)


def _note(part: CastPart, groove: Groove, step: Step, bar_start: float, rng: random.Random) -> Note:
    category = part.request.category
    human = rng.uniform(-1.0, 1.0), rng.uniform(-1.0, 1.0)
    beat = swung(step.beat, groove.swing, note=groove.swing_note)
    if category not in _EXACT and not step.beat.is_integer():
        beat += human[0] * HUMAN_TIMING_S * groove.bpm / 60.0
    semitones = part.fit.semitones
    if part.tuned:
        semitones = _folded(semitones + degree_semitones(step.degree, groove.scale))
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
