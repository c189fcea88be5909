"""From plan, cast and seed to the score: every clip, note, level and curve."""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace

from src.core.errors import InvalidInputError
from src.music.casting import Cast, Part
from src.music.exclusion import words_of
from src.music.genres import SECTION_END, GenreGrammar, genre_grammar
from src.music.levels import part_gain_db
from src.music.library import DRUM_CATEGORIES, StemCard
from src.music.mastering_presets import Mastering, mastering_of
from src.music.phrasing import Hole, Player, rest_for_change, rests_of
from src.music.placement import (
    ending_clips,
    held_clips,
    loop_clips,
    phrase_clips,
    starting_clips,
    stutter_clips,
    texture_clips,
)
from src.music.plan import ArrangementPlan
from src.music.repetition import BLOCK_BARS, plays_in, repeated_blocks
from src.music.roles import role_of
from src.music.score import Automation, Choice, Clip, Note, Score, ScoreSection, Track
from src.music.section_levels import section_gains_db, with_section_gains
from src.music.section_loudness import mastered_loudness, section_loudness, section_peaks
from src.music.sequencing import Groove, OneShot, hits_per_second, step_notes
from src.music.timeline import SectionTime, Span, spans_of, timeline, turns, without
from src.music.transitions import automation_of, fills_of, throws_of

PHRASE_BARS = 4
TAIL_S = 3.0
_LEVEL_ROUNDS = 3
_MOST_CHANGES = 12
_LONGEST_RIDE_S = 0.8
_HELD = ("pad", "strings", "atmo")
_ANSWERING = ("lead", "vocal", "bass", "guitar", "brass")


def build_score(plan: ArrangementPlan, cast: Cast, mastering: Mastering, *, seed: int) -> Score:
    """Decide everything that sounds. The same plan, cast and seed give the same score."""
    times = timeline(plan)
    builder = _Builder(plan, grammar_of(plan), times, seed)
    levels = mastering_of(plan.mastering, plan.target_lufs, otherwise=mastering)
    target, ceiling = levels.target_lufs, levels.ceiling_dbtp
    headroom_db = math.inf if target is None else ceiling - target
    parts = [part for part in (audible(part, plan) for part in cast.parts) if part is not None]
    tracks = builder.tracks(parts)
    cards = {part.match.card.id: part.match.card for part in parts}
    gains = _section_gains(tracks, cards, times, plan.bpm, headroom_db)
    return Score(
        bpm=plan.bpm,
        key=plan.key,
        beats_per_bar=plan.beats_per_bar,
        seed=seed,
        sections=tuple(
            ScoreSection(time.name, time.start, time.length, time.energy, level_db)
            for time, level_db in zip(times, gains, strict=True)
        ),
        tracks=tuple(with_section_gains(track, times, gains) for track in tracks),
        target_lufs=target,
        ceiling_dbtp=ceiling,
        tail_s=TAIL_S,
        choices=tuple(_choice(part, plan) for part in parts),
        warnings=cast.warnings,
    )


def _section_gains(
    tracks: Sequence[Track],
    cards: Mapping[str, StemCard],
    times: Sequence[SectionTime],
    bpm: float,
    headroom_db: float,
) -> tuple[float, ...]:
    """The shifts of level of all sections.

    A lifted section meets the limiter sooner, so the shifts are weighed again with it.
    """
    gains = (0.0,) * len(times)
    for _ in range(_LEVEL_ROUNDS):
        moved = [with_section_gains(track, times, gains) for track in tracks]
        mixed = section_loudness(moved, cards, times, 60.0 / bpm)
        heard = mastered_loudness(mixed, section_peaks(moved, cards, times), times, headroom_db)
        unmoved = [level - gain for level, gain in zip(heard, gains, strict=True)]
        gains = section_gains_db(unmoved, times)
    return gains


def audible(part: Part, plan: ArrangementPlan) -> Part | None:
    """A part without the sections in which the plan mutes it; None where none is left."""
    voice = part.voice
    heard = tuple(
        (number, query)
        for number, query in voice.queries
        if not {voice.name, voice.category} & set(plan.structure[number].muted)
    )
    return replace(part, voice=replace(voice, queries=heard)) if heard else None


def grammar_of(plan: ArrangementPlan) -> GenreGrammar:
    """The plan's genre, or the default's where a plan names one that is not known."""
    try:
        return genre_grammar(plan.genre)
    except InvalidInputError:
        return genre_grammar("default")


