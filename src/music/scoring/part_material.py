"""What one part plays: its clips and notes, by the way its stem is played."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src.music.casting.answers import OCTAVE, SECOND_HALF, spans_in_turn
from src.music.casting.casting import Part
from src.music.casting.fit import Fit
from src.music.casting.hats import Hats, choked, hats_of, partner_name
from src.music.genre.genres import SECTION_END, GenreGrammar
from src.music.model.plan import ArrangementPlan
from src.music.model.score import Clip, Note
from src.music.model.timeline import SectionTime, Span, spans_of, without
from src.music.scoring.phrasing import Hole, gap_before
from src.music.scoring.placement import (
    ending_clips,
    held_clips,
    loop_clips,
    phrase_clips,
    pickup_clips,
    starting_clips,
    stutter_clips,
    texture_clips,
)
from src.music.scoring.sequencing import Groove, OneShot, step_notes
from src.music.scoring.slicing import sliced_clips
from src.music.scoring.tape_stops import (
    GAP_BEATS,
    THROUGH,
    Stop,
    slowed_clips,
    slowed_notes,
    stops_of,
)
from src.music.scoring.transitions import Chanced, Fill, fills_of
from src.music.theory.exclusion import words_of
from src.music.theory.library import DRUM_CATEGORIES

PHRASE_BARS = 4
_LONGEST_RIDE_S = 0.8
_HELD = ("pad", "strings", "atmo")
_OCTAVE = 12.0
_LEAST_PICKUP_S, _LONGEST_PICKUP_BEATS = 0.03, 2.0


@dataclass(frozen=True)
class Stage:
    """What all parts of a track share.

    hits: when sounds begin in a stem, in seconds, by the stem's id; loops that are missing
        are cut on the grid
    """

    plan: ArrangementPlan
    grammar: GenreGrammar
    times: Sequence[SectionTime]
    seed: int
    hits: Mapping[str, Sequence[float]]

    @property
    def beat_s(self) -> float:
        """Length of a beat in seconds."""
        return 60.0 / self.plan.bpm

    @property
    def groove(self) -> Groove:
        """How hits are played."""
        plan, grammar = self.plan, self.grammar
        genre = f"{grammar.style} {grammar.name}".strip()
        return Groove(genre, plan.key, plan.swing, plan.bpm, plan.beats_per_bar, grammar.phrasing)

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Where the tape is stopped."""
        seeds = [self.seed_of("tape", number) for number in range(len(self.times))]
        return stops_of(self.grammar.phrasing.tape_stop, self.times, seeds)

    def seed_of(self, purpose: str, section: int) -> str:
        """Chance of its own for each purpose in each section, so that nothing moves another."""
        return f"{self.seed}:{purpose}:{section}:{self.plan.structure[section].variation}"

    def chanced(self, part: Part, purpose: str) -> list[Chanced]:
        """The sections of a part, each with its own chance."""
        return [
            (
                self.times[number],
                random.Random(self.seed_of(f"{purpose}:{part.voice.name}", number)),
            )
            for number in sorted(part.voice.sections)
        ]


def spans_of_part(stage: Stage, part: Part, rests: Sequence[Hole]) -> tuple[Span, ...]:
    """When a part plays: in its sections, in its turns, but for its rests."""
    spans = spans_of(part.voice.sections, stage.times)
    if part.voice.count > 1:
        spans = spans_in_turn(part.voice, spans, stage.times, stage.plan.beats_per_bar)
    return without(spans, rests)


def material_of(
    stage: Stage, part: Part, spans: tuple[Span, ...]
) -> tuple[tuple[Clip, ...], tuple[Note, ...]]:
    """The clips or notes of a part within its spans."""
    clips, notes = _played(stage, part, spans)
    stops = () if part.voice.category in THROUGH else stage.stops
    if not stops:
        return clips, notes
    return slowed_clips(clips, stops, stage.beat_s), slowed_notes(notes, stops)


def _played(
    stage: Stage, part: Part, spans: tuple[Span, ...]
) -> tuple[tuple[Clip, ...], tuple[Note, ...]]:
    voice, fit, stem = part.voice, part.match.fit, part.match.card.id
    sections = [stage.times[number] for number in sorted(voice.sections)]
    if voice.place == SECTION_END:
        return ending_clips(stem, fit, sections, stage.beat_s), ()
    if voice.place is not None or _rings_long(part):
        end = stage.times[-1].end
        return starting_clips(stem, fit, sections, end=end, beat_s=stage.beat_s), ()
    if fit.way == "loop":
        return _loop(stage, part, spans), ()
    if fit.way == "texture":
        return texture_clips(stem, fit, spans, stage.beat_s), ()
    if fit.way == "phrase":
        every = float(PHRASE_BARS * stage.plan.beats_per_bar)
        return phrase_clips(stem, fit, spans, every=every, beat_s=stage.beat_s), ()
    notes = _steps(stage, part, spans)
    return (held_clips(fit, notes, stage.beat_s), ()) if voice.category in _HELD else ((), notes)


