"""Levels of whole sections: what has more energy in the plan is louder in the track."""

from collections.abc import Sequence
from dataclasses import replace

from src.music.score import Automation, Track
from src.music.timeline import SectionTime

MOST_SHIFT_DB = 4.0
"""A section is made louder or quieter by at most this much."""

RISE_DB = 8.0
"""How much louder the fullest energy shall be than none, at least."""


def section_gains_db(
    loudness_lufs: Sequence[float], times: Sequence[SectionTime]
) -> tuple[float, ...]:
    """The smallest changes of level that put sections in the order of their energy.

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
    track: Track, times: Sequence[SectionTime], gains_db: Sequence[float]
) -> Track:
    """A track whose level line moves with the sections'. It keeps its shape within each."""
    lines = tuple(
        _shifted(line, times, gains_db) if line.parameter == "gain_db" else line
        for line in track.automation
    )
    return replace(track, automation=lines)


def _shifted(
    line: Automation, times: Sequence[SectionTime], gains_db: Sequence[float]
) -> Automation:
    points = []
    for point in line.points:
        number = max(time.number for time in times if time.start <= point.beats)
        points.append(replace(point, value=round(point.value + gains_db[number], 3)))
    return replace(line, points=tuple(points))
