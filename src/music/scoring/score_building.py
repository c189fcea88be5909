"""From plan, cast and seed to the score: every clip, note, level and curve."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from src.music.arranging.plan_warnings import warnings_of
from src.music.casting.cast_part import Cast, CastPart
from src.music.casting.hats import hat_kind, partner_name, stems_in
from src.music.genre.genres import grammar_named
from src.music.harmony.transposing import in_key
from src.music.model.ending import COLD
from src.music.model.part_request import PartRequest
from src.music.model.plan import SECTION_CLOSE, ArrangementPlan
from src.music.model.planned_chords import laid_out
from src.music.model.score import (
    Automation,
    Channel,
    Choice,
    Clip,
    Note,
    Reason,
    Score,
    ScoreChord,
    ScoreSection,
)
from src.music.model.timeline import BeatSpan, SectionTime, timeline
from src.music.scoring.closing import ClosingSounds, closing_sounds, rings_out
from src.music.scoring.holes import awake, fillings, holes_in
from src.music.scoring.levels import part_gain_db
from src.music.scoring.loop_chords import with_loop_chords
from src.music.scoring.panning import pan_of
from src.music.scoring.part_material import TrackSetting, material_of, spans_of_part
from src.music.scoring.phrasing import Hole, rest_for_change, rests_of
from src.music.scoring.repetition import BLOCK_BARS, plays_in, repeated_blocks
from src.music.scoring.section_levels import weighed, with_section_gains
from src.music.scoring.section_loudness import section_loudness
from src.music.scoring.sequencing import hits_per_second
from src.music.scoring.transitions import automation_of, throws_of
from src.music.theory.chords import chord_name
from src.music.theory.library import StemCard
from src.music.theory.mastering_presets import Mastering, mastering_of
from src.music.theory.roles import role_of

NO_HITS: Mapping[str, Sequence[float]] = MappingProxyType({})
TAIL_S, COLD_TAIL_S = 5.0, 0.25
DUCK_RELEASE_BEATS, ECHO_BEATS, ECHO_IN_THREE_BEATS = 0.45, 0.75, 2 / 3
_MOST_CHANGES, _MOST_FILLINGS = 12, 48


def build_score(
    plan: ArrangementPlan,
    cast: Cast,
    mastering: Mastering,
    *,
    seed: int,
    hits: Mapping[str, Sequence[float]] = NO_HITS,
) -> Score:
    """Decide everything that sounds. The same plan, cast, hits and seed give the same score.

    hits: when sounds begin in the stems of loops, in seconds, by the stem's id, so that
        fills are cut at them
    """
    plan = in_key(plan, cast.key) if cast.key not in ("", plan.key) else plan
    times = timeline(plan)
    parts = [part for part in (audible(part, plan) for part in cast.parts) if part is not None]
    harmonised = with_loop_chords(plan, parts)
    plan = harmonised.plan
    grammar = grammar_named(plan.genre)
    setting = TrackSetting(plan, grammar, times, seed, hits, harmonised.followers)
    builder = _ScoreBuilder(setting)
    levels = mastering_of(plan.mastering, plan.target_lufs, otherwise=mastering)
    target, ceiling = levels.target_lufs, levels.ceiling_dbtp
    headroom_db = math.inf if target is None else ceiling - target
    channels, parts = builder.channels(parts)
    cards = _cards_of(parts)
    tail_s, fade_out_s = _tail(plan)
    loudness = partial(_loudness, cards, times, 60.0 / plan.bpm)
    gains = weighed(channels, cards, times, headroom_db, loudness)
    return Score(
        bpm=plan.bpm,
        key=plan.key,
        seed=seed,
        sections=tuple(_sections(plan, times, gains)),
        channels=tuple(with_section_gains(channel, times, gains) for channel in channels),
        target_lufs=target,
        ceiling_dbtp=ceiling,
        tail_s=tail_s,
        fade_out_s=fade_out_s,
        bus_compression=target is not None,
        duck_release_beats=DUCK_RELEASE_BEATS,
        echo_beats=ECHO_IN_THREE_BEATS if plan.metre.compound else ECHO_BEATS,
        time_signature=plan.time_signature,
        choices=tuple(_choices(parts, channels, plan)),
        warnings=tuple(dict.fromkeys((*cast.warnings, *warnings_of(plan)))),
    )


def _loudness(
    cards: Mapping[str, StemCard],
    times: Sequence[SectionTime],
    beat_s: float,
    channels: Sequence[Channel],
    _: Sequence[float],
) -> tuple[float, ...]:
    """Estimate the loudness of each section of some channels."""
    return section_loudness(channels, cards, times, beat_s)


def _cards_of(parts: Sequence[CastPart]) -> dict[str, StemCard]:
    """Map ids to the stems that parts play, hi-hats' partners among them."""
    return {card.id: card for part in parts for card in (part.card, part.partner) if card}


