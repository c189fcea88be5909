"""One key from what names, metadata and the sound claim."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.music.evidence.estimates import TRUST, Candidate, Finding, Source, weight_of
from src.music.theory.keys import is_minor, key_name, pitch_class
from src.music.theory.library import DRUM_CATEGORIES

LEAST_KEY = 0.2
"""Below this confidence a key is not known."""

CAUTION = 0.5
"""The share of sounds that speak neither for nor against their named key: stems of a song in C
often sound as if in F, and samples are out of tune."""

_NAMED_MINOR = 2.0
"""Who means minor mostly writes so: a bare "G" is minor where that is so much likelier."""


@dataclass(frozen=True)
class KeyOpinion:
    """A key that somebody names. mode_known: False where only its tonic is meant."""

    key: str
    mode_known: bool = True


def fuse_key(candidates: Sequence[Candidate[KeyOpinion]]) -> Finding[str] | None:
    """One key from all that is claimed.

    The weights of what is heard are probabilities. Every name, the surest last, takes its
    weight's share of all that is believed: less where the sound speaks against it, more where
    it agrees. A named tonic without a mode takes the mode that is heard on it.
    """
    told = [c for c in candidates if c.source == "user"]
    if told:
        return Finding(told[-1].value.key, 1.0, "user")
    heard = [c for c in candidates if c.source == "audio"]
    chances = {c.value.key: c.weight for c in heard}
    notes_only = bool(heard) and not any(c.value.mode_known for c in heard)
    sources: dict[str, Source] = {}
    for claim in sorted((c for c in candidates if c.source != "audio"), key=_belief):
        key = _with_mode(claim.value, heard)
        share = _share(_belief(claim), chances, key, 12 if notes_only else 24)
        chances = {other: (1.0 - share) * chance for other, chance in chances.items()}
        chances[key] = chances.get(key, 0.0) + share
        sources[key] = claim.source
    if not chances:
        return None
    best = max(chances, key=lambda key: chances[key])
    confidence = min(0.99, chances[best])
    return None if confidence < LEAST_KEY else Finding(best, confidence, sources.get(best, "audio"))


def has_key(category: str) -> bool:
    """Whether a key means anything for a category: not for drums."""
    return category not in DRUM_CATEGORIES


def _belief(claim: Candidate[KeyOpinion]) -> float:
    return min(0.99, claim.weight * TRUST[claim.source])


def _share(weight: float, chances: dict[str, float], key: str, keys: int) -> float:
    """How far a named key is believed, the chances heard so far being what they are.

    Bayes' rule on "the name means the key"; half of all sounds are not asked (CAUTION).
    """
    if not chances:
        return weight
    rest = max(0.0, 1.0 - sum(chances.values())) / max(1, keys - len(chances))
    odds = CAUTION + (1.0 - CAUTION) * chances.get(key, rest) * keys
    return weight * odds / (weight * odds + 1.0 - weight)


def _with_mode(named: KeyOpinion, heard: Sequence[Candidate[KeyOpinion]]) -> str:
    if named.mode_known:
        return named.key
    tonic = pitch_class(named.key)
    here = [c for c in heard if c.value.mode_known and pitch_class(c.value.key) == tonic]
    minor = max((weight_of(c) for c in here if is_minor(c.value.key)), default=0.0)
    major = max((weight_of(c) for c in here if not is_minor(c.value.key)), default=0.0)
    return key_name(tonic, minor=is_minor(named.key) or minor > _NAMED_MINOR * major)
