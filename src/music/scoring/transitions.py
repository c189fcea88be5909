"""How sections lead into each other: fills, filter sweeps, gain that follows the energy."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from src.music.genre.genres import Phrasing
from src.music.model.score import Automation, AutomationPoint
from src.music.model.timeline import SectionTime
from src.music.scoring.phrasing import phrase_starts
from src.music.theory.library import DRUM_CATEGORIES
from src.music.theory.metre import FOUR_FOUR, Metre

ENERGY_GAIN_DB = 5.0
"""How much quieter a part plays at energy 0 than at energy 1."""

BREAK_LIFT_DB = 4.0
"""How much pads and textures come forward where a breakdown leaves them alone."""

OPEN_HZ, CLOSED_HZ = 18_000.0, 700.0
"""Low-pass of a tonal part when it is fully there, and when an intro begins."""

BUILD_HIGH_PASS_HZ = 220.0
_FLAT_HIGH_PASS_HZ = 20.0
_BUILD_LOW_PASS_HZ = 2_500.0
_OUTRO_LOW_PASS_HZ = 900.0
_SWEEP_POINTS = 9
_JUMP_BEATS = 1.0 / 64.0
_SWELL_BEATS = 1.0
_SUSTAINED = ("pad", "strings", "atmo")
_FILTERED = ("bass", "synth", "lead", "keys", "guitar", "brass", "strings", "pad")
_LIFTED = ("bass", "drums", "kick")
_THROWN = ("lead", "vocal", "synth", "keys", "guitar", "brass")
_RINGING = ("snare", "clap")
_THROW_CHANCE = 0.4
_THROW_DB, _RING_DB, _NO_SEND_DB = -4.0, -5.0, -80.0
_BREATHS = ("bass", "synth", "lead", "keys", "guitar")
_TURNS = ((0.5, 0.5), (0.25, 0.25, 0.25, 0.25), (0.5, 0.25, 0.25), (1.0, 0.5, 0.25, 0.25))
_TURNS_IN_THREE = ((1 / 3, 2 / 3), (1 / 3, 1 / 3, 1 / 3), (1.0, 1 / 3, 1 / 3, 1 / 3))
_STUTTERS = ((1.0, 1.0, 0.5, 0.5, 0.5, 0.5), (1.0, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25))


Chanced = tuple[SectionTime, random.Random]
"""A section with the chance that decides on its details."""


@dataclass(frozen=True)
class Fill:
    """What a loop does in the last bar before a change.

    silent: beats (start, end) in which it is silent
    stutter: lengths in beats of the repeated hits that fill the silence; may be empty
    chance: 0..1, decides which hits they are
    """

    silent: tuple[float, float]
    stutter: tuple[float, ...] = ()
    chance: float = 0.0


def fills_of(
    category: str,
    sections: Sequence[Chanced],
    phrasing: Phrasing,
    metre: Metre,
    *,
    stutters: bool = True,
) -> tuple[Fill, ...]:
    """List the fills of a loop: a bar where a section ends with one, a turn where a phrase ends.

    sections: those it plays in, each with the chance that decides
    stutters: whether loops may be cut up at all; else none has a fill

    A kick loop drops out for the bar, a drum loop stutters or stops, a bass or a melody
    may take a breath of two beats. At the end of a phrase only drums turn, within a beat or two.
    """
    fills: list[Fill] = []
    for section, rng in sections if stutters else ():
        for start in phrase_starts(section, phrasing, metre.beats_per_bar)[1:]:
            turn = _turn(category, start, metre, rng)
            if turn is not None:
                fills.append(turn)
        if section.fill:
            fill = _fill(category, section, metre, rng)
            if fill is not None:
                fills.append(fill)
    return tuple(fills)


def _turn(category: str, end: float, metre: Metre, rng: random.Random) -> Fill | None:
    """Choose a short fill before the next phrase begins."""
    pieces = rng.choice(_TURNS if metre.beat_parts == 2 else _TURNS_IN_THREE)
    if category in ("drums", "percussion"):
        return Fill((end - sum(pieces), end), pieces, rng.random())
    if category in ("hihat", "snare", "clap", "kick"):
        return Fill((end - rng.choice((0.5, 1.0)), end))
    return None


def _fill(category: str, section: SectionTime, metre: Metre, rng: random.Random) -> Fill | None:
    beats_per_bar = metre.beats_per_bar
    chance, variant = rng.random(), rng.randrange(len(_STUTTERS))
    if category == "kick":
        return Fill((section.end - beats_per_bar, section.end))
    if category in ("drums", "percussion") and chance < 0.6:
        stutter = _STUTTERS[variant] if metre == FOUR_FOUR else _beats_of(metre)
        return Fill((section.end - beats_per_bar, section.end), stutter, rng.random())
    if category in ("drums", "percussion", "hihat", "snare", "clap"):
        return Fill((section.end - beats_per_bar / 2.0, section.end))
    if category in _BREATHS and chance < 0.4:
        return Fill((section.end - beats_per_bar / 2.0, section.end))
    return None


def _beats_of(metre: Metre) -> tuple[float, ...]:
    """Lengths of the beats of a bar; the last one may be longer."""
    ends = (*metre.pulses[1:], metre.beats_per_bar)
    return tuple(end - start for start, end in zip(metre.pulses, ends, strict=True))


def throws_of(
    category: str,
    own_db: tuple[float | None, float | None],
    sections: Sequence[Chanced],
    phrasing: Phrasing,
    beats_per_bar: float,
) -> tuple[Automation, ...]:
    """Moments in which a part goes into the reverb or the echo with all its weight.

    own_db: what it always sends to the reverb and to the delay; None is nothing
    sections: those it plays in, each with the chance that decides

    Melodies and voices leave an echo behind where a phrase ends, now and then; a snare or
    clap rings out in the reverb where a breakdown or an outro begins.
    """
    echoes: list[float] = []
    rings: list[float] = []
    for section, rng in sections:
        ends = [*phrase_starts(section, phrasing, beats_per_bar)[1:], section.end]
        if category in _THROWN:
            echoes += [end for end in ends if rng.random() < _THROW_CHANCE]
        if category in _RINGING and section.kind in ("drop", "groove"):
            rings.append(section.end)
    lines = (
        Automation("reverb_send_db", _throws(rings, own_db[0], _RING_DB)),
        Automation("delay_send_db", _throws(echoes, own_db[1], _THROW_DB)),
    )
    return tuple(line for line in lines if line.points)


def _throws(
    ends: Sequence[float], own_db: float | None, throw_db: float
) -> tuple[AutomationPoint, ...]:
    """Open for the last beat before each end."""
    closed = _NO_SEND_DB if own_db is None else own_db
    points: list[AutomationPoint] = []
    for end in ends:
        begin = end - 1.0
        points += [
            AutomationPoint(begin - _JUMP_BEATS, closed),
            AutomationPoint(begin, max(throw_db, closed)),
            AutomationPoint(end - _JUMP_BEATS, max(throw_db, closed)),
            AutomationPoint(end, closed),
        ]
    return tuple(points)


def automation_of(
    category: str,
    playing: frozenset[int],
    times: Sequence[SectionTime],
    *,
    high_pass_hz: float | None,
    low_pass_hz: float | None,
    sweeps: bool = True,
) -> tuple[Automation, ...]:
    """Gain by energy and the sweeps of intro, build-up and outro.

    sweeps: whether filters move at all; else a part's own low-pass alone is set

    playing: numbers of the sections in which the part plays
    high_pass_hz, low_pass_hz: filters that the part always has
    """
    sections = [time for time in times if time.number in playing]
    lines = (
        Automation("gain_db", _gain(category, sections, times)),
        Automation("low_pass_hz", _low_pass(category if sweeps else "", sections, low_pass_hz)),
        Automation("high_pass_hz", _high_pass(category if sweeps else "", sections, high_pass_hz)),
    )
    return tuple(line for line in lines if line.points)


def _gain(
    category: str, sections: Sequence[SectionTime], times: Sequence[SectionTime]
) -> tuple[AutomationPoint, ...]:
    points: list[AutomationPoint] = []
    turn = _SWELL_BEATS if category in _SUSTAINED else _JUMP_BEATS
    for section in sections:
        here = _gain_at(section.energy)
        if section.kind == "break" and category in _SUSTAINED:
            here += BREAK_LIFT_DB
        there = here
        if section.kind == "build" and section.number + 1 < len(times):
            there = max(here, _gain_at(times[section.number + 1].energy))
        if section.kind == "outro" and category not in DRUM_CATEGORIES:
            there = here - 6.0
        points.append(AutomationPoint(section.start, here))
        points.append(AutomationPoint(section.end - turn, there))
    return tuple(points)


def _gain_at(energy: float) -> float:
    return round(ENERGY_GAIN_DB * (energy - 1.0), 3)


def _low_pass(
    category: str, sections: Sequence[SectionTime], always_hz: float | None
) -> tuple[AutomationPoint, ...]:
    top = OPEN_HZ if always_hz is None else always_hz
    sweeps = {
        "intro": (CLOSED_HZ, top), "build": (_BUILD_LOW_PASS_HZ, top),
        "outro": (top, _OUTRO_LOW_PASS_HZ),
    }  # fmt: skip
    points: list[AutomationPoint] = []
    for section in sections:
        start, end = sweeps.get(section.kind, (top, top))
        if category not in _FILTERED:
            start = end = top
        points += _sweep(section, min(start, top), min(end, top))
    moves = any(point.value < OPEN_HZ for point in points)
    return tuple(points) if moves else ()


def _high_pass(
    category: str, sections: Sequence[SectionTime], always_hz: float | None
) -> tuple[AutomationPoint, ...]:
    if category not in _LIFTED or not any(section.kind == "build" for section in sections):
        return ()
    low = _FLAT_HIGH_PASS_HZ if always_hz is None else always_hz
    points: list[AutomationPoint] = []
    for section in sections:
        high = max(low, BUILD_HIGH_PASS_HZ) if section.kind == "build" else low
        points += _sweep(section, low, high)
    return tuple(points)


def _sweep(section: SectionTime, start: float, end: float) -> list[AutomationPoint]:
    """Sweep from one frequency to another over a section, even to the ear (exponential)."""
    last = section.end - _JUMP_BEATS
    if start == end:
        return [AutomationPoint(section.start, start), AutomationPoint(last, end)]
    points: list[AutomationPoint] = []
    for i in range(_SWEEP_POINTS):
        share = i / (_SWEEP_POINTS - 1)
        value = start * (end / start) ** share
        points.append(
            AutomationPoint(section.start + share * (last - section.start), round(value, 1))
        )
    return points
