"""Levels of whole sections: what has more energy in the plan is louder in the track."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from src.music.model.score import Automation, Channel, Score
from src.music.model.timeline import SectionTime
from src.music.scoring.section_loudness import SILENT_LUFS, mastered_loudness, section_peaks
from src.music.theory.library import StemCard

MOST_SHIFT_DB = 6.0
"""A section is made louder or quieter by at most this much."""

RISE_DB = 8.0
"""How much louder the fullest energy shall be than none, at least."""

_ROUNDS = 3

Loudness = Callable[[Sequence[Channel], Sequence[float]], Sequence[float]]
"""(channels with their shifted levels, the shifts in dB) -> loudness of each section in LUFS"""


def weighed(
    channels: Sequence[Channel],
    cards: Mapping[str, StemCard],
    times: Sequence[SectionTime],
    headroom_db: float,
    loudness: Loudness,
) -> tuple[float, ...]:
    """Compute the shifts of level of all sections, in dB.

    loudness: of the sections before the master
    headroom_db: the master's ceiling minus its target loudness

    A lifted section meets the limiter sooner, so the shifts are weighed again with it.
    """
    gains = (0.0,) * len(times)
    for _ in range(_ROUNDS):
        moved = [with_section_gains(channel, times, gains) for channel in channels]
        mixed = loudness(moved, gains)
        audible = mastered_loudness(mixed, section_peaks(moved, cards, times), times, headroom_db)
        unmoved = [level - gain for level, gain in zip(audible, gains, strict=True)]
        gains = section_gains_db(unmoved, times)
    return gains


def reweighted(
    score: Score,
    cards: Mapping[str, StemCard],
    times: Sequence[SectionTime],
    measured_lufs: Sequence[float],
) -> Score:
    """Give the sections of a score the levels that follow from their measured loudness.

    heard_lufs: of each section as the score is, before the master
    """
    before = [section.level_db for section in score.sections]
    own = [
        max(audible, SILENT_LUFS) - level_db
        for audible, level_db in zip(measured_lufs, before, strict=True)
    ]
    back = [-level_db for level_db in before]
    channels = [with_section_gains(channel, times, back) for channel in score.channels]
    gains = weighed(
        channels,
        cards,
        times,
        _headroom_db(score),
        lambda _, gains: [level + gain for level, gain in zip(own, gains, strict=True)],
    )
    return replace(
        score,
        sections=tuple(
            replace(section, level_db=gain)
            for section, gain in zip(score.sections, gains, strict=True)
        ),
        channels=tuple(with_section_gains(channel, times, gains) for channel in channels),
    )


def as_mastered(
    score: Score,
    cards: Mapping[str, StemCard],
    times: Sequence[SectionTime],
    measured_lufs: Sequence[float],
) -> tuple[float, ...]:
    """Predict how loud sections measured in the mix will be in the master, but for its gain."""
    peaks = section_peaks(score.channels, cards, times)
    levels = [max(audible, SILENT_LUFS) for audible in measured_lufs]
    return mastered_loudness(levels, peaks, times, _headroom_db(score))


def _headroom_db(score: Score) -> float:
    target = score.target_lufs
    return math.inf if target is None else score.ceiling_dbtp - target


def section_gains_db(
    loudness_lufs: Sequence[float], times: Sequence[SectionTime]
) -> tuple[float, ...]:
    """Find the smallest changes of level that put sections in the order of their energy.

    loudness_lufs: of each section as it would be without a change

    Where a fuller section would be quieter than an emptier one, both meet in the middle: an
    isotonic regression of loudness on energy, weighted by length (pool adjacent violators,
    M. Ayer et al., 1955), on top of a slope of RISE_DB. What is in order stays as it is.
    Sections of one energy may differ. The fullest keeps its level and its headroom, the others
    move against it. Returns dB, within MOST_SHIFT_DB.
    """
    rest = [level - RISE_DB * time.energy for level, time in zip(loudness_lufs, times, strict=True)]
    order = sorted(range(len(times)), key=lambda i: (times[i].energy, rest[i], i))
    pools: list[tuple[float, float, list[int]]] = []
    for number in order:
        mean, weight, members = rest[number], times[number].length, [number]
        while pools and pools[-1][0] > mean:
            lower, lighter, before = pools.pop()
            mean = (mean * weight + lower * lighter) / (weight + lighter)
            weight, members = weight + lighter, before + members
        pools.append((mean, weight, members))
    changes = {number: mean - rest[number] for mean, _, members in pools for number in members}
    kept = changes[order[-1]]
    return tuple(
        round(min(MOST_SHIFT_DB, max(-MOST_SHIFT_DB, changes[number] - kept)), 2)
        for number in range(len(times))
    )


def with_section_gains(
    channel: Channel, times: Sequence[SectionTime], gains_db: Sequence[float]
) -> Channel:
    """Move a channel's level curve with the sections'. It keeps its shape within each."""
    lines = tuple(
        _shifted(line, times, gains_db) if line.parameter == "gain_db" else line
        for line in channel.automation
    )
    return replace(channel, automation=lines)


def _shifted(
    line: Automation, times: Sequence[SectionTime], gains_db: Sequence[float]
) -> Automation:
    points = []
    for point in line.points:
        number = max(time.number for time in times if time.start <= point.beats)
        points.append(replace(point, value=round(point.value + gains_db[number], 3)))
    return replace(line, points=tuple(points))
