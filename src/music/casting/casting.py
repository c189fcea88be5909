"""Casting: which stem plays which voice, for the whole track at once."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from src.music.casting.answers import take_turns, told_of, variation_of
from src.music.casting.backbone import choose_backbone, kit_keys_of
from src.music.casting.compatibility import shifted
from src.music.casting.fit import Ground
from src.music.casting.hats import hat_kind, partner_name
from src.music.casting.made_marks import is_made
from src.music.casting.matching import Candidate, Company, Match, Wish, match_stem
from src.music.casting.voices import Voice, Wanted, loop_parts, voices_of
from src.music.genre.genres import SECTION_END, SECTION_START
from src.music.model.plan import REFUSED, ArrangementPlan
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
_KICK_ROOM_HZ = 150.0
_SECOND_BASS_HZ = 130.0
_STAND_IN_BASS_HZ = 450.0

Pool = Mapping[Wanted, Sequence[Candidate]]


@dataclass(frozen=True)
class Part:
    """A voice with its stem.

    high_pass_hz, low_pass_hz: what makes room for others; None leaves the role's own
    runners_up: names of the next best stems
    partner: of a hi-hat, the sound of the other kind (open or closed), where there is one
    variation: how a stem that also plays the call differs as the answer, see ``answers``
    """

    voice: Voice
    match: Match
    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    runners_up: tuple[str, ...] = ()
    partner: StemCard | None = None
    variation: str = ""


@dataclass(frozen=True)
class Cast:
    """Everyone who plays, and what had to be left out or replaced, in words."""

    parts: tuple[Part, ...]
    warnings: tuple[str, ...] = ()


def cast_plan(
    plan: ArrangementPlan,
    pool: Pool,
    *,
    seed: int,
    pinned: Mapping[str, StemCard] | None = None,
) -> Cast:
    """Choose a stem for every voice of the plan.

    pool: what the search found for each wish, see ``wanted_of``
    seed: decides among near-equals; the same seed gives the same cast
    pinned: the stems that the plan pins to voices, by the voices' names. One that can't play
        its voice is told of, and another is chosen
    """
    stage = _Stage(plan, pool, seed, {} if pinned is None else pinned)
    for voice in voices_of(plan):
        stage.cast(voice)
    told = [note for note in plan.notes if note.startswith(REFUSED)]
    return Cast(_with_room(stage.parts), tuple(dict.fromkeys([*told, *stage.warnings])))


def rivals_of(
    plan: ArrangementPlan,
    pool: Pool,
    voice: str,
    *,
    seed: int,
    pinned: Mapping[str, StemCard],
) -> list[Match]:
    """Who could play a voice among all the others as they are cast, best first.

    The stem that plays it now is not among them; the second sound of a hi-hat is asked for
    by its own name. Empty for a voice that there is not.
    """
    stage = _Stage(plan, pool, seed, pinned)
    for other in voices_of(plan):
        if other.name != voice:
            stage.cast(other)
    wanted = next((one for one in voices_of(plan) if one.name == voice), None)
    if wanted is None:
        return stage.partner_rivals(voice)
    now = pinned.get(voice)
    return [match for match in stage.matches(wanted) if now is None or match.card.id != now.id]


class _Stage:
    """The cast while it grows: each choice knows those before it."""

    def __init__(
        self, plan: ArrangementPlan, pool: Pool, seed: int, pinned: Mapping[str, StemCard]
    ) -> None:
        self.plan = plan
        self.pool = pool
        self.pinned = pinned
        self.seed = seed
        self.ground = Ground(plan.bpm, plan.key, plan.beats_per_bar)
        self.parts: list[Part] = []
        self.warnings: list[str] = []
        self.kit_keys = kit_keys_of(pool)
        self.backbone = choose_backbone(
            voices_of(plan), pool, self.ground, kit_keys=self.kit_keys, rng=self._rng("kit")
        )

    def cast(self, voice: Voice) -> None:
        """Find a stem for a voice, or say why there is none."""
        pinned = self._pinned(voice)
        if pinned is not None:
            others = [match.card.name for match in self.matches(voice) if match.card != pinned.card]
            self._add(Part(voice, pinned, runners_up=tuple(others[:RUNNERS_UP])))
            return
        matches = self.matches(voice)
        if matches:
            self._take(voice, matches)
        elif self._answers_itself(voice):
            return
        elif voice.category == "drums" and self._cast_loop_parts(voice):
            self.warnings.append("no drum loop fits: the beat is played by one-shots")
        else:
            self.warnings.append(_missing(voice, self.plan))

    def _add(self, part: Part) -> None:
        """A part joins: a hi-hat with its partner, an answer as a variation of its call."""
        if part.voice.category == "hihat" and part.match.fit.way == "steps":
            part = replace(part, partner=self._partner(part))
        call = self._call_of(part.voice)
        if call is not None and call.match.card == part.match.card:
            part = replace(part, variation=variation_of(part.match.fit, self.plan.beats_per_bar))
        self.parts.append(part)

    def partners(self, part: Part) -> list[StemCard]:
        """Hi-hats of the other kind that go with one, best first."""
        kind, voice = hat_kind(part.match.card), part.voice
        if not kind:
            return []
        taken = self._avoided(voice) | {one.match.card.id for one in self._beside(voice.sections)}
        taken.add(part.match.card.id)
        found = [
            (candidate.card.kit_id == part.match.card.kit_id, match.score, candidate.card)
            for candidate in self.pool.get(voice.wanted, ())
            if candidate.card.id not in taken
            and hat_kind(candidate.card) not in ("", kind)
            and not suspicion(candidate.card, self.plan.excluded)
            and (match := self._weighed_one(candidate, voice)) is not None
            and match.fit.way == "steps"
        ]
        found.sort(key=lambda item: (not item[0], -item[1], item[2].id))
        return [card for _, _, card in found]

    def partner_rivals(self, name: str) -> list[Match]:
        """Who could be the partner that is told of under a name; empty where there is none."""
        for part in self.parts:
            if part.partner is None or partner_name(part.voice.name, part.partner) != name:
                continue
            others = {card.id for card in self.partners(part)} - {part.partner.id}
            weighed = (
                self._weighed_one(candidate, part.voice)
                for candidate in self.pool.get(part.voice.wanted, ())
                if candidate.card.id in others
            )
            found = [match for match in weighed if match is not None]
            return sorted(found, key=lambda match: (-match.score, match.card.id))
        return []

    def _partner(self, part: Part) -> StemCard | None:
        """The partner that the plan keeps, else the best one."""
        kind = hat_kind(part.match.card)
        for name, card in self.pinned.items():
            if hat_kind(card) not in ("", kind) and name == partner_name(part.voice.name, card):
                return card
        return next(iter(self.partners(part)), None)

    def _weighed_one(self, candidate: Candidate, voice: Voice) -> Match | None:
        return match_stem(candidate, self._wish(voice), self.ground, self._company(voice))

    def _call_of(self, voice: Voice) -> Part | None:
        """The part that a voice answers."""
        return next((part for part in self.parts if take_turns(part.voice, voice)), None)

    def _answers_itself(self, voice: Voice) -> bool:
        """Let the call's own stem answer where the library has no second one."""
        call = self._call_of(voice)
        if call is None:
            return False
        variation = variation_of(call.match.fit, self.plan.beats_per_bar)
        told = f"no second {voice.category} fits: {call.match.card.name!r} {told_of(variation)}"
        reasons = (*call.match.reasons, Reason("answer", 0.5 if variation else 0.0, told))
        match = replace(call.match, reasons=reasons)
        if variation:
            self._add(Part(voice, match))
        else:
            self.parts[self.parts.index(call)] = replace(call, match=match)
        self.warnings.append(told)
        return True

    def _pinned(self, voice: Voice) -> Match | None:
        """The stem that the plan pins to a voice, if it can play it."""
        if voice.name not in dict(self.plan.pinned):
            return None
        card = self.pinned.get(voice.name)
        if card is None:
            self.warnings.append(f"the stem kept for {voice.name} is gone: another was chosen")
            return None
        wish = self._wish(voice)
        company = self._company(voice)
        similar = next(
            (c.similarity for c in self.pool.get(voice.wanted, ()) if c.card == card), 0.5
        )
        match = match_stem(Candidate(card, similar), wish, self.ground, company)
        if match is None:
            self.warnings.append(
                f"{card.name!r} can't play {voice.name} at {self.plan.bpm:g} BPM in"
                f" {self.plan.key}: another was chosen"
            )
        return match

    def _company(self, voice: Voice) -> Company:
        playing = tuple(
            shifted(part.match.card, part.match.fit.semitones)
            for part in self._beside(voice.sections)
            if part.voice.place is None and not take_turns(part.voice, voice)
        )
        return Company(self.backbone, self.kit_keys, self._used(voice), playing)

    def _wish(self, voice: Voice) -> Wish:
        asked = voice.wanted
        return Wish(voice.category, asked.tags, asked.text, self.plan.excluded, voice.place)

    def matches(self, voice: Voice) -> list[Match]:
        """Stems that can play the voice, best first: its own kind, else what may stand in."""
        own = self._weighed(voice, [voice.category], MIN_SCORE)
        return own or self._weighed(voice, self._allowed_stand_ins(voice), MIN_STAND_IN)

    def _weighed(self, voice: Voice, categories: Sequence[str], least: float) -> list[Match]:
        asked = voice.wanted
        wish = self._wish(voice)
        company = self._company(voice)
        busy = {part.match.card.id for part in self._beside(voice.sections)}
        busy |= self._avoided(voice)
        found: dict[str, Match] = {}
        for category in categories:
            for candidate in self.pool.get(replace(asked, category=category), ()):
                if candidate.card.id in busy:
                    continue
                match = match_stem(candidate, wish, self.ground, company)
                if match is not None and match.score >= least:
                    found[match.card.id] = match
        return sorted(found.values(), key=lambda match: (-match.score, match.card.id))

    def _take(self, voice: Voice, matches: list[Match]) -> None:
        best = matches[0].score
        equals = [match for match in matches if match.score >= best * NEAR_BEST]
        equals = [match for match in equals if not is_made(match.card.id)] or equals
        weights = [(match.score / best) ** 20 for match in equals]
        chosen = self._rng(voice.name).choices(equals, weights)[0]
        others = [match.card.name for match in matches if match is not chosen][:RUNNERS_UP]
        self._add(Part(voice, chosen, runners_up=tuple(others)))
        if is_made(chosen.card.id):
            self.warnings.append(
                f"nothing in the library {_VERBS[voice.place]}: our own synthesis plays"
                f" {chosen.card.name!r}"
            )
        if chosen.card.category != voice.category:
            self.warnings.append(
                f"no {voice.category} in the library fits: "
                f"{chosen.card.category} {chosen.card.name!r} stands in"
            )

    def _cast_loop_parts(self, voice: Voice) -> bool:
        """Let one-shots play what a drum loop should; whether any was found."""
        before = len(self.parts)
        sections = voice.sections
        for wanted in loop_parts(voice.wanted):
            played = {part.voice.category for part in self._beside(sections)}
            refused = wanted.category in self.plan.excluded
            beside = self.plan.only_roles and wanted.category not in self.plan.only_roles
            if refused or beside or wanted.category in played:
                continue
            queries = tuple(
                (number, replace(query, category=wanted.category, pattern=None))
                for number, query in voice.queries
            )
            single = Voice(f"{voice.name} {wanted.category}", wanted, 0, 1, queries)
            pinned = self._pinned(single)
            if pinned is not None:
                self.parts.append(Part(single, pinned))
                continue
            matches = [match for match in self.matches(single) if match.fit.way == "steps"]
            if matches:
                self._take(single, matches)
        return len(self.parts) > before

    def _allowed_stand_ins(self, voice: Voice) -> list[str]:
        """Stand-ins, without a drum loop where one plays already or is asked for."""
        others = voices_of(self.plan)
        loop_asked = any(
            other.category == "drums" and other.sections & voice.sections for other in others
        )
        loop_plays = any(
            part.match.card.category == "drums" for part in self._beside(voice.sections)
        )
        blocked = {"drums"} if loop_asked or loop_plays else set()
        only = self.plan.only_roles
        return [
            category
            for category in stand_ins_of(voice.category)
            if category not in blocked and (not only or category in only)
        ]

    def _used(self, voice: Voice) -> frozenset[str]:
        """Stems that other roles play elsewhere in the track."""
        return frozenset(
            part.match.card.id
            for part in self.parts
            if part.voice.category != voice.category or part.voice.place != voice.place
        )

    def _avoided(self, voice: Voice) -> set[str]:
        """Stems that the plan avoids, or keeps for other voices."""
        kept = {card.id for name, card in self.pinned.items() if name != voice.name}
        return {*self.plan.avoided} | kept

    def _beside(self, sections: frozenset[int]) -> list[Part]:
        return [part for part in self.parts if part.voice.sections & sections]

    def _rng(self, name: str) -> random.Random:
        return random.Random(f"{self.seed}:{name}")