def _loop(stage: Stage, part: Part, spans: tuple[Span, ...]) -> tuple[Clip, ...]:
    """A loop with its pickups and fills."""
    card, fit = part.match.card, part.match.fit
    varied = fit if part.variation != SECOND_HALF else _second_half(fit)
    fills = _fills(stage, part, spans)
    playing = without(spans, [fill.silent for fill in fills])
    clips = list(loop_clips(card.id, varied, playing, stage.beat_s))
    for fill in fills:
        sliced = sliced_clips(card.id, fit, fill, stage.hits.get(card.id, ()), stage.beat_s)
        clips += sliced or stutter_clips(card.id, fit, fill.silent[0], fill.stutter, stage.beat_s)
    if varied is fit and _has_pickup(stage, part):
        entries = _entries(stage, spans)
        clips += pickup_clips(card.id, fit, card.downbeat_s, entries, stage.beat_s)
    return tuple(sorted(clips, key=lambda clip: clip.start_beats))


def _fills(stage: Stage, part: Part, spans: Sequence[Span]) -> list[Fill]:
    """The fills that lie within what is played, and not where a tape is stopped."""
    found = fills_of(
        part.voice.category,
        stage.chanced(part, "fills"),
        stage.grammar.phrasing,
        stage.plan.beats_per_bar,
    )
    stops = () if part.voice.category in THROUGH else stage.stops
    kept = [
        fill
        for fill in found
        if not any(fill.silent[1] > a and fill.silent[0] < b + GAP_BEATS for a, b in stops)
    ]
    return [
        fill
        if any(s.start <= fill.silent[0] and fill.silent[1] <= s.end for s in spans)
        else replace(fill, stutter=())
        for fill in kept
    ]


def _second_half(fit: Fit) -> Fit:
    """The same loop, begun in its middle."""
    turned_s = (fit.rotate_s + fit.source_length_s / 2.0) % fit.source_length_s
    return replace(fit, rotate_s=turned_s)


def _has_pickup(stage: Stage, part: Part) -> bool:
    card, fit = part.match.card, part.match.fit
    beats = card.downbeat_s * fit.stretch_ratio / stage.beat_s
    return card.downbeat_s >= _LEAST_PICKUP_S and beats <= _LONGEST_PICKUP_BEATS


def _entries(stage: Stage, spans: Sequence[Span]) -> list[float]:
    """Where a part comes in at the start of a section that nothing holds its breath before."""
    ends = {span.end for span in spans}
    return [
        span.start
        for span in spans
        for section in stage.times
        if section.start == span.start
        and span.start not in ends
        and not gap_before(section, stage.times, stage.grammar.phrasing)
    ]


def _steps(stage: Stage, part: Part, spans: Sequence[Span]) -> tuple[Note, ...]:
    """A sequenced one-shot, silent where it is another's turn."""
    voice, card = part.voice, part.match.card
    tuned = card.key is not None and card.category not in DRUM_CATEGORIES
    notes: list[Note] = []
    for section, rng in stage.chanced(part, "hits"):
        hats = _hats(stage, part, section.number)
        shot = OneShot(card.id, voice.category, part.match.fit, tuned, hats)
        pattern = voice.query(section.number).pattern
        notes += step_notes(shot, stage.groove, [(section, pattern)], rng)
    heard = tuple(n for n in notes if any(s.start <= n.start_beats < s.end for s in spans))
    if part.variation == OCTAVE:
        heard = tuple(_an_octave_away(note) for note in heard)
    return choked(heard) if card.category == "hihat" else heard


def _hats(stage: Stage, part: Part, section: int) -> Hats | None:
    """The hi-hats that play in a section: the partner may be muted in it."""
    card, partner = part.match.card, part.partner
    if card.category != "hihat":
        return None
    muted = stage.plan.structure[section].muted
    if partner is not None and partner_name(part.voice.name, partner) in muted:
        partner = None
    return hats_of(card, partner)


def _an_octave_away(note: Note) -> Note:
    up = note.semitones <= 0.0
    return replace(note, semitones=note.semitones + (_OCTAVE if up else -_OCTAVE))


def _rings_long(part: Part) -> bool:
    """A crash that was asked for as a cymbal pattern: too long to be hit on every beat."""
    card = part.match.card
    rides = "ride" in words_of(card) or card.duration_s <= _LONGEST_RIDE_S
    return part.voice.category == "cymbal" and part.match.fit.way == "steps" and not rides
