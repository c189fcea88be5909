"""What one part plays: its clips and notes, by the way its stem is played."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src.music.casting.answers import OCTAVE, SECOND_HALF, spans_in_turn
from src.music.casting.cast_part import CastPart
from src.music.casting.fit import Fit
from src.music.casting.hats import Hats, choked, hats_of, partner_name
from src.music.genre.genres import GenreGrammar, grammar_named
from src.music.harmony.degrees import scale_of
from src.music.harmony.progressions import function_of
from src.music.harmony.row import HarmonicSetting
from src.music.model.part_request import PartRequest
from src.music.model.plan import SECTION_CLOSE, SECTION_END, ArrangementPlan
from src.music.model.plan_rules import audible_queries, may_play
from src.music.model.planned_chords import ChordAt, laid_out
from src.music.model.score import Clip, Note
from src.music.model.timeline import BeatSpan, SectionTime, spans_of, while_it_plays, without
from src.music.scoring.phrasing import Hole, gap_before
from src.music.scoring.pitching import PitchSetting
from src.music.scoring.placement import (
    closing_clips,
    ending_clips,
    held_clips,
    loop_clips,
    phrase_clips,
    pickup_clips,
    starting_clips,
    stutter_clips,
    texture_clips,
)
from src.music.scoring.reharmonising import FollowingLoop, following_clips
from src.music.scoring.sequencing import Groove, step_notes
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

PHRASE_BARS = 4
_LONGEST_RIDE_S = 0.8
_HELD = ("pad", "strings", "atmo")
_OCTAVE = 12.0
_LEAST_PICKUP_S, _LONGEST_PICKUP_BEATS = 0.03, 2.0


@dataclass(frozen=True)
class TrackSetting:
    """What all parts of a track share.

    hits: when sounds begin in a stem, in seconds, by the stem's id; loops that are missing
        are cut on the grid
    followers: names of loops that follow the chords of the sections
    """

    plan: ArrangementPlan
    grammar: GenreGrammar
    times: Sequence[SectionTime]
    seed: int
    hits: Mapping[str, Sequence[float]]
    followers: frozenset[str] = frozenset()

    @property
    def beat_s(self) -> float:
        """Length of a beat in seconds."""
        return 60.0 / self.plan.bpm

    def groove(self, section: int, category: str = "") -> Groove:
        """Return how a part's hits are played in a section: by its genre, in the track's time,
        key and chords.
        """
        plan = self.plan
        own = plan.structure[section].genre
        grammar = grammar_named(own) if own else self.grammar
        return Groove(
            grammar.full_name,
            plan.key,
            plan.swing,
            plan.bpm,
            plan.metre,
            grammar.phrasing,
            grammar.scales,
            plan.swing_note,
            alone=len(audible_queries(plan, section)) == 1,
            harmony=self._harmony(section, category),
        )

    def _harmony(self, section: int, category: str) -> PitchSetting | None:
        """Return the chords of a section; None where it has none.

        All choruses, and all verses, sing the same melody, until one is rolled again.
        """
        chords, time = self.plan.structure[section].chords, self.times[section]
        if not chords:
            return None
        function = function_of(time.kind)
        again = self.plan.structure[section].variation
        return PitchSetting(
            HarmonicSetting(laid_out(chords, time.start, time.length), scale_of(self.plan)),
            function,
            f"{self.seed}:melody:{category}:{function}:{again}",
            time.start,
            self.plan.beats_per_bar,
        )

    @property
    def stops(self) -> tuple[Stop, ...]:
        """Where the tape is stopped."""
        seeds = [self.seed_of("tape", number) for number in range(len(self.times))]
        return stops_of(self.grammar.phrasing.tape_stop, self.times, seeds)

    @property
    def row(self) -> tuple[ChordAt, ...]:
        """Chords of all sections that have some, in order."""
        sections = zip(self.plan.structure, self.times, strict=True)
        return tuple(
            chord
            for section, time in sections
            for chord in laid_out(section.chords, time.start, time.length)
        )

    def seed_of(self, purpose: str, section: int) -> str:
        """Chance of its own for each purpose in each section, so that nothing moves another."""
        return f"{self.seed}:{purpose}:{section}:{self.plan.structure[section].variation}"

    def chanced(self, part: CastPart, purpose: str) -> list[Chanced]:
        """List the sections of a part, each with its own chance."""
        return [
            (
                self.times[number],
                random.Random(self.seed_of(f"{purpose}:{part.request.name}", number)),
            )
            for number in sorted(part.request.sections)
        ]


def spans_of_part(
    setting: TrackSetting, part: CastPart, rests: Sequence[Hole]
) -> tuple[BeatSpan, ...]:
    """Compute when a part plays: from its entries to its exits, in its turns, but for its rests."""
    spans = spans_of(part.request.sections, setting.times)
    if part.request.count > 1:
        spans = spans_in_turn(part.request, spans, setting.times, setting.plan.beats_per_bar)
    return without(spans, (*rests, *_silences(setting, part)))


def _silences(setting: TrackSetting, part: CastPart) -> list[Hole]:
    """List where a part's sections have not let it in yet, or have let it go."""
    holes: list[Hole] = []
    for number, query in part.request.queries:
        section = setting.times[number]
        plays = while_it_plays(section, query, setting.plan.beats_per_bar)
        holes += [(section.start, plays.start), (plays.end, section.end)]
    return [hole for hole in holes if hole[0] < hole[1]]