def _missing(voice: Voice, plan: ArrangementPlan) -> str:
    names = list(dict.fromkeys(plan.structure[number].section for number in sorted(voice.sections)))
    told = " ".join((*voice.wanted.tags, voice.category))
    return f"no stem for {told!r} in the library: left out of {', '.join(names)}"


def _with_room(parts: list[Part]) -> tuple[Part, ...]:
    """Keep the low end free: one kick, one bass line."""
    return tuple(_room_for(part, parts) for part in parts)


def _room_for(part: Part, parts: list[Part]) -> Part:
    beside = [
        other for other in parts if other is not part and other.voice.sections & part.voice.sections
    ]
    asked, found = part.voice.category, part.match.card.category
    if found == "drums" and asked != "drums":
        high_pass = _DRUM_LOOP_HIGH_PASS_HZ.get(asked)
        return replace(part, high_pass_hz=high_pass) if high_pass else part
    if found == "drums" and any(_is_kick(other) for other in beside):
        return replace(part, high_pass_hz=_KICK_ROOM_HZ)
    if asked == "bass":
        first = next(other for other in parts if other.voice.category == "bass")
        if take_turns(first.voice, part.voice):
            return part
        if first is not part and first in beside:
            return replace(part, high_pass_hz=_SECOND_BASS_HZ)
        if found != "bass":
            return replace(part, low_pass_hz=_STAND_IN_BASS_HZ)
    return part


def _is_kick(part: Part) -> bool:
    return part.voice.category == "kick" and part.match.card.category in DRUM_CATEGORIES
