"""One category from what names and the sound claim."""

from collections.abc import Mapping

from src.music.evidence.estimates import Finding, Source
from src.music.evidence.tonal import likeliest_kind
from src.music.theory.library import CATEGORIES

ZERO_SHOT_WEIGHT = 0.35
"""How much a model that names sounds by sentences counts beside all other evidence: the power of
its likelihood. Chosen to be modest, not measured: it can turn odds of up to 3 to 1, never a name
that is usually right."""


def with_witness(shares: Mapping[str, float], witness: Mapping[str, float]) -> dict[str, float]:
    """The probabilities of categories, a zero-shot witness considered.

    shares, witness: category -> probability; the witness is spread by one even share like what
    is heard, so that no word of its is final. A witness that says nothing changes nothing.
    Source: logarithmic opinion pool (Genest and Zidek 1986).
    """
    if not any(witness.values()):
        return dict(shares)
    spread = 1.0 / len(CATEGORIES)
    pooled = {
        category: share * (witness.get(category, 0.0) + spread) ** ZERO_SHOT_WEIGHT
        for category, share in shares.items()
    }
    total = sum(pooled.values())
    return {category: share / total for category, share in pooled.items()} if total else pooled


def fuse_category(
    named: Mapping[str, float], heard: Mapping[str, float]
) -> tuple[Finding[str], dict[str, float]]:
    """The likeliest category, and the probabilities of all, summing to 1.

    named: category -> weight in 0..1 of words in the names; heard: probabilities by sound

    The weight w of a word says how often it is right. Against even odds among all categories
    it multiplies those of its own by (n - 1) * w / (1 - w) (Bayes). What is heard is spread
    by one even share, since the sound of a new pack misleads more often than it admits.
    Nothing at all gives "other". Between a drum and a tonal kind all of both decide.
    """
    spread, against = 1.0 / len(CATEGORIES), len(CATEGORIES) - 1.0
    scores = {}
    for category in CATEGORIES:
        weight = min(0.985, named.get(category, 0.0))
        odds = 1.0 + against * weight / (1.0 - weight)
        scores[category] = (heard.get(category, 0.0) + spread) * odds
    total = sum(scores.values())
    shares = {category: score / total for category, score in scores.items()}
    best = likeliest_kind(shares)
    if not named and not heard:
        return Finding("other", 0.0, "audio"), shares
    by_sound = max(heard, key=lambda category: heard[category], default=None)
    source: Source = "filename" if named.get(best, 0.0) > 0.0 and best != by_sound else "audio"
    if named.get(best, 0.0) >= 0.5:
        source = "filename"
    return Finding(best, shares[best], source), shares