def material_of(
    setting: TrackSetting, part: CastPart, spans: tuple[BeatSpan, ...]
) -> tuple[tuple[Clip, ...], tuple[Note, ...]]:
    """Write the clips or notes of a part within its spans."""
    clips, notes = _played(setting, part, spans)
    stops = () if part.request.category in THROUGH else setting.stops
    if not stops:
        return clips, notes
    return slowed_clips(clips, stops, setting.beat_s), slowed_notes(notes, stops)


def _played(
    setting: TrackSetting, part: CastPart, spans: tuple[BeatSpan, ...]
) -> tuple[tuple[Clip, ...], tuple[Note, ...]]:
    request, fit, stem = part.request, part.fit, part.card.id
    bar = setting.plan.beats_per_bar
    sections = [while_it_plays(setting.times[n], query, bar) for n, query in request.queries]
    if request.position == SECTION_END:
        return ending_clips(stem, fit, sections, setting.beat_s), ()
    if request.position == SECTION_CLOSE:
        return closing_clips(stem, fit, sections, setting.beat_s), ()
    if request.position is not None or _rings_long(part):
        end = setting.times[-1].end
        clips = starting_clips(stem, fit, sections, end=end, beat_s=setting.beat_s)
        return tuple(clip for clip in clips if _may_begin(setting, request, clip)), ()
    if fit.way == "loop":
        return _loop(setting, part, spans), ()
    if fit.way == "texture":
        return texture_clips(stem, fit, spans, setting.beat_s), ()
    if fit.way == "phrase":
        every = PHRASE_BARS * setting.plan.beats_per_bar
        return phrase_clips(stem, fit, spans, every=every, beat_s=setting.beat_s), ()
    notes = _steps(setting, part, spans)
    return (
        (held_clips(fit, notes, setting.beat_s), ()) if request.category in _HELD else ((), notes)
    )


def _may_begin(setting: TrackSetting, request: PartRequest, clip: Clip) -> bool:
    """Tell whether the section in which a mark begins lets it: none swells out of a silence."""
    begins = max((t for t in setting.times if t.start <= clip.start_beats), key=lambda t: t.start)
    return may_play(setting.plan, begins.number, request.category)


def _loop(setting: TrackSetting, part: CastPart, spans: tuple[BeatSpan, ...]) -> tuple[Clip, ...]:
    """Write a loop with its pickups and fills."""
    card, fit = part.card, part.fit
    varied = fit if part.variation != SECOND_HALF else _second_half(fit)
    fills = _fills(setting, part, spans)
    playing = without(spans, [fill.silent for fill in fills])
    clips = list(_passes(setting, part, varied, playing))
    for fill in fills:
        sliced = sliced_clips(card.id, fit, fill, setting.hits.get(card.id, ()), setting.beat_s)
        clips += sliced or stutter_clips(card.id, fit, fill.silent[0], fill.stutter, setting.beat_s)
    if varied is fit and _has_pickup(setting, part):
        entries = _entries(setting, spans)
        clips += pickup_clips(card.id, fit, card.downbeat_s, entries, setting.beat_s)
    return tuple(sorted(clips, key=lambda clip: clip.start_beats))


