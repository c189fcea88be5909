"""What one stem knows by itself, kept so that its kit can be asked again and again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from src.music.evidence.estimates import Estimate, Source

OWN_WORD: tuple[Source, ...] = ("user", "filename", "metadata")
"""Sources that a kit never overrules."""

STATED_TRUST = 0.8
"""How much a tempo or key that is stated of a stem counts for those that lie with it."""

DIGITS = 4
"""Decimals that probabilities and tempos are stored with."""


@dataclass(frozen=True)
class StemEvidence:
    """A stem alone, as its own analysis left it.

    duration_s, category: of the whole file; what it plays
    named: whether its name gave the category
    shares: probability of each of CATEGORIES; empty where only the category is known
    is_loop, bpm, key, bars: as found without its kit; key also of a drum: should it be none
    downbeat_s: where its first beat lies
    tempos: (bpm, probability) by sound, should it be a loop, likeliest first; sum <= 1
    keys: probability by sound of each of KEYS, should it be tonal; empty where nothing is
    octaves: (bpm, probability) of the octaves of its likeliest tempo, by what plays
    """

    duration_s: float
    category: str
    is_loop: Estimate[bool]
    bpm: Estimate[float] | None
    key: Estimate[str] | None
    bars: float | None = None
    downbeat_s: float = 0.0
    tempos: tuple[tuple[float, float], ...] = ()
    keys: tuple[float, ...] = ()
    shares: tuple[float, ...] = ()
    named: bool = False
    octaves: tuple[tuple[float, float], ...] = ()


def evidence_record(evidence: StemEvidence) -> dict[str, Any]:
    """Evidence as plain values for JSON."""
    return {
        "duration_s": evidence.duration_s,
        "category": evidence.category,
        "is_loop": _record(evidence.is_loop),
        "bpm": _record(evidence.bpm),
        "key": _record(evidence.key),
        "bars": evidence.bars,
        "downbeat_s": evidence.downbeat_s,
        "tempos": [[round(bpm, DIGITS), round(chance, DIGITS)] for bpm, chance in evidence.tempos],
        "keys": [round(chance, DIGITS) for chance in evidence.keys],
        "shares": [round(chance, DIGITS) for chance in evidence.shares],
        "named": evidence.named,
        "octaves": [
            [round(bpm, DIGITS), round(chance, DIGITS)] for bpm, chance in evidence.octaves
        ],
    }


def evidence_from(record: Mapping[str, Any]) -> StemEvidence:
    """Evidence out of plain values, as ``evidence_record`` makes them."""
    is_loop = _estimate(record["is_loop"])
    assert is_loop is not None
    tempos: Sequence[Sequence[float]] = record["tempos"]
    return StemEvidence(
        duration_s=record["duration_s"],
        category=record["category"],
        is_loop=is_loop,
        bpm=_estimate(record["bpm"]),
        key=_estimate(record["key"]),
        bars=record["bars"],
        downbeat_s=record["downbeat_s"],
        tempos=tuple((float(bpm), float(chance)) for bpm, chance in tempos),
        keys=tuple(record["keys"]),
        shares=tuple(record.get("shares", ())),
        named=record.get("named", False),
        octaves=tuple((float(bpm), float(chance)) for bpm, chance in record.get("octaves", ())),
    )


def stated(estimate: Estimate[Any] | None) -> bool:
    """Tell whether the user, a name or metadata states a value. A kit never overrules that."""
    return estimate is not None and estimate.source in OWN_WORD


def _record(estimate: Estimate[Any] | None) -> list[Any] | None:
    if estimate is None:
        return None
    value = round(estimate.value, 3) if isinstance(estimate.value, float) else estimate.value
    return [value, round(estimate.confidence, DIGITS), estimate.source]


def _estimate(record: Sequence[Any] | None) -> Estimate[Any] | None:
    if record is None:
        return None
    value, confidence, source = record
    return Estimate(value, confidence, cast(Source, source))
