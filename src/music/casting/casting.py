"""Casting: which stem plays which part, for the whole track at once."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from src.music.casting.answers import take_turns, variation_in_words, variation_of
from src.music.casting.asked_sounds import named_sounds, names_if_any
from src.music.casting.backbone import choose_backbone, kit_keys_of
from src.music.casting.cast_part import Cast, CastPart
from src.music.casting.compatibility import shifted
from src.music.casting.drum_lines import single_drums
from src.music.casting.fit import Target
from src.music.casting.hats import hat_kind, partner_name
from src.music.casting.kit_shifts import key_within_reach, kit_shifts_of, told_of_key
from src.music.casting.made_marks import is_made
from src.music.casting.matching import CastingContext, StemCandidate, match_stem
from src.music.casting.requests import loop_parts, part_requests
from src.music.harmony.progressions import is_moving
from src.music.model.accounts import report_text
from src.music.model.part_request import PartRequest
from src.music.model.plan import (
    REFUSED,
    SECTION_END,
    SECTION_START,
    ArrangementPlan,
    StemQuery,
)
from src.music.model.plan_rules import may_play
from src.music.model.score import Reason
from src.music.theory.exclusion import suspicion
from src.music.theory.library import DRUM_CATEGORIES, StemCard
from src.music.theory.roles import stand_ins_of

MIN_SCORE = 0.35
"""Below it a role is rather left out than filled."""

MIN_STAND_IN = 0.5
"""The same for a stem of another category, which is only asked when none of the own fits."""

NEAR_BEST = 0.95
"""Stems within this share of the best score are equals: the seed chooses among them."""

RUNNERS_UP = 3

_VERBS = {
    SECTION_END: "rises into a section",
    SECTION_START: "marks a section's start",
    None: "fits",
}
_DRUM_LOOP_HIGH_PASS_HZ = {"hihat": 5000.0, "percussion": 500.0, "clap": 900.0, "snare": 180.0}
_EIGHTHS, _HEARD_SWING = 8, 0.2
_KICK_ROOM_HZ = 150.0
_SECOND_BASS_HZ = 130.0
_STAND_IN_BASS_HZ = 450.0

Pool = Mapping[StemQuery, Sequence[StemCandidate]]


def cast_plan(
    plan: ArrangementPlan,
    pool: Pool,
    *,
    seed: int,
    pinned: Mapping[str, StemCard] | None = None,
) -> Cast:
    """Choose a stem for every part of the plan.

    pool: what the search found for each query, see ``library_queries``
    seed: decides among near-equals; the same seed gives the same cast
    pinned: the stems that the plan pins to parts, by the parts' names. One that can't play
        its part is reported in a warning, and another is chosen

    Where the library's tonal loops can't be brought into the plan's key, the cast is made for the
    key that they have, and says so.
    """
    kept = {} if pinned is None else pinned
    cast = _cast(plan, pool, seed, kept)
    key = key_within_reach(plan.key, cast.parts, kit_keys_of(pool))
    if key == plan.key:
        return cast
    own = _cast(told_of_key(replace(plan, key=key), plan.key), pool, seed, kept)
    return own if key_within_reach(key, own.parts, kit_keys_of(pool)) == key else cast


def _cast(plan: ArrangementPlan, pool: Pool, seed: int, pinned: Mapping[str, StemCard]) -> Cast:
    """Choose the stems for the plan's very key."""
    casting = _Casting(plan, pool, seed, pinned)
    for request in part_requests(plan):
        casting.cast(request)
    reported = [report_text(report) for report in plan.reported]
    reported += [note for note in plan.notes if note.startswith(REFUSED)]
    warnings = tuple(dict.fromkeys([*reported, *casting.warnings]))
    return Cast(_with_room(single_drums(plan, casting.parts)), warnings, plan.key)


