"""The share of words against sound: chosen on some sources, judged on others."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.labels import Label, sources
from benchmarks.retrieval_figures import figures, ranked
from benchmarks.retrieval_queries import FEWEST

if TYPE_CHECKING:
    from benchmarks.retrieval import Parts, Ranked

SHARES = tuple(round(0.05 * step, 2) for step in range(21))
FOLDS = 4


def fitted_shares(found: Sequence["Ranked"], labels: Sequence[Label]) -> list[dict[str, Any]]:
    """For each fold the share that is best on the other sources, and how it does on this one;
    in the last row the share that is best on all. Told is the mean over families of mAP."""
    names = sources(labels)
    rows = []
    for fold in range(FOLDS):
        judged = [label.source in names[fold::FOLDS] for label in labels]
        fit_worth = _worths(found, ~np.array(judged))
        test_worth = _worths(found, np.array(judged))
        chosen = int(np.argmax(fit_worth))
        rows.append({
            "judged on": ", ".join(names[fold::FOLDS]),
            "chosen share": SHARES[chosen],
            "mAP": round(float(test_worth[chosen]), 4),
            "mAP of its best share": round(float(test_worth.max()), 4),
            "sound alone": round(float(test_worth[0]), 4),
            "words alone": round(float(test_worth[-1]), 4),
        })  # fmt: skip
    whole = _worths(found, np.ones(len(labels), dtype=bool))
    rows.append({
        "judged on": "all (not held out)",
        "chosen share": SHARES[int(np.argmax(whole))],
        "mAP": round(float(whole.max()), 4),
        "mAP of its best share": round(float(whole.max()), 4),
        "sound alone": round(float(whole[0]), 4),
        "words alone": round(float(whole[-1]), 4),
    })  # fmt: skip
    return rows


def fused(parts: "Parts", share: float) -> NDArray[np.float64]:
    """Words and sound by a share of words; a part that is missing leaves it to the other."""
    sound, words = parts.get("sound"), parts.get("words")
    if sound is None or words is None:
        only = words if sound is None else sound
        return np.zeros_like(parts["fusion"]) if only is None else only
    return np.round(share * words + (1.0 - share) * sound, 6)


def _worths(found: Sequence["Ranked"], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Of each share the mean mAP: over queries of a family, then over families and libraries."""
    groups: dict[tuple[str, str, str], list[list[float]]] = {}
    for one in found:
        for query, parts in zip(one.queries, one.parts, strict=True):
            right = np.array(query.right) & among
            if right.sum() < FEWEST:
                continue
            kept = (np.array(query.judged) & among).tolist()
            each = [
                figures(ranked(fused(parts, share), right.tolist(), kept))["mAP"]
                for share in SHARES
            ]
            groups.setdefault((one.embedder, one.names, query.family), []).append(each)
    return np.mean([np.mean(group, axis=0) for group in groups.values()], axis=0)