def _sections(
    plan: ArrangementPlan, times: Sequence[SectionTime], gains: Sequence[float]
) -> Iterator[ScoreSection]:
    """Write the sections of a score, each with its level and its chords."""
    for section, time, level_db in zip(plan.structure, times, gains, strict=True):
        chords = tuple(
            ScoreChord(chord_name(one.chord, plan.key), one.start, one.length)
            for one in laid_out(section.chords, time.start, time.length)
        )
        yield ScoreSection(time.name, time.start, time.length, time.energy, level_db, chords)


def _tail(plan: ArrangementPlan) -> tuple[float, float]:
    """Compute how long a track rings after its last beat, and how long it fades, in seconds.

    A fade is over with the last beat; a track that stops rings no longer than a small room,
    unless a last hit is to be heard.
    """
    closes = any(q.pattern == SECTION_CLOSE for q in plan.structure[-1].stem_queries)
    if plan.ending is None or (plan.ending.kind == COLD and closes):
        return TAIL_S, TAIL_S / 2.0
    if plan.ending.kind == COLD:
        return COLD_TAIL_S, COLD_TAIL_S
    return 0.0, min(plan.ending.fade_s, plan.duration_s)


def audible(part: CastPart, plan: ArrangementPlan) -> CastPart | None:
    """Drop the sections in which the plan mutes a part; None where none is left."""
    request = part.request
    audible_in = [
        (number, query)
        for number, query in request.queries
        if not {request.name, request.category} & set(plan.structure[number].muted)
    ]
    return replace(part, request=request.for_queries(audible_in)) if audible_in else None


class _ScoreBuilder:
    """Makes one channel of the score after the other."""

    def __init__(self, setting: TrackSetting) -> None:
        self.setting = setting
        self.plan = setting.plan
        self.grammar = setting.grammar
        self.times = setting.times
        self.seed = setting.seed

    def channels(self, parts: Sequence[CastPart]) -> tuple[list[Channel], list[CastPart]]:
        """Make all parts channels of the mix; no sixteen bars repeat sixteen before.

        Returns with them the parts, some of which fill holes of other sections.
        """
        phrased = [part.request for part in parts if part.request.position is None]
        rests = rests_of(
            phrased,
            self.times,
            self.grammar.phrasing,
            beats_per_bar=self.plan.beats_per_bar,
            seeds=[self.setting.seed_of("phrases", number) for number in range(len(self.times))],
        )
        channels = [self.channel(part, rests.get(part.name, ())) for part in parts]
        for attempt in range(_MOST_CHANGES):
            changed = self._changed(phrased, channels, rests, attempt)
            if not changed:
                break
            channels = [
                self.channel(part, rests[part.name]) if part.name in changed else channel
                for part, channel in zip(parts, channels, strict=True)
            ]
        return self._without_holes(list(parts), channels, rests)

    def _without_holes(
        self, parts: list[CastPart], channels: list[Channel], rests: dict[str, list[Hole]]
    ) -> tuple[list[Channel], list[CastPart]]:
        """Let parts play where nothing sounds for long, as far as any of them may."""
        cards = _cards_of(parts)
        tried: set[tuple[float, str]] = set()
        for _ in range(_MOST_FILLINGS):
            holes = holes_in(channels, cards, self.plan, self.times, self.grammar.phrasing)
            chosen = next(
                (
                    (hole, filling)
                    for hole in holes
                    for filling in fillings(hole, parts, rests, self.plan, self.times)
                    if (hole[0], filling.part.name) not in tried
                ),
                None,
            )
            if chosen is None:
                break
            hole, filling = chosen
            name = filling.part.name
            tried.add((hole[0], name))
            number = next(i for i, part in enumerate(parts) if part.name == name)
            rests[name] = awake(rests.get(name, ()), hole)
            parts[number] = filling.part
            channels[number] = self.channel(filling.part, rests[name])
        return channels, parts

    def _changed(
        self,
        phrased: Sequence[PartRequest],
        channels: Sequence[Channel],
        rests: dict[str, list[Hole]],
        attempt: int,
    ) -> set[str]:
        """Give blocks that repeat earlier ones one more rest; the names of who rests."""
        length = BLOCK_BARS * self.plan.beats_per_bar
        changed: set[str] = set()
        for _, later in repeated_blocks(self._bare_score(channels)):
            block = later * length, (later + 1) * length
            sounding = {channel.name for channel in channels if plays_in(channel, block)}
            here = [
                request
                for request in phrased
                if request.name in sounding and not self._is_timed(request, block)
            ]
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

    def _is_timed(self, request: PartRequest, block: Hole) -> bool:
        """Tell whether entries or exits are given for a part within a block."""
        return any(
            query.is_timed
            and self.times[number].start < block[1]
            and self.times[number].end > block[0]
            for number, query in request.queries
        )

    def _bare_score(self, channels: Sequence[Channel]) -> Score:
        """Wrap the channels in a score that is only looked at."""
        plan, times = self.plan, self.times
        sections = tuple(ScoreSection(t.name, t.start, t.length, t.energy) for t in times)
        return Score(
            plan.bpm, plan.key, self.seed, sections, tuple(channels), 0.0, 0.0,
            time_signature=plan.time_signature,
        )  # fmt: skip

    def channel(self, part: CastPart, rests: Sequence[Hole]) -> Channel:
        """Make a part a channel of the mix. rests: when it is silent within its sections"""
        category = part.request.category
        role = role_of(category)
        rng = random.Random(f"{self.seed}:track:{part.name}")
        spans = spans_of_part(self.setting, part, rests)
        clips, notes = self._material(part, spans)
        density = hits_per_second(notes, spans, self.plan.bpm)
        gain = part_gain_db(part.card, part.fit, category, self.grammar.mix_db, density)
        high_pass = role.high_pass_hz if part.high_pass_hz is None else part.high_pass_hz
        pan = round(role.pan * rng.choice((-1.0, 1.0)) * rng.uniform(0.5, 1.0), 3)
        return Channel(
            name=part.name,
            role=category,
            clips=clips,
            notes=notes,
            gain_db=round(gain + part.request.gain_db, 2),
            pan=pan,
            high_pass_hz=high_pass,
            mono_below_hz=role.mono_below_hz,
            reverb_send_db=self.grammar.reverb_db.get(category),
            delay_send_db=role.delay_send_db if self.grammar.effects.echo else None,
            duck_db=self.grammar.duck_db.get(category, 0.0),
            automation=(
                *automation_of(
                    category,
                    part.request.sections,
                    self.times,
                    high_pass_hz=high_pass,
                    low_pass_hz=part.low_pass_hz,
                    sweeps=self.grammar.effects.sweeps,
                ),
                *self._throws(part),
                *self._pan(part, pan, turn=rng.random()),
            ),
        )

    def _material(
        self, part: CastPart, spans: tuple[BeatSpan, ...]
    ) -> tuple[tuple[Clip, ...], tuple[Note, ...]]:
        """Write the clips and notes of a part, and how it ends the track if it plays to its end."""
        clips, notes = material_of(self.setting, part, spans)
        last = self.times[-1]
        if not rings_out(self.plan) or not any(span.end >= last.end for span in spans):
            return clips, notes
        more = closing_sounds(part, ClosingSounds(clips, notes), last, self.setting.beat_s)
        return (*clips, *more.clips), (*notes, *more.notes)

    def _pan(self, part: CastPart, own_pan: float, *, turn: float) -> tuple[Automation, ...]:
        """Panning that moves about a part's own place."""
        request = part.request
        sections = [self.times[number] for number in sorted(request.sections)]
        sway = self.grammar.sways.get(request.category)
        return pan_of(sway, own_pan, sections, self.plan.beats_per_bar, turn=turn)

    def _throws(self, part: CastPart) -> tuple[Automation, ...]:
        """Echoes and rings of a part."""
        category, effects = part.request.category, self.grammar.effects
        if not effects.throws:
            return ()
        delay_db = role_of(category).delay_send_db if effects.echo else None
        return throws_of(
            category,
            (self.grammar.reverb_db.get(category), delay_db),
            self.setting.chanced(part, "throws"),
            self.grammar.phrasing,
            self.plan.beats_per_bar,
        )


