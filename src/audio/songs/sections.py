"""Sections of a song: where bars stop resembling those before, and which sections are alike."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

_REACH_BARS = 8
_SHORTEST_BARS = 4
_ALIKE = 0.55
_LEAST_NOVELTY = 0.35

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Section:
    """A run of bars. label: "A", "B", ...; sections that sound alike share one"""

    first_bar: int
    bars: int
    label: str


def find_sections(features: Values) -> tuple[Section, ...]:
    """Part a song at the peaks of its novelty (Foote 2000).

    features: shape (bars, features). Fewer than eight bars are one section; no bars give none.
    """
    count = len(features)
    if count == 0:
        return ()
    spread = features.std(axis=0)
    standard = (features - features.mean(axis=0)) / np.maximum(spread, 0.25 * spread.max() + 1e-9)
    edges = [0, *_edges(_novelty(standard)), count]
    means = [standard[start:end].mean(axis=0) for start, end in pairwise(edges)]
    labels = _labels(means)
    return tuple(
        Section(start, end - start, label)
        for (start, end), label in zip(pairwise(edges), labels, strict=True)
    )


def _novelty(features: Values) -> Values:
    """Measure how much the bars after each one differ from those before, 0 to about 1."""
    count = len(features)
    novelty = np.zeros(count)
    for bar in range(2, count - 1):
        reach = min(_REACH_BARS, bar, count - bar)
        before, after = features[bar - reach : bar], features[bar : bar + reach]
        within = 0.5 * (before.var(axis=0).sum() + after.var(axis=0).sum())
        between = float(np.square(before.mean(axis=0) - after.mean(axis=0)).sum())
        novelty[bar] = between / (between + 2.0 * within + 0.5) * min(1.0, reach / 4)
    return novelty


def _edges(novelty: Values) -> list[int]:
    """Bars where novelty peaks, the clearest first, at least four bars apart."""
    edges: list[int] = []
    for bar in np.argsort(-novelty, kind="stable"):
        if novelty[bar] < _LEAST_NOVELTY:
            break
        inside = _SHORTEST_BARS <= bar <= novelty.size - _SHORTEST_BARS
        if inside and all(abs(bar - edge) >= _SHORTEST_BARS for edge in edges):
            edges.append(int(bar))
    return sorted(edges)


def _labels(means: list[Values]) -> list[str]:
    """Give alike sections one letter, in order of appearance."""
    groups: list[Values] = []
    labels = []
    for mean in means:
        sizes = [np.linalg.norm(mean) * np.linalg.norm(group) + 1e-9 for group in groups]
        alike = [float(mean @ group / size) for group, size in zip(groups, sizes, strict=True)]
        if alike and max(alike) >= _ALIKE:
            chosen = int(np.argmax(alike))
        else:
            chosen = len(groups)
            groups.append(mean)
        labels.append(chr(ord("A") + min(chosen, 25)))
    return labels
