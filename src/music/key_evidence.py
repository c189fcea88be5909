"""One key from what names, metadata, the kit and the sound claim."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.music.evidence import TRUST, Candidate, Finding, fuse, weight_of
from src.music.keys import camelot_distance, is_minor, pitch_class
from src.music.library import DRUM_CATEGORIES

LEAST_KEY = 0.2
"""Below this confidence a key is not known."""


@dataclass(frozen=True)
class KeyOpinion:
    """A key that somebody names. mode_known: False where only its tonic is meant."""

    key: str
    mode_known: bool = True


def fuse_key(candidates: Sequence[Candidate[KeyOpinion]]) -> Finding[str] | None:
    """One key from all that is claimed.

    A named tonic without a mode takes the mode of the likeliest key heard on that tonic.
    A name loses only to a sound that is far more certain and far away on the Camelot wheel.
    """
    heard = [c for c in candidates if c.source == "audio"]
    best_heard = max(heard, key=weight_of, default=None)
    named = [_with_mode(c, heard) for c in candidates if c.source != "audio"]

    def belief(candidate: Candidate[KeyOpinion]) -> float:
        weight = candidate.weight * TRUST[candidate.source]
        if candidate.source in ("user", "audio") or best_heard is None:
            return weight
        away = camelot_distance(candidate.value.key, best_heard.value.key)
        doubt = best_heard.weight * 0.3 if away >= 4 else 0.0
        return weight * (1.0 - doubt)

    found = fuse([*named, *heard], belief, _same_key, least=LEAST_KEY)
    return None if found is None else Finding(found.value.key, found.confidence, found.source)


def has_key(category: str) -> bool:
    """Whether a key means anything for a category: not for drums."""
    return category not in DRUM_CATEGORIES


def _with_mode(
    named: Candidate[KeyOpinion], heard: Sequence[Candidate[KeyOpinion]]
) -> Candidate[KeyOpinion]:
    if named.value.mode_known:
        return named
    tonic = pitch_class(named.value.key)
    here = [c for c in heard if c.value.mode_known and pitch_class(c.value.key) == tonic]
    if not here:
        return named
    likeliest = max(here, key=weight_of)
    if not is_minor(likeliest.value.key):
        return named
    return Candidate(KeyOpinion(likeliest.value.key), named.weight, named.source)


def _same_key(first: KeyOpinion, second: KeyOpinion) -> bool:
    return first.key == second.key
