"""One category from the evidence of names and sound."""

from collections.abc import Mapping

from src.music.evidence.estimates import Estimate, Source
from src.music.evidence.tonal import likeliest_kind
from src.music.theory.library import CATEGORIES

ZERO_SHOT_WEIGHT = 0.35
"""How much a model that names sounds by sentences counts beside all other evidence: the power of
its likelihood. Chosen to be modest, not measured: it can turn odds of up to 3 to 1, never a name
that is usually right."""


def with_zero_shot(shares: Mapping[str, float], labels: Mapping[str, float]) -> dict[str, float]:
    """Weigh the probabilities of categories again with the labels of a zero-shot model.

    shares, labels: category -> probability; the labels are spread by one even share like the
    evidence of the sound, so that none of them is final. Labels that are all 0 change nothing.
    Source: logarithmic opinion pool (Genest and Zidek 1986).
    """
    if not any(labels.values()):
        return dict(shares)
    spread = 1.0 / len(CATEGORIES)
    pooled = {
        category: share * (labels.get(category, 0.0) + spread) ** ZERO_SHOT_WEIGHT
        for category, share in shares.items()
    }
    total = sum(pooled.values())
    return {category: share / total for category, share in pooled.items()} if total else pooled


def fuse_category(
    named: Mapping[str, float], by_sound: Mapping[str, float]
) -> tuple[Estimate[str], dict[str, float]]:
    """Estimate the likeliest category, and the probabilities of all, summing to 1.

    named: category -> weight in 0..1 of words in the names; by_sound: probabilities

    The weight w of a word says how often it is right. Against even odds among all categories
    it multiplies those of its own by (n - 1) * w / (1 - w) (Bayes). The sound's are spread
    by one even share, since the sound of a new pack misleads more often than it admits.
    Nothing at all gives "other". Between a drum and a tonal kind all of both decide.
    """
    spread, against = 1.0 / len(CATEGORIES), len(CATEGORIES) - 1.0
    scores = {}
    for category in CATEGORIES:
        weight = min(0.985, named.get(category, 0.0))
        odds = 1.0 + against * weight / (1.0 - weight)
        scores[category] = (by_sound.get(category, 0.0) + spread) * odds
    total = sum(scores.values())
    shares = {category: score / total for category, score in scores.items()}
    best = likeliest_kind(shares)
    if not named and not by_sound:
        return Estimate("other", 0.0, "audio"), shares
    sounding = max(by_sound, key=lambda category: by_sound[category], default=None)
    source: Source = "filename" if named.get(best, 0.0) > 0.0 and best != sounding else "audio"
    if named.get(best, 0.0) >= 0.5:
        source = "filename"
    return Estimate(best, shares[best], source), shares