def _passes(
    setting: TrackSetting, part: CastPart, fit: Fit, spans: Sequence[BeatSpan]
) -> tuple[Clip, ...]:
    """Place a loop's passes; one that follows the chords is cut where they change."""
    if part.name not in setting.followers:
        return loop_clips(part.card.id, fit, spans, setting.beat_s)
    bass = part.request.category == "bass"
    bar = setting.plan.beats_per_bar
    loop = FollowingLoop(part.card, fit, bar, setting.beat_s, bass)
    return following_clips(loop, spans, setting.row)


def _fills(setting: TrackSetting, part: CastPart, spans: Sequence[BeatSpan]) -> list[Fill]:
    """List the fills that lie within what is played, and not where a tape is stopped."""
    found = fills_of(
        part.request.category,
        setting.chanced(part, "fills"),
        setting.grammar.phrasing,
        setting.plan.metre,
        stutters=setting.grammar.effects.stutters,
    )
    stops = () if part.request.category in THROUGH else setting.stops
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
    """Begin the same loop in its middle."""
    turned_s = (fit.rotate_s + fit.source_length_s / 2.0) % fit.source_length_s
    return replace(fit, rotate_s=turned_s)


def _has_pickup(setting: TrackSetting, part: CastPart) -> bool:
    card, fit = part.card, part.fit
    beats = card.downbeat_s * fit.stretch_ratio / setting.beat_s
    return card.downbeat_s >= _LEAST_PICKUP_S and beats <= _LONGEST_PICKUP_BEATS


def _entries(setting: TrackSetting, spans: Sequence[BeatSpan]) -> list[float]:
    """Find where a part comes in at the start of a section without a gap before it."""
    ends = {span.end for span in spans}
    return [
        span.start
        for span in spans
        for section in setting.times
        if section.start == span.start
        and span.start not in ends
        and not gap_before(section, setting.times, setting.grammar.phrasing)
    ]


def _steps(setting: TrackSetting, part: CastPart, spans: Sequence[BeatSpan]) -> tuple[Note, ...]:
    """Write a sequenced one-shot, silent where it is another's turn."""
    notes: list[Note] = []
    for section, rng in setting.chanced(part, "hits"):
        hats = _hats(setting, part, section.number)
        pattern = part.request.query_in(section.number).pattern
        groove = setting.groove(section.number, part.request.category)
        notes += step_notes(part, groove, [(section, pattern)], rng, hats=hats)
    audible = tuple(n for n in notes if any(s.start <= n.start_beats < s.end for s in spans))
    if part.variation == OCTAVE:
        audible = _an_octave_away(audible)
    return choked(audible) if part.card.category == "hihat" else audible


def _hats(setting: TrackSetting, part: CastPart, section: int) -> Hats | None:
    """List the hi-hats that play in a section: the partner may be muted in it."""
    card, partner = part.card, part.partner
    if card.category != "hihat":
        return None
    muted = setting.plan.structure[section].muted
    if partner is not None and partner_name(part.request.name, partner) in muted:
        partner = None
    return hats_of(card, partner)


def _an_octave_away(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Move a part to the octave that lies nearer to its sample."""
    up = sum(note.semitones for note in notes) <= 0.0
    octave = _OCTAVE if up else -_OCTAVE
    return tuple(replace(note, semitones=note.semitones + octave) for note in notes)


def _rings_long(part: CastPart) -> bool:
    """Recognise a crash that was asked for as a cymbal pattern: too long for every beat."""
    card = part.card
    rides = "ride" in words_of(card) or card.duration_s <= _LONGEST_RIDE_S
    return part.request.category == "cymbal" and part.fit.way == "steps" and not rides