def rivals_of(
    plan: ArrangementPlan,
    pool: Pool,
    name: str,
    *,
    seed: int,
    pinned: Mapping[str, StemCard],
) -> list[CastPart]:
    """Propose other stems for a part among all the others as they are cast, best first.

    The stem that plays it now is not among them; the second sound of a hi-hat is asked for
    by its own name. Empty for a part that there is not.
    """
    plan = replace(plan, key=cast_plan(plan, pool, seed=seed, pinned=pinned).key)
    casting = _Casting(plan, pool, seed, pinned)
    requests = part_requests(plan)
    for other in requests:
        if other.name != name:
            casting.cast(other)
    request = next((one for one in requests if one.name == name), None)
    if request is None:
        return casting.partner_rivals(name)
    now = pinned.get(name)
    return [part for part in casting.matches(request) if now is None or part.card.id != now.id]


class _Casting:
    """The cast while it grows: each choice knows those before it."""

    def __init__(
        self, plan: ArrangementPlan, pool: Pool, seed: int, pinned: Mapping[str, StemCard]
    ) -> None:
        self.plan = plan
        self.pool = pool
        self.pinned = pinned
        self.seed = seed
        self.target = Target(plan.bpm, plan.key, plan.metre, _is_swung(plan))
        self.sounds = named_sounds(plan)
        self.parts: list[CastPart] = []
        self.warnings: list[str] = []
        self.kit_keys = kit_keys_of(pool)
        cards = [candidate.card for found in pool.values() for candidate in found]
        self.kit_shifts = kit_shifts_of([*cards, *pinned.values()], plan.key, self.kit_keys)
        self.backbone = choose_backbone(
            part_requests(plan),
            pool,
            self.target,
            CastingContext(kit_keys=self.kit_keys, kit_shifts=self.kit_shifts),
            rng=self._rng("kit"),
        )

    def cast(self, request: PartRequest) -> None:
        """Find a stem for a request, or say why there is none."""
        pinned = self._pinned(request)
        if pinned is not None:
            others = [part.card.name for part in self.matches(request) if part.card != pinned.card]
            self._add(replace(pinned, runners_up=tuple(others[:RUNNERS_UP])))
            return
        matches = self.matches(request)
        if matches:
            self._take(matches)
        elif self._answers_itself(request):
            return
        elif request.category == "drums" and self._cast_loop_parts(request):
            self.warnings.append("no drum loop fits: the beat is played by one-shots")
        else:
            self.warnings.append(_missing(request, self.plan))

    def _add(self, part: CastPart) -> None:
        """Add a part: a hi-hat with its partner, an answer as a variation of its call."""
        if part.request.category == "hihat" and part.fit.way == "steps":
            part = replace(part, partner=self._partner(part))
        call = self._call_of(part.request)
        if call is not None and call.card == part.card:
            part = replace(part, variation=variation_of(part.fit, self.plan.beats_per_bar))
        self.parts.append(part)

    def partners(self, part: CastPart) -> list[StemCard]:
        """Hi-hats of the other kind that go with one, best first."""
        kind, request = hat_kind(part.card), part.request
        if not kind:
            return []
        taken = self._avoided(request) | {one.card.id for one in self._beside(request.sections)}
        taken.add(part.card.id)
        found = [
            (candidate.card.kit_id == part.card.kit_id, other.score, candidate.card)
            for candidate in self.pool.get(request.library_query, ())
            if candidate.card.id not in taken
            and hat_kind(candidate.card) not in ("", kind)
            and not suspicion(candidate.card, self.plan.excluded)
            and (other := self._match(candidate, request)) is not None
            and other.fit.way == "steps"
        ]
        found.sort(key=lambda item: (not item[0], -item[1], item[2].id))
        return [card for _, _, card in found]

    def partner_rivals(self, name: str) -> list[CastPart]:
        """Propose other partners for the one of this name; empty where there is none."""
        for part in self.parts:
            if part.partner is None or partner_name(part.request.name, part.partner) != name:
                continue
            others = {card.id for card in self.partners(part)} - {part.partner.id}
            matched = (
                self._match(candidate, part.request)
                for candidate in self.pool.get(part.request.library_query, ())
                if candidate.card.id in others
            )
            found = [other for other in matched if other is not None]
            return sorted(found, key=_best_first)
        return []

    def _partner(self, part: CastPart) -> StemCard | None:
        """Find the partner that the plan keeps, else the best one."""
        kind = hat_kind(part.card)
        for name, card in self.pinned.items():
            if hat_kind(card) not in ("", kind) and name == partner_name(part.request.name, card):
                return card
        return next(iter(self.partners(part)), None)

    def _match(self, candidate: StemCandidate, request: PartRequest) -> CastPart | None:
        return match_stem(candidate, request, self.target, self._context(request))

    def _call_of(self, request: PartRequest) -> CastPart | None:
        """Find the part that plays the call which a request answers."""
        return next((part for part in self.parts if take_turns(part.request, request)), None)

    def _answers_itself(self, request: PartRequest) -> bool:
        """Let the call's own stem answer where the library has no second one."""
        call = self._call_of(request)
        if call is None:
            return False
        variation = variation_of(call.fit, self.plan.beats_per_bar)
        reported = (
            f"no second {request.category} fits: {call.card.name!r} {variation_in_words(variation)}"
        )
        reasons = (*call.reasons, Reason("answer", 0.5 if variation else 0.0, reported))
        if variation:
            self._add(CastPart(request, call.card, call.fit, call.score, reasons))
        else:
            self.parts[self.parts.index(call)] = replace(call, reasons=reasons)
        self.warnings.append(reported)
        return True

    def _pinned(self, request: PartRequest) -> CastPart | None:
        """Find the stem that the plan pins to a part, if it can play it."""
        if request.name not in dict(self.plan.pinned):
            return None
        card = self.pinned.get(request.name)
        if card is None:
            self.warnings.append(f"the stem kept for {request.name} is gone: another was chosen")
            return None
        similar = next(
            (c.similarity for c in self.pool.get(request.library_query, ()) if c.card == card), 0.5
        )
        part = self._match(StemCandidate(card, similar), request)
        if part is None:
            self.warnings.append(
                f"{card.name!r} can't play {request.name} at {self.plan.bpm:g} BPM in"
                f" {self.plan.key}: another was chosen"
            )
        return part

    def _context(self, request: PartRequest) -> CastingContext:
        playing = tuple(
            shifted(part.card, part.fit.semitones)
            for part in self._beside(request.sections)
            if part.request.position is None and not take_turns(part.request, request)
        )
        names = self.sounds.get(request.text, ())
        cards = (candidate.card for candidate in self.pool.get(request.library_query, ()))
        return CastingContext(
            self.backbone,
            self.kit_keys,
            self._used(request),
            playing,
            self.plan.excluded,
            names_if_any(cards, names) if names else (),
            self.kit_shifts,
            any(self.plan.structure[number].chords_asked for number in request.sections),
            any(is_moving(self.plan.structure[number].chords) for number in request.sections),
        )

    def matches(self, request: PartRequest) -> list[CastPart]:
        """Stems that can play a part, best first: of its category, else what may stand in."""
        own = self._matched(request, [request.category], MIN_SCORE)
        return own or self._matched(request, self._allowed_stand_ins(request), MIN_STAND_IN)

    def _matched(
        self, request: PartRequest, categories: Sequence[str], least: float
    ) -> list[CastPart]:
        query = request.library_query
        context = self._context(request)
        busy = {part.card.id for part in self._beside(request.sections)}
        busy |= self._avoided(request)
        found: dict[str, CastPart] = {}
        for category in categories:
            for candidate in self.pool.get(replace(query, category=category), ()):
                if candidate.card.id in busy:
                    continue
                part = match_stem(candidate, request, self.target, context)
                if part is not None and part.score >= least:
                    found[part.card.id] = part
        return sorted(found.values(), key=_best_first)

    def _take(self, matches: list[CastPart]) -> None:
        """Choose among near-equals; all are proposals for one part, best first."""
        request, best = matches[0].request, matches[0].score
        equals = [part for part in matches if part.score >= best * NEAR_BEST]
        equals = [part for part in equals if not is_made(part.card.id)] or equals
        weights = [(part.score / best) ** 20 for part in equals]
        chosen = self._rng(request.name).choices(equals, weights)[0]
        others = [part.card.name for part in matches if part is not chosen][:RUNNERS_UP]
        self._add(replace(chosen, runners_up=tuple(others)))
        if is_made(chosen.card.id):
            self.warnings.append(
                f"nothing in the library {_VERBS[request.position]}: our own synthesis plays"
                f" {chosen.card.name!r}"
            )
        if chosen.card.category != request.category:
            self.warnings.append(
                f"no {request.category} in the library fits: "
                f"{chosen.card.category} {chosen.card.name!r} stands in"
            )

    def _cast_loop_parts(self, request: PartRequest) -> bool:
        """Let one-shots play what a drum loop should; whether any was found."""
        before = len(self.parts)
        sections = request.sections
        for one_shot in loop_parts(request.library_query):
            category = one_shot.category
            played = {part.request.category for part in self._beside(sections)}
            if category in played or not self._may_play(category, sections):
                continue
            name = f"{request.name} {category}"
            single = PartRequest(name, category, one_shot.tags, one_shot.text).for_queries(
                [
                    (number, replace(query, category=category, pattern=None))
                    for number, query in request.queries
                ]
            )
            pinned = self._pinned(single)
            if pinned is not None:
                self.parts.append(pinned)
                continue
            matches = [part for part in self.matches(single) if part.fit.way == "steps"]
            if matches:
                self._take(matches)
        return len(self.parts) > before

    def _allowed_stand_ins(self, request: PartRequest) -> list[str]:
        """Stand-ins, without a drum loop where one plays already or is asked for."""
        loop_requested = any(
            other.category == "drums" and other.sections & request.sections
            for other in part_requests(self.plan)
        )
        loop_plays = any(part.card.category == "drums" for part in self._beside(request.sections))
        blocked = {"drums"} if loop_requested or loop_plays else set()
        return [
            category
            for category in stand_ins_of(request.category)
            if category not in blocked and self._may_play(category, request.sections)
        ]

    def _may_play(self, category: str, sections: Iterable[int]) -> bool:
        """Tell whether nothing in any of these sections refuses a category."""
        return all(may_play(self.plan, number, category) for number in sections)

    def _used(self, request: PartRequest) -> frozenset[str]:
        """Stems that other roles play elsewhere in the track."""
        return frozenset(
            part.card.id
            for part in self.parts
            if (part.request.category, part.request.position)
            != (request.category, request.position)
        )

    def _avoided(self, request: PartRequest) -> set[str]:
        """Stems that the plan avoids, or keeps for other parts."""
        kept = {card.id for name, card in self.pinned.items() if name != request.name}
        return {*self.plan.avoided} | kept

    def _beside(self, sections: frozenset[int]) -> list[CastPart]:
        return [part for part in self.parts if part.request.sections & sections]

    def _rng(self, name: str) -> random.Random:
        return random.Random(f"{self.seed}:{name}")


