"""Evidence of several sources, fused into one estimate.

Every source gives values with weights in 0..1. Agreeing evidence strengthens each other; a
name or a metadata chunk beats the sound unless the sound contradicts it. The estimate has a
value, a confidence and a source; there is none where nothing is known.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

Source = Literal["user", "filename", "metadata", "kit", "audio"]
Value = TypeVar("Value")

TRUST: dict[Source, float] = {
    "user": 1.0, "filename": 1.0, "metadata": 0.9, "kit": 0.9, "audio": 0.95,
}  # fmt: skip
"""How far each kind of source is believed."""


@dataclass(frozen=True)
class Evidence(Generic[Value]):
    """One source's value. weight: how far to believe it, in 0..1."""

    value: Value
    weight: float
    source: Source


@dataclass(frozen=True)
class Estimate(Generic[Value]):
    """What all evidence comes to. confidence: 0..1."""

    value: Value
    confidence: float
    source: Source


def fuse(
    evidence: Sequence[Evidence[Value]],
    belief: Callable[[Evidence[Value]], float],
    same: Callable[[Value, Value], bool],
    *,
    least: float,
) -> Estimate[Value] | None:
    """Choose the value whose evidence believes most. Agreement: 1 - product of the doubts.

    belief: how far one piece of evidence is believed; same: whether two values agree
    least: below this confidence nothing is known
    """
    best: Estimate[Value] | None = None
    for one in sorted(evidence, key=lambda e: -belief(e)):
        doubt = 1.0
        by_source: dict[Source, float] = {}
        for other in evidence:
            if same(one.value, other.value):
                by_source[other.source] = max(by_source.get(other.source, 0.0), belief(other))
        for share in by_source.values():
            doubt *= 1.0 - min(1.0, max(0.0, share))
        confidence = min(0.99, 1.0 - doubt)
        if "user" in by_source:
            return Estimate(one.value, 1.0, "user")
        if best is None or confidence > best.confidence + 1e-9:
            source = max(by_source, key=lambda name: (name != "audio", by_source[name]))
            best = Estimate(one.value, confidence, source)
    return best if best is not None and best.confidence >= least else None


def weight_of(evidence: Evidence[Value]) -> float:
    """How far a piece of evidence is to be believed, in 0..1."""
    return evidence.weight