def _choices(
    parts: Sequence[CastPart], channels: Sequence[Channel], plan: ArrangementPlan
) -> Iterator[Choice]:
    """List who plays: each part's stem, and of a hi-hat the partner where it sounds."""
    for part, channel in zip(parts, channels, strict=True):
        yield _choice(part, plan)
        if part.partner is not None and part.partner.id in stems_in(channel.notes):
            yield _partner_choice(part, part.partner, plan)


def _partner_choice(part: CastPart, card: StemCard, plan: ArrangementPlan) -> Choice:
    kit = card.kit == part.card.kit and card.kit is not None
    reason = Reason("pair", 1.0 if kit else 0.6, f"the {hat_kind(card)} one to"
                    f" {part.card.name!r}{', of the same kit' if kit else ''}")  # fmt: skip
    return replace(
        _choice(part, plan),
        stem_id=card.id,
        name=card.name,
        category=card.category,
        kit=card.kit,
        licence=card.licence,
        original_file=card.original_file,
        reasons=(reason,),
        runners_up=(),
        part=partner_name(part.name, card),
    )


def _choice(part: CastPart, plan: ArrangementPlan) -> Choice:
    card = part.card
    names = [plan.structure[number].section for number in sorted(part.request.sections)]
    return Choice(
        stem_id=card.id,
        name=card.name,
        category=card.category,
        asked_category=part.request.category,
        sections=tuple(dict.fromkeys(names)),
        score=round(part.score, 4),
        kit=card.kit,
        licence=card.licence,
        original_file=card.original_file,
        reasons=part.reasons,
        runners_up=part.runners_up,
        part=part.name,
    )
