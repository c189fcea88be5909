"""One key from the evidence of names, metadata and sound."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.music.evidence.estimates import TRUST, Estimate, Evidence, Source, weight_of
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
class PossibleKey:
    """A key that a sound may be in. mode_known: False where only its tonic is meant."""

    key: str
    mode_known: bool = True


def fuse_key(evidence: Sequence[Evidence[PossibleKey]]) -> Estimate[str] | None:
    """Estimate one key from all evidence.

    The weights of the sound are probabilities. Every name, the surest last, takes its
    weight's share of all that is believed: less where the sound speaks against it, more where
    it agrees. A named tonic without a mode takes the mode that the sound has on it.
    """
    by_user = [e for e in evidence if e.source == "user"]
    if by_user:
        return Estimate(by_user[-1].value.key, 1.0, "user")
    by_sound = [e for e in evidence if e.source == "audio"]
    chances = {e.value.key: e.weight for e in by_sound}
    notes_only = bool(by_sound) and not any(e.value.mode_known for e in by_sound)
    sources: dict[str, Source] = {}
    for named in sorted((e for e in evidence if e.source != "audio"), key=_belief):
        key = _with_mode(named.value, by_sound)
        share = _share(_belief(named), chances, key, 12 if notes_only else 24)
        chances = {other: (1.0 - share) * chance for other, chance in chances.items()}
        chances[key] = chances.get(key, 0.0) + share
        sources[key] = named.source
    if not chances:
        return None
    best = max(chances, key=lambda key: chances[key])
    confidence = min(0.99, chances[best])
    if confidence < LEAST_KEY:
        return None
    return Estimate(best, confidence, sources.get(best, "audio"))


def has_key(category: str) -> bool:
    """Whether a key means anything for a category: not for drums."""
    return category not in DRUM_CATEGORIES


def _belief(evidence: Evidence[PossibleKey]) -> float:
    return min(0.99, evidence.weight * TRUST[evidence.source])


def _share(weight: float, chances: dict[str, float], key: str, keys: int) -> float:
    """How far a named key is believed, the chances so far being what they are.

    Bayes' rule on "the name means the key"; half of all sounds are not asked (CAUTION).
    """
    if not chances:
        return weight
    rest = max(0.0, 1.0 - sum(chances.values())) / max(1, keys - len(chances))
    odds = CAUTION + (1.0 - CAUTION) * chances.get(key, rest) * keys
    return weight * odds / (weight * odds + 1.0 - weight)


def _with_mode(named: PossibleKey, by_sound: Sequence[Evidence[PossibleKey]]) -> str:
    if named.mode_known:
        return named.key
    tonic = pitch_class(named.key)
    here = [e for e in by_sound if e.value.mode_known and pitch_class(e.value.key) == tonic]
    minor = max((weight_of(e) for e in here if is_minor(e.value.key)), default=0.0)
    major = max((weight_of(e) for e in here if not is_minor(e.value.key)), default=0.0)
    return key_name(tonic, minor=is_minor(named.key) or minor > _NAMED_MINOR * major)