def _is_swung(plan: ArrangementPlan) -> bool:
    return plan.swing_note == _EIGHTHS and plan.swing >= _HEARD_SWING


def _missing(request: PartRequest, plan: ArrangementPlan) -> str:
    sections = [plan.structure[number].section for number in sorted(request.sections)]
    names = list(dict.fromkeys(sections))
    reported = " ".join((*request.tags, request.category))
    return f"no stem for {reported!r} in the library: left out of {', '.join(names)}"


def _best_first(part: CastPart) -> tuple[float, str]:
    return -part.score, part.card.id


def _with_room(parts: list[CastPart]) -> tuple[CastPart, ...]:
    """Keep the low end free: one kick, one bass line."""
    return tuple(_room_for(part, parts) for part in parts)


def _room_for(part: CastPart, parts: list[CastPart]) -> CastPart:
    sections = part.request.sections
    beside = [other for other in parts if other is not part and other.request.sections & sections]
    requested, found = part.request.category, part.card.category
    if found == "drums" and requested != "drums":
        high_pass = _DRUM_LOOP_HIGH_PASS_HZ.get(requested)
        return replace(part, high_pass_hz=high_pass) if high_pass else part
    if found == "drums" and any(_is_kick(other) for other in beside):
        return replace(part, high_pass_hz=_KICK_ROOM_HZ)
    if requested == "bass":
        first = next(other for other in parts if other.request.category == "bass")
        if take_turns(first.request, part.request):
            return part
        if first is not part and first in beside:
            return replace(part, high_pass_hz=_SECOND_BASS_HZ)
        if found != "bass":
            return replace(part, low_pass_hz=_STAND_IN_BASS_HZ)
    return part


def _is_kick(part: CastPart) -> bool:
    return part.request.category == "kick" and part.card.category in DRUM_CATEGORIES
