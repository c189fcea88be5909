"""No holes: where a library leaves a section without sound, a part of its neighbours plays on.

A plan asks for what a genre has; a small library holds half of it. What then sounds may be a
single effect in eight bars. So the finished channels are looked at: where nothing sounds for more
than two beats, a part that rests there plays, else one is lent by the nearest section.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from src.music.casting.cast_part import CastPart
from src.music.genre.genres import Phrasing
from src.music.model.plan import ArrangementPlan
from src.music.model.plan_rules import may_play
from src.music.model.score import Channel
from src.music.model.timeline import SectionTime
from src.music.scoring.phrasing import Hole, gap_before
from src.music.theory.library import StemCard
from src.music.theory.roles import role_of

LONGEST_HOLE_BEATS = 2.0
"""So long may nothing sound: a breath before a drop."""

_AUDIBLE_DECAYS = 2.5
"""A one-shot is heard for so many times as long as it takes to fall by 20 dB."""

_CALM = ("intro", "outro", "break")
_CALM_FIRST = ("pad", "atmo", "strings", "keys", "vocal", "synth", "guitar")
_NEAR = 1e-6


@dataclass(frozen=True)
class Filling:
    """Who plays in a hole. wakes: it rests there; else ``part`` plays in a section more"""

    part: CastPart
    wakes: bool


def holes_in(
    channels: Iterable[Channel],
    cards: Mapping[str, StemCard],
    plan: ArrangementPlan,
    times: Sequence[SectionTime],
    phrasing: Phrasing,
) -> list[Hole]:
    """Find where nothing sounds for more than LONGEST_HOLE_BEATS, section by section, in beats.

    Of a section with several holes all from the first to the last is one: a sound between them
    that comes once in some bars shall not be alone.

    phrasing: the genre's, whose pause before a drop is no hole

    Sections that shall be silent, that ask for nothing or in which somebody was muted stay so.
    """
    pauses = [(t.start - gap_before(t, times, phrasing), t.start) for t in times]
    sounding = sorted([*_sounding(channels, cards, 60.0 / plan.bpm), *pauses])
    found: list[Hole] = []
    for section in times:
        asked = plan.structure[section.number]
        if asked.silent or asked.muted or not asked.stem_queries:
            continue
        position, holes = section.start, []
        for start, end in [*sounding, (section.end, section.end)]:
            until = min(start, section.end)
            if until - position > LONGEST_HOLE_BEATS + _NEAR:
                holes.append((position, until))
            position = max(position, min(end, section.end))
        if holes:
            found.append((holes[0][0], holes[-1][1]))
    return found


def fillings(
    hole: Hole,
    parts: Sequence[CastPart],
    rests: Mapping[str, Sequence[Hole]],
    plan: ArrangementPlan,
    times: Sequence[SectionTime],
) -> Iterator[Filling]:
    """Propose who may play in a hole, the best first."""
    section = max((t for t in times if t.start <= hole[0] + _NEAR), key=lambda t: t.start)
    for part in sorted(parts, key=lambda part: _rank(part, section)):
        request, number = part.request, section.number
        if not _can_carry(part) or not may_play(plan, number, request.category):
            continue
        if number not in request.sections:
            if not any(
                query.category == request.category and query.is_timed
                for query in plan.structure[number].stem_queries
            ):
                yield Filling(_lent(part, hole, section, plan.beats_per_bar), wakes=False)
        elif any(a < hole[1] and b > hole[0] for a, b in rests.get(part.name, ())):
            yield Filling(part, wakes=True)


def awake(rests: Sequence[Hole], hole: Hole) -> list[Hole]:
    """Drop the rests that reach into a hole."""
    return [(a, b) for a, b in rests if a >= hole[1] or b <= hole[0]]


def _sounding(
    channels: Iterable[Channel], cards: Mapping[str, StemCard], beat_s: float
) -> Iterator[Hole]:
    """List from when to when each sound is heard, in beats."""
    for channel in channels:
        for clip in channel.clips:
            length = clip.length_beats
            card = cards[clip.stem_id]
            if not card.is_loop:
                length = min(length, _audible_s(card) / beat_s)
            yield clip.start_beats, clip.start_beats + length
        for note in channel.notes:
            length = _audible_s(cards[note.stem_id]) / beat_s
            if note.length_beats is not None:
                length = min(length, note.length_beats)
            yield note.start_beats, note.start_beats + length


def _audible_s(card: StemCard) -> float:
    decay_s = card.features.get("decay")
    if decay_s is None:
        return card.duration_s
    return min(card.duration_s, _AUDIBLE_DECAYS * decay_s)


def _can_carry(part: CastPart) -> bool:
    """Tell whether a part sounds on, so that it fills a hole."""
    return part.request.position is None and part.fit.way in ("loop", "texture", "steps")


def _rank(part: CastPart, section: SectionTime) -> tuple[bool, bool, int, float, str]:
    """Rank who fills a section: what sounds on before single hits, the nearest, who suits it."""
    request = part.request
    away = min((abs(number - section.number) for number in request.sections), default=99)
    calm = section.kind in _CALM
    suits = (request.category in _CALM_FIRST) == calm
    steps = part.fit.way == "steps"
    return steps, not suits, away, -role_of(request.category).importance, part.name


def _lent(part: CastPart, hole: Hole, section: SectionTime, bar_beats: float) -> CastPart:
    """Let a part play in one more section, in the bars of a hole."""
    request = part.request
    _, nearest = min(request.queries, key=lambda item: (abs(item[0] - section.number), item[0]))
    bars = round(section.length / bar_beats)
    first = int((hole[0] - section.start + _NEAR) // bar_beats)
    last = min(bars, -int(-(hole[1] - section.start - _NEAR) // bar_beats))
    query = replace(
        nearest,
        count=1,
        answer_bars=0,
        enters_bar=first + 1 if first else None,
        exits_bar=last + 1 if last < bars else None,
    )
    queries = sorted([*request.queries, (section.number, query)], key=lambda item: item[0])
    kept = request.for_queries(queries)
    return replace(part, request=replace(kept, pattern=request.pattern, gain_db=request.gain_db))
