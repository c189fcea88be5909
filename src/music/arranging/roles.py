"""Who plays: the roles of a genre, bent to what a prompt wants and refuses."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from src.core.errors import InvalidInputError
from src.music.arranging.presence import LOOP_PARTS, PartTiming, Presence
from src.music.genre.genres import (
    MAIN_KINDS,
    FormSection,
    GenreGrammar,
)
from src.music.model.part_request import PartRequest
from src.music.model.plan import SECTION_END, SECTION_START
from src.music.prompt.intent import PromptIntent, SectionRequest
from src.music.theory.library import DRUM_CATEGORIES

OPPOSITES: Mapping[str, tuple[str, ...]] = {
    "dark": ("bright", "happy"),
    "bright": ("dark", "deep"),
    "warm": ("cold", "harsh"),
    "cold": ("warm",),
    "soft": ("hard", "aggressive", "heavy", "distorted", "punchy", "harsh"),
    "calm": ("driving", "aggressive", "energetic", "hard", "distorted", "punchy", "fast"),
    "aggressive": ("soft", "calm"),
    "hard": ("soft", "calm", "warm"),
    "heavy": ("soft",),
    "clean": ("distorted", "gritty", "raw", "noisy"),
    "distorted": ("clean", "soft"),
    "dry": ("reverberant", "wide"),
    "reverberant": ("dry",),
    "happy": ("dark", "sad"),
    "sad": ("happy", "euphoric", "bright"),
    "minimal": ("wide", "epic"),
    "vintage": ("futuristic", "digital"),
}
_DRUM_MOODS = (
    "aggressive", "hard", "heavy", "punchy", "industrial", "gritty", "distorted", "raw", "dry",
    "minimal", "soft", "metallic", "analog", "vintage", "noisy", "clean", "tribal", "organic",
    "acid", "reverberant", "groovy", "deep", "warm", "glitchy",
)  # fmt: skip
"""Moods that say something of a drum sound; the others are left to who plays tones."""

_MAX_TAGS = 5
_MAYBE_CHANCE = {"vocal": 0.3}
_USUAL_CHANCE = 0.5
_EVERYWHERE = ("atmo", "pad")
_PLAIN = (
    "kick", "snare", "clap", "hi-hat", "cymbal", "tom", "percussion", "bass", "synth", "lead",
    "melody", "pad", "keys", "strings", "brass", "vocal", "effects", "atmosphere", "chords",
)  # fmt: skip
"""Names that say no more than the category: the genre's own words search better."""

_PATTERNS = {
    "ride cymbal": "ride",
    "crash cymbal": SECTION_START,
    "riser": SECTION_END,
    "impact": SECTION_START,
}
_KINDS = {
    "riser": ("build",),
    "impact": ("drop",),
    "effects": ("build", "drop"),
    "white noise": ("build", "drop"),
}
_DRUM_ROLES = {
    "kick": PartRequest("kick", "kick", ("punchy",), "kick drum"),
    "snare": PartRequest("snare", "snare", ("punchy",), "snare drum"),
    "hihat": PartRequest("hihat", "hihat", ("percussive",), "hi-hat"),
}


@dataclass(frozen=True)
class Lineup:
    """The roles of a track by name, and the names of those that play in each section.

    timings: (number of a section, name) -> with which bars it comes in and leaves there
    absent: categories that have not come in yet in a section, or have left
    """

    roles: Mapping[str, PartRequest]
    playing: tuple[tuple[str, ...], ...]
    timings: Mapping[tuple[int, str], PartTiming] = field(default_factory=dict)
    absent: tuple[frozenset[str], ...] = ()


