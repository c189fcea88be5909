"""How often estimates of tempo and key prove right: confidences that can be taken at their word.

What fusing and the kit leave as confidence orders estimates well, but was too modest where what
plays makes a tempo sure, and for the keys of single chord loops. A logistic regression on it and on
what the estimate rests on (Platt 1999) turns it into the share of such estimates that are right; it
is fitted, with whole packs held out, by benchmarks.fit_confidence on the development corpus and on
composed kits. A key beside others of its kit has weights of its own: loops that play the same
chords are misheard together, so that ten of them prove less than they seem to. What is stated by
a name or by metadata keeps its confidence, and so does a key beside such a one.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from src.music.evidence.estimates import Estimate, Value
from src.music.evidence.kit_evidence import StemEvidence, stated
from src.music.theory.tempo import beats_in, beats_miss_s

CHORDAL = ("pad", "keys", "guitar", "strings", "brass", "synth", "atmo")
LINES = ("lead", "vocal")

MOST_SURE = 0.99
SAME_TEMPO = 0.006
_FITS_S = 0.012
_LEAST = 0.01

Cues = Mapping[str, float]

TEMPO_WEIGHTS: Cues = {
    "offset": -0.0572, "raw": 0.0104, "from kit": 0.802, "bars": 0.322, "alike": 0.291,
    "unlike": -0.0789, "alone": -0.435, "raw alone": 0.237, "octave": 0.887,
}  # fmt: skip
KEY_WEIGHTS: Cues = {
    "offset": 0.313, "raw": 1.56, "chords": 0.152, "line": -0.429, "bass": -0.245, "clear": -0.693,
}  # fmt: skip
KIT_KEY_WEIGHTS: Cues = {
    "offset": -0.0729, "raw": 0.397, "from kit": -0.254, "alike": 0.278, "unlike": -0.366,
    "named": 0.606,
}  # fmt: skip
"""Weights of the cues; those that are not named have none. Printed by benchmarks.fit_confidence."""


@dataclass(frozen=True)
class ContextCues:
    """What a loop's estimates rest on in their context; None where there is none of them.

    key: of one that stands alone with it; kit_key: of one beside others of its kit
    """

    tempo: Cues | None = None
    key: Cues | None = None
    kit_key: Cues | None = None


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
        "from kit": float(tempo.source == "kit"),
        "bars": float(fits and beats >= 4 and beats & (beats - 1) == 0),
        **_company(tempo, others),
        "octave": _log_odds(played) if stem.octaves else 0.0,
    }


def key_cues(stem: StemEvidence, category: str, key: Estimate[str]) -> Cues:
    """Collect what tells how sure the key of a loop is that stands alone with it.

    category: of the loop, its kit considered
    """
    ranked = sorted(stem.keys, reverse=True)
    return {
        "offset": 1.0,
        "raw": _log_odds(key.confidence),
        "chords": float(category in CHORDAL),
        "line": float(category in LINES),
        "bass": float(category == "bass"),
        "clear": _log_odds(ranked[0]) if ranked else 0.0,
    }


def kit_key_cues(stem: StemEvidence, key: Estimate[str], others: Neighbours) -> Cues:
    """Collect what tells how sure the key of a loop is beside others of its kit that have one.

    Where names tell what plays, no drum is taken for a bass and asked for its key.
    """
    return {
        "offset": 1.0,
        "raw": _log_odds(key.confidence),
        "from kit": float(key.source == "kit"),
        "alike": math.log1p(others.alike),
        "unlike": math.log1p(others.unlike),
        "named": float(stem.named),
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
    """Give an estimate of sound or kit the confidence that such estimates deserve."""
    if stated(estimate):
        return estimate
    odds = sum(weight * cues[name] for name, weight in weights.items())
    chance = 1.0 / (1.0 + math.exp(-odds))
    return replace(estimate, confidence=min(MOST_SURE, max(_LEAST, chance)))


def _log_odds(chance: float) -> float:
    kept = min(MOST_SURE, max(_LEAST, chance))
    return math.log(kept / (1.0 - kept))