class _Builder:
    """Makes one track of the score after the other."""

    def __init__(
        self,
        plan: ArrangementPlan,
        grammar: GenreGrammar,
        times: Sequence[SectionTime],
        seed: int,
    ) -> None:
        self.plan = plan
        self.grammar = grammar
        self.times = times
        self.seed = seed
        self.beat_s = 60.0 / plan.bpm
        genre = f"{grammar.style} {grammar.name}".strip()
        self.groove = Groove(
            genre, plan.key, plan.swing, plan.bpm, plan.beats_per_bar, grammar.phrasing
        )

    def tracks(self, parts: Sequence[Part]) -> list[Track]:
        """All parts as lines of the mix; no sixteen bars say the same as sixteen before."""
        players = [
            Player(part.voice.name, part.voice.category, part.voice.sections)
            for part in parts
            if part.voice.place is None
        ]
        rests = rests_of(
            players,
            self.times,
            self.grammar.phrasing,
            beats_per_bar=self.plan.beats_per_bar,
            seeds=[self._seed("phrases", number) for number in range(len(self.times))],
        )
        tracks = [self.track(part, rests.get(part.voice.name, ())) for part in parts]
        for attempt in range(_MOST_CHANGES):
            changed = self._changed(players, tracks, rests, attempt)
            if not changed:
                break
            tracks = [
                self.track(part, rests[part.voice.name]) if part.voice.name in changed else track
                for part, track in zip(parts, tracks, strict=True)
            ]
        return tracks

    def _changed(
        self,
        players: Sequence[Player],
        tracks: Sequence[Track],
        rests: dict[str, list[Hole]],
        attempt: int,
    ) -> set[str]:
        """Give blocks that repeat earlier ones one more rest; the names of who rests."""
        length = float(BLOCK_BARS * self.plan.beats_per_bar)
        changed: set[str] = set()
        for _, later in repeated_blocks(self._bare_score(tracks)):
            block = later * length, (later + 1) * length
            sounding = {track.name for track in tracks if plays_in(track, block)}
            here = [player for player in players if player.name in sounding]
            more = rest_for_change(
                here,
                block,
                attempt=attempt,
                beats_per_bar=self.plan.beats_per_bar,
                rests=rests,
                seed=self.seed,
            )
            if more is not None:
                rests[more[0]].append(more[1])
                changed.add(more[0])
        return changed

    def _bare_score(self, tracks: Sequence[Track]) -> Score:
        """The tracks as a score that is only looked at."""
        plan, times = self.plan, self.times
        sections = tuple(ScoreSection(t.name, t.start, t.length, t.energy) for t in times)
        return Score(
            plan.bpm, plan.key, plan.beats_per_bar, self.seed, sections, tuple(tracks), 0.0, 0.0
        )

    def track(self, part: Part, rests: Sequence[Hole]) -> Track:
        """A part as a line of the mix. rests: when it is silent within its sections."""
        voice, card, fit = part.voice, part.match.card, part.match.fit
        role, category = role_of(voice.category), voice.category
        rng = random.Random(f"{self.seed}:track:{voice.name}")
        spans = without(self._spans(part), rests)
        clips, notes = self._material(part, spans)
        density = hits_per_second(notes, spans, self.plan.bpm)
        gain = part_gain_db(card, fit, category, self.grammar.mix_db, density)
        high_pass = role.high_pass_hz if part.high_pass_hz is None else part.high_pass_hz
        return Track(
            name=voice.name,
            role=category,
            clips=clips,
            notes=notes,
            gain_db=round(gain + voice.queries[0][1].gain_db, 2),
            pan=round(role.pan * rng.choice((-1.0, 1.0)) * rng.uniform(0.5, 1.0), 3),
            high_pass_hz=high_pass,
            mono_below_hz=role.mono_below_hz,
            reverb_send_db=self.grammar.reverb_db.get(category),
            delay_send_db=role.delay_send_db,
            duck_db=self.grammar.duck_db.get(category, 0.0),
            automation=(
                *automation_of(
                    category,
                    voice.sections,
                    self.times,
                    high_pass_hz=high_pass,
                    low_pass_hz=part.low_pass_hz,
                ),
                *self._throws(part),
            ),
        )

    def _throws(self, part: Part) -> tuple[Automation, ...]:
        """Echoes and rings of a part."""
        category = part.voice.category
        return throws_of(
            category,
            (self.grammar.reverb_db.get(category), role_of(category).delay_send_db),
            self._played(part, "throws"),
            self.grammar.phrasing,
            self.plan.beats_per_bar,
        )

    def _seed(self, purpose: str, section: int) -> str:
        """Chance of its own for each purpose in each section, so that nothing moves another."""
        return f"{self.seed}:{purpose}:{section}:{self.plan.structure[section].variation}"

    def _played(self, part: Part, purpose: str) -> list[tuple[SectionTime, random.Random]]:
        """The sections of a part, each with its own chance."""
        return [
            (self.times[number], random.Random(self._seed(f"{purpose}:{part.voice.name}", number)))
            for number in sorted(part.voice.sections)
        ]

    def _spans(self, part: Part) -> tuple[Span, ...]:
        """When a part plays; several stems of one melodic query take turns."""
        voice = part.voice
        spans = spans_of(voice.sections, self.times)
        if voice.count > 1 and voice.category in _ANSWERING:
            block = float(PHRASE_BARS * self.plan.beats_per_bar)
            spans = turns(spans, turn=voice.index, of=voice.count, block=block)
        return spans

    def _material(
        self, part: Part, spans: tuple[Span, ...]
    ) -> tuple[tuple[Clip, ...], tuple[Note, ...]]:
        """Clips or notes, by the way the stem is played."""
        voice, fit, stem = part.voice, part.match.fit, part.match.card.id
        sections = [self.times[number] for number in sorted(voice.sections)]
        if voice.place == SECTION_END:
            return ending_clips(stem, fit, sections, self.beat_s), ()
        if voice.place is not None or _rings_long(part):
            end = self.times[-1].end
            return starting_clips(stem, fit, sections, end=end, beat_s=self.beat_s), ()
        if fit.way == "loop":
            return self._loop(part, spans), ()
        if fit.way == "texture":
            return texture_clips(stem, fit, spans, self.beat_s), ()
        if fit.way == "phrase":
            every = float(PHRASE_BARS * self.plan.beats_per_bar)
            return phrase_clips(stem, fit, spans, every=every, beat_s=self.beat_s), ()
        notes = self._steps(part, spans)
        return (held_clips(fit, notes, self.beat_s), ()) if voice.category in _HELD else ((), notes)

    def _loop(self, part: Part, spans: tuple[Span, ...]) -> tuple[Clip, ...]:
        """A loop with its fills."""
        stem, fit = part.match.card.id, part.match.fit
        fills = fills_of(
            part.voice.category,
            self._played(part, "fills"),
            self.grammar.phrasing,
            self.plan.beats_per_bar,
        )
        playing = without(spans, [fill.silent for fill in fills])
        clips = list(loop_clips(stem, fit, playing, self.beat_s))
        for fill in fills:
            if any(s.start <= fill.silent[0] and fill.silent[1] <= s.end for s in spans):
                clips += stutter_clips(stem, fit, fill.silent[0], fill.stutter, self.beat_s)
        return tuple(sorted(clips, key=lambda clip: clip.start_beats))

    def _steps(self, part: Part, spans: tuple[Span, ...]) -> tuple[Note, ...]:
        """A sequenced one-shot, silent where it is another's turn."""
        voice, card = part.voice, part.match.card
        tuned = card.key is not None and card.category not in DRUM_CATEGORIES
        shot = OneShot(card.id, voice.category, part.match.fit, tuned)
        notes: list[Note] = []
        for section, rng in self._played(part, "hits"):
            pattern = voice.query(section.number).pattern
            notes += step_notes(shot, self.groove, [(section, pattern)], rng)
        return tuple(
            note for note in notes if any(s.start <= note.start_beats < s.end for s in spans)
        )


def _rings_long(part: Part) -> bool:
    """A crash that was asked for as a cymbal pattern: too long to be hit on every beat."""
    card = part.match.card
    rides = "ride" in words_of(card) or card.duration_s <= _LONGEST_RIDE_S
    return part.voice.category == "cymbal" and part.match.fit.way == "steps" and not rides


def _choice(part: Part, plan: ArrangementPlan) -> Choice:
    card = part.match.card
    names = [plan.structure[number].section for number in sorted(part.voice.sections)]
    return Choice(
        stem_id=card.id,
        name=card.name,
        category=card.category,
        asked_category=part.voice.category,
        sections=tuple(dict.fromkeys(names)),
        score=round(part.match.score, 4),
        kit=card.kit,
        licence=card.licence,
        original_file=card.original_file,
        reasons=part.match.reasons,
        runners_up=part.runners_up,
        voice=part.voice.name,
    )