@dataclass
class _Draft:
    """A lineup in the making: roles, and who plays where, while requests are met."""

    sections: tuple[FormSection, ...]
    intent: PromptIntent
    roles: dict[str, PartRequest]
    playing: list[list[str]]
    requests: Sequence[SectionRequest]
    claimed: set[str] = field(default_factory=set)
    timings: dict[tuple[int, str], PartTiming] = field(default_factory=dict)
    absent: list[set[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.absent = [set() for _ in self.sections]


def lineup_of(
    sections: tuple[FormSection, ...],
    grammar: GenreGrammar,
    intent: PromptIntent,
    rng: random.Random,
    *,
    requests: Sequence[SectionRequest] | None = None,
    presences: Sequence[Presence] = (),
) -> Lineup:
    """Decide for every section which roles play in it.

    requests: what is asked of each section; None: what is asked of its kind
    presences: when parts play that come in or leave at a bar, counted from the first section

    What is refused never plays; what is wanted plays in the main sections, or in the section
    it is wanted in. Raises InvalidInputError where nothing is left to play.
    """
    if requests is None:
        requests = [intent.section(section.kind) for section in sections]
    draft = _Draft(
        sections, intent, dict(grammar.roles), [list(s.roles) for s in sections], requests
    )
    _add_maybes(draft, rng)
    for number, request in enumerate(requests):
        kept = [n for n in draft.playing[number] if _may_play(draft.roles[n], intent, request)]
        draft.playing[number] = kept
    for requested in intent.requested:
        _add_requested(requested, draft)
    draft.claimed.clear()
    for number in range(len(sections)):
        for requested in requests[number].requested:
            _add_here(requested, draft, number)
    if intent.only_requested:
        _fill_with_requested(draft)
    _let_in_and_out(draft, presences)
    _fill_empty(draft, grammar)
    _check_playing(draft)
    playing = tuple(tuple(names) for names in draft.playing)
    absent = tuple(frozenset(categories) for categories in draft.absent)
    return Lineup(draft.roles, playing, draft.timings, absent)


def _check_playing(draft: _Draft) -> None:
    if not any(draft.playing):
        refused = ", ".join(draft.intent.excluded)
        raise InvalidInputError(
            f"something must play, got a prompt that refuses everything: {refused}"
        )


def tags_of_role(
    role: PartRequest, intent: PromptIntent, own: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Tags to search a role by: its own moods, the track's, then what the genre says."""
    moods = [
        mood for mood in intent.moods if role.category not in DRUM_CATEGORIES or mood in _DRUM_MOODS
    ]
    blocked = {opposite for mood in (*own, *moods) for opposite in OPPOSITES.get(mood, ())}
    blocked.update(intent.avoided_moods)
    usual = [tag for tag in role.tags if tag not in blocked]
    kept = moods[: max(2, _MAX_TAGS - len(usual))]
    return tuple(dict.fromkeys([*own, *kept, *usual]))[:_MAX_TAGS]


def text_of_role(role: PartRequest, intent: PromptIntent) -> str:
    """Return the words to search a role by, without those that the prompt contradicts."""
    blocked = {opposite for mood in intent.moods for opposite in OPPOSITES.get(mood, ())}
    blocked.update(intent.avoided_moods)
    return " ".join(word for word in role.text.split() if word not in blocked)


def _may_play(role: PartRequest, intent: PromptIntent, request: SectionRequest) -> bool:
    refused = {*intent.excluded, *request.excluded}
    requested = {w.category for w in (*intent.requested, *request.requested)}
    if role.category in refused:
        return False
    if role.category == "drums" and refused & set(LOOP_PARTS) and "drums" not in requested:
        return False
    if request.only and role.category not in categories_of(request.requested):
        return False
    return not intent.only_requested or role.category in categories_of(intent.requested)


def categories_of(requested: tuple[PartRequest, ...]) -> set[str]:
    """List the categories of instruments; "drums" stands for all of theirs."""
    found = {instrument.category for instrument in requested}
    return found | set(DRUM_CATEGORIES) if any(w.name == "drums" for w in requested) else found


def _add_maybes(draft: _Draft, rng: random.Random) -> None:
    """Let the roles that join in some tracks join in this one, or not."""
    placed = {w.category for request in draft.intent.sections for w in request.requested}
    joins: dict[str, bool] = {}
    for name in sorted({name for section in draft.sections for name in section.maybe}):
        category = draft.roles[name].category
        chance = _MAYBE_CHANCE.get(category, _USUAL_CHANCE)
        joins[name] = rng.random() < chance and category not in placed
    for number, section in enumerate(draft.sections):
        draft.playing[number] += [name for name in section.maybe if joins[name]]


def _add_requested(requested: PartRequest, draft: _Draft) -> None:
    """Make a wanted instrument play in the sections where it belongs."""
    if requested.name == "drums":
        for names, section in zip(draft.playing, draft.sections, strict=True):
            if section.kind in MAIN_KINDS:
                _add_drums(names, draft.roles, draft.intent.excluded)
        return
    name = _claim(requested, draft)
    draft.claimed.add(name)
    draft.roles[name] = replace(draft.roles[name], gain_db=requested.gain_db)
    kinds = _KINDS.get(requested.name, MAIN_KINDS)
    fitting = [n for n, s in enumerate(draft.sections) if _belongs(requested, s.kind, kinds)]
    for number in fitting or range(len(draft.sections)):
        names = draft.playing[number]
        request = draft.requests[number]
        if name not in names and requested.category not in request.excluded and not request.only:
            names.append(name)


def _belongs(requested: PartRequest, kind: str, kinds: tuple[str, ...]) -> bool:
    if kind in kinds or requested.category in _EVERYWHERE:
        return True
    return kind == "break" and kinds is MAIN_KINDS and requested.category not in _quiet_in_breaks()


def _quiet_in_breaks() -> tuple[str, ...]:
    return (*DRUM_CATEGORIES, "bass", "fx")


def _claim(requested: PartRequest, draft: _Draft) -> str:
    """Find the role that becomes the requested instrument: the category's busiest, else a new
    one.
    """
    busy = [name for names in draft.playing for name in names]
    same = [
        n
        for n, r in draft.roles.items()
        if r.category == requested.category and n not in draft.claimed
    ]
    name = max(same, key=busy.count, default="")
    pattern = _PATTERNS.get(requested.name)
    special = requested.name in _PATTERNS or requested.category in ("cymbal", "fx")
    if not name or (special and draft.roles[name].pattern != pattern):
        name = f"wanted {requested.name}"
        gain_db = draft.roles[name].gain_db if name in draft.roles else 0.0
        draft.roles[name] = replace(requested, name=name, pattern=pattern, gain_db=gain_db)
    else:
        tags = tuple(dict.fromkeys([*requested.tags, *draft.roles[name].tags]))
        text = draft.roles[name].text if requested.text in _PLAIN else requested.text
        draft.roles[name] = replace(draft.roles[name], tags=tags, text=text)
    return name


def _add_here(requested: PartRequest, draft: _Draft, number: int) -> None:
    """Make an instrument play in one section."""
    names = draft.playing[number]
    if requested.name == "drums":
        _add_drums(names, draft.roles, ())
        return
    name = _claim(requested, draft)
    if name not in names:
        names.append(name)


def _add_drums(names: list[str], roles: dict[str, PartRequest], refused: tuple[str, ...]) -> None:
    """Let kick, snare and hi-hat play in a section that has no drums of its own."""
    present = {roles[name].category for name in names}
    if {"kick", "snare", "drums"} & present:
        return
    for name, role in _DRUM_ROLES.items():
        if role.category not in present and role.category not in refused:
            roles.setdefault(name, role)
            names.append(name)


def _fill_with_requested(draft: _Draft) -> None:
    """Let what is requested play also where it usually rests, where nothing else may.

    A section that lost everyone gets who plays in the section of the nearest energy.
    """
    requested = categories_of(draft.intent.requested)
    audible = [(s, tuple(n)) for s, n in zip(draft.sections, draft.playing, strict=True) if n]
    for number, (names, section) in enumerate(zip(draft.playing, draft.sections, strict=True)):
        allowed = requested.difference(draft.requests[number].excluded)
        if names or not audible:
            continue
        _, nearest = min(audible, key=lambda other: abs(other[0].energy - section.energy))
        names += [name for name in nearest if draft.roles[name].category in allowed]


def _let_in_and_out(draft: _Draft, presences: Sequence[Presence]) -> None:
    """Keep parts silent before they come in and after they leave, and let them play between."""
    start = 0
    for number, section in enumerate(draft.sections):
        end = start + section.bars
        names = draft.playing[number]
        for presence in presences:
            placed = {requested.category for requested in draft.requests[number].requested}
            if placed & presence.categories:
                continue
            timing = presence.within(start, end)
            if timing is None:
                names[:] = [n for n in names if draft.roles[n].category not in presence.blocked]
                draft.absent[number] |= presence.categories
            elif timing.turns:
                _time(draft, number, presence, timing)
        start = end


def _time(draft: _Draft, number: int, presence: Presence, timing: PartTiming) -> None:
    """Let a part come in or leave within a section, where it plays in any case."""
    names, request = draft.playing[number], draft.requests[number]
    plays = any(draft.roles[name].category in presence.categories for name in names)
    if not plays and not request.only:
        _add_here(presence.request, draft, number)
    for name in names:
        if draft.roles[name].category in presence.blocked:
            draft.timings[number, name] = timing


def _fill_empty(draft: _Draft, grammar: GenreGrammar) -> None:
    """Give a section that lost everyone something soft, if anything is allowed."""
    intent = draft.intent
    calm = ("pad", "atmo", "keys", "strings", "synth", "lead", "bass", "fx", "percussion")
    allowed = [
        name
        for category in calm
        for name, role in grammar.roles.items()
        if role.category == category and _may_play(role, intent, SectionRequest("intro"))
    ]
    for number, names in enumerate(draft.playing):
        here = [n for n in allowed if grammar.roles[n].category not in draft.absent[number]]
        if not names and here:
            names.append(here[0])
