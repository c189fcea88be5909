"""What several sources say of a stem, weighed into one value.

Every source gives candidates with weights in 0..1. Agreeing candidates strengthen each
other; a name or a metadata chunk beats the sound unless the sound contradicts it. The
result is a value with a confidence and a source, or nothing where nothing is known.
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
class Candidate(Generic[Value]):
    """One source's opinion. weight: how far to believe it, in 0..1."""

    value: Value
    weight: float
    source: Source


@dataclass(frozen=True)
class Finding(Generic[Value]):
    """What is believed in the end. confidence: 0..1."""

    value: Value
    confidence: float
    source: Source


def fuse(
    candidates: Sequence[Candidate[Value]],
    belief: Callable[[Candidate[Value]], float],
    same: Callable[[Value, Value], bool],
    *,
    least: float,
) -> Finding[Value] | None:
    """The candidate whose group believes most. Agreement: 1 - product of the doubts."""
    best: Finding[Value] | None = None
    for candidate in sorted(candidates, key=lambda c: -belief(c)):
        doubt = 1.0
        by_source: dict[Source, float] = {}
        for other in candidates:
            if same(candidate.value, other.value):
                by_source[other.source] = max(by_source.get(other.source, 0.0), belief(other))
        for share in by_source.values():
            doubt *= 1.0 - min(1.0, max(0.0, share))
        confidence = min(0.99, 1.0 - doubt)
        if "user" in by_source:
            return Finding(candidate.value, 1.0, "user")
        if best is None or confidence > best.confidence + 1e-9:
            source = max(by_source, key=lambda name: (name != "audio", by_source[name]))
            best = Finding(candidate.value, confidence, source)
    return best if best is not None and best.confidence >= least else None


def weight_of(candidate: Candidate[Value]) -> float:
    return candidate.weight
