"""How good a ranking is: precision, recall, reciprocal rank, average precision.

The usual figures of text retrieval (Manning, Raghavan and Schütze, 2008). Where a query has
fewer than k right answers, precision at k counts against as many as there are, so that 1 can
always be reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FIGURES = ("P@5", "P@10", "R@10", "MRR", "mAP")


@dataclass(frozen=True)
class Judged:
    """A ranking of one query. relevant: of each hit, best first, those not judged left out"""

    family: str
    language: str
    relevant: NDArray[np.bool_]


def ranked(
    scores: NDArray[np.float64], right: Sequence[bool], judged: Sequence[bool]
) -> NDArray[np.bool_]:
    """Whether each hit is right, best first; of equal scores the order is random, but fixed:
    files that belong together often stand together in a list of labels."""
    shuffled = np.random.default_rng(0).permutation(len(scores))
    order = shuffled[np.argsort(-scores[shuffled], kind="stable")]
    kept = order[np.asarray(judged)[order]]
    return np.asarray(right)[kept]


def figures(relevant: NDArray[np.bool_]) -> dict[str, float]:
    """All figures of one ranking that holds every right answer."""
    count = int(relevant.sum())
    places = np.flatnonzero(relevant) + 1
    precisions = np.arange(1, count + 1) / places
    return {
        "P@5": float(relevant[:5].sum()) / min(5, count),
        "P@10": float(relevant[:10].sum()) / min(10, count),
        "R@10": float(relevant[:10].sum()) / count,
        "MRR": 1.0 / float(places[0]),
        "mAP": float(precisions.mean()),
    }


def mean_figures(many: Iterable[Judged]) -> dict[str, float]:
    """The mean over queries."""
    each = [figures(one.relevant) for one in many]
    return {name: float(np.mean([one[name] for one in each])) for name in FIGURES}


def by_family(many: Sequence[Judged]) -> dict[str, dict[str, float]]:
    """Family -> figures, over all languages; and "family (language)" each."""
    groups: dict[str, list[Judged]] = {}
    for one in many:
        groups.setdefault(one.family, []).append(one)
        groups.setdefault(f"{one.family} ({one.language})", []).append(one)
    return {name: mean_figures(group) for name, group in sorted(groups.items())}


def best_part(by_part: Mapping[str, Mapping[str, float]], figure: str) -> tuple[str, float]:
    """The part that alone does best at a figure."""
    name = max(by_part, key=lambda part: by_part[part][figure])
    return name, by_part[name][figure]
