"""How often estimates of tempo and key prove right: confidences that can be taken at their word.

What fusing and the kit leave as confidence orders estimates well, but was too modest where the
sound is clear (chords) and the kit agrees. A logistic regression on it and on what the estimate
rests on (Platt 1999) turns it into the share of such estimates that are right; it is fitted, with
whole packs held out, by benchmarks.fit_confidence on the development corpus and on composed kits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from src.music.evidence.estimates import Estimate, Value
from src.music.evidence.kit_evidence import StemEvidence
from src.music.theory.tempo import beats_in, beats_miss_s

CHORDAL = ("pad", "keys", "guitar", "strings", "brass", "synth", "atmo")
LINES = ("lead", "vocal")

MOST_SURE = 0.99
SAME_TEMPO = 0.006
_FITS_S = 0.012
_LEAST = 0.01

Cues = Mapping[str, float]

TEMPO_WEIGHTS: Cues = {"offset": 0.0, "raw": 1.0}
KEY_WEIGHTS: Cues = {"offset": 0.0, "raw": 1.0}
"""Weights of the cues; those that are not named have none. Printed by benchmarks.fit_confidence."""


@dataclass(frozen=True)
class Neighbours:
    """The other loops of a kit with such a value. alike: with the same one; unlike: the others"""

    alike: int
    unlike: int


def tempo_cues(stem: StemEvidence, tempo: Estimate[float], others: Neighbours) -> Cues:
    """Collect what tells how sure a loop's tempo is."""
    beats = round(beats_in(stem.duration_s, tempo.value))
    fits = beats_miss_s(stem.duration_s, tempo.value) < _FITS_S
    played = sum(
        chance for bpm, chance in stem.octaves if abs(bpm / tempo.value - 1.0) < SAME_TEMPO
    )
    return {
        "offset": 1.0,
        "raw": _log_odds(tempo.confidence),
        "stated": float(tempo.source in ("filename", "metadata")),
        "from kit": float(tempo.source == "kit"),
        "bars": float(fits and beats >= 4 and beats & (beats - 1) == 0),
        **_company(tempo, others),
        "octave": _log_odds(played) if stem.octaves else 0.0,
    }


def key_cues(stem: StemEvidence, category: str, key: Estimate[str], others: Neighbours) -> Cues:
    """Collect what tells how sure a loop's key is. category: of the loop, its kit considered"""
    ranked = sorted(stem.keys, reverse=True)
    return {
        "offset": 1.0,
        "raw": _log_odds(key.confidence),
        "stated": float(key.source in ("filename", "metadata")),
        "from kit": float(key.source == "kit"),
        "chords": float(category in CHORDAL),
        "line": float(category in LINES),
        "bass": float(category == "bass"),
        "clear": _log_odds(ranked[0]) if ranked else 0.0,
        **_company(key, others),
    }


def _company(estimate: Estimate[Any], others: Neighbours) -> Cues:
    """Collect how far the kit agrees; where nobody does, the estimate's own word counts apart."""
    alone = float(others.alike == 0)
    return {
        "alike": math.log1p(others.alike),
        "unlike": math.log1p(others.unlike),
        "alone": alone,
        "raw alone": alone * _log_odds(estimate.confidence),
    }


def calibrated(estimate: Estimate[Value], cues: Cues, weights: Cues) -> Estimate[Value]:
    """Give an estimate the confidence that such estimates deserve; what the user said stays."""
    if estimate.source == "user":
        return estimate
    odds = sum(weight * cues[name] for name, weight in weights.items())
    chance = 1.0 / (1.0 + math.exp(-odds))
    return replace(estimate, confidence=min(MOST_SURE, max(_LEAST, chance)))


def _log_odds(chance: float) -> float:
    kept = min(MOST_SURE, max(_LEAST, chance))
    return math.log(kept / (1.0 - kept))
