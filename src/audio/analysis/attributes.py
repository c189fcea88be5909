"""What a listener would say of a sound: bright, punchy, hypnotic ... in 0..1.

Each attribute is a weighted mean of descriptors, every one read on its quantile scale
over real sounds (1 - quantile where the weight is negative). The mean is then put on a
quantile scale of its own: 0.9 means "more so than 90 % of real sounds". Every attribute
rises or falls steadily with each of its descriptors.
"""

from collections.abc import Mapping
from functools import cache

from src.audio.analysis.calibration import calibration

RECIPES: dict[str, dict[str, float]] = {
    "bright": {"centroid": 2, "rolloff": 1, "high_share": 1, "slope_db": 1},
    "dark": {"centroid": -2, "rolloff_high": -2, "high_share": -1, "high_mid_share": -1},
    "warm": {"low_mid_share": 2, "bass_share": 1, "high_share": -1, "flatness": -1,
             "harmonicity": 1, "loud_share": 0.3},
    "deep": {"sub_share": 2, "bass_share": 1, "rolloff_low": -2, "peak_hz": -1},
    "airy": {"band_23": 2, "flatness": 1, "attack_s": 0.5, "bass_share": -1,
             "flux_peakiness": -0.5},
    "full": {"band_00": 1, "band_01": 1, "band_12": 1, "band_18": 1, "loud_share": 0.5},
    "thin": {"bass_share": -2, "sub_share": -1, "bandwidth": -1, "band_04": -1},
    "harsh": {"high_mid_share": 2, "flatness": 1, "loud_share": 1, "band_17": 1},
    "punchy": {"crest": 1, "attack_s": -1, "flux_peakiness": 1, "bass_share": 1,
               "early_decay_s": -1, "level_0160ms": -1},
    "soft": {"attack_s": 2, "flux": -1, "high_mid_share": -1, "crest": -1, "centroid_attack": -1},
    "aggressive": {"loud_share": 1, "high_mid_share": 1, "flux": 1.5, "flatness": 1,
                   "onset_density": 0.5},
    "noisy": {"flatness": 2, "harmonicity": -2, "flatness_mean": 1, "zero_crossing_rate": 1},
    "clean": {"flatness": -2, "harmonicity": 2, "wobble_16hz": -1, "flatness_mean": -1},
    "distorted": {"crest": -1, "flat_top_share": 2, "loud_share": 1, "band_18": 1},
    "gritty": {"wobble_16hz": 2, "flatness": 1, "loud_share": 1, "harmonicity": -0.5,
               "mid_share": 0.5},
    "metallic": {"peakiness": 1, "high_mid_share": 2, "harmonicity": -0.5, "band_18": 1,
                 "bass_share": -1, "chroma_entropy": 0.5},
    "industrial": {"flatness": 1, "harmonicity": -1, "chroma_entropy": 1, "loud_share": 1,
                   "wobble_16hz": 1, "flux": 1, "band_15": 0.5},
    "percussive": {"attack_s": -1, "early_decay_s": -2, "crest": 1, "sustain_share": -1,
                   "flux_peakiness": 1, "tonal_share": -0.5},
    "sustained": {"early_decay_s": 2, "sustain_share": 2, "crest": -1, "quiet_share": -1},
    "plucked": {"attack_s": -1, "harmonicity": 2, "level_0640ms": -1, "sustain_share": -1,
                "flatness": -1, "mid_share": 0.5},
    "short": {"sounding_s": -3, "late_decay_s": -1},
    "long": {"sounding_s": 3, "duration_s": 1},
    "wide": {"width": 3, "correlation": -1},
    "mono": {"width": -3, "correlation": 1},
    "dry": {"late_decay_s": -2, "tail_slope_db": -1, "width": -1, "attack_s": -0.5},
    "reverberant": {"late_decay_s": 2, "width": 1, "early_decay_s": 0.5, "tail_slope_db": 0.5,
                    "level_0640ms": 0.5},
    "fast": {"onset_density": 2, "flux": 1, "onset_count": 1},
    "slow": {"onset_density": -2, "flux": -1, "sounding_s": 1},
    "rhythmic": {"onset_count": 2, "regularity": 2, "crest": 0.5, "flux": 1},
    "driving": {"regularity": 2, "onset_count": 1.5, "bass_share": 1, "sounding_s": 1, "flux": 1},
    "hypnotic": {"regularity": 3, "hit_evenness": 1, "sounding_s": 1.5, "timbre_01": -0.5},
    "melodic": {"harmonicity": 1, "tonal_share": 1, "pitch_spread": 1, "flatness": -1,
                "onset_count": 1, "peakiness": 1, "sub_share": -0.5},
    "atmospheric": {"sounding_s": 2, "attack_s": 1, "crest": -1, "width": 1, "late_decay_s": 1,
                    "regularity": -0.5},
    "minimal": {"onset_density": -1, "bandwidth": -1, "timbre_01": -0.5, "chroma_entropy": -1,
                "loud_share": -1, "width": -0.5},
    "moving": {"centroid_spread": 2, "timbre_01": 1, "timbre_02": 1, "pitch_spread": 1},
}  # fmt: skip
"""Attribute -> descriptor -> weight. A negative weight counts what the descriptor lacks."""

ATTRIBUTES: tuple[str, ...] = tuple(RECIPES)
"""All attributes, in the order of the acoustic vector."""

SEED_TAGS = (
    "dark", "punchy", "hypnotic", "industrial", "gritty", "atmospheric", "driving", "melodic",
    "percussive", "minimal",
)  # fmt: skip
"""The tags that musicians' libraries are searched by: preferred where scores are close."""

_PREFERENCE = 0.08
_LIKENESS_COST = 0.25
_NOT_TAGS = ("mono", "short", "long")


def attribute_scores(features: Mapping[str, float]) -> dict[str, float]:
    """Rate how much of each attribute a sound has, in 0..1, in the order of ATTRIBUTES.

    features: as ``describe`` gives them. Silence gets what its defaults say; no errors.
    """
    scales = calibration().attributes
    raw = raw_attributes(features)
    return {name: round(scales[name].position(value), 4) for name, value in raw.items()}


def raw_attributes(features: Mapping[str, float]) -> dict[str, float]:
    """Compute the weighted means before their last scale, in 0..1. Needed to fit that scale."""
    scales = calibration().descriptors
    read = {name: scale.position(features[name]) for name, scale in scales.items()}
    return {name: weighted_mean(recipe, read) for name, recipe in RECIPES.items()}


def weighted_mean(recipe: Mapping[str, float], positions: Mapping[str, float]) -> float:
    """Mean of quantile positions; a negative weight takes 1 - position."""
    total = sum(abs(weight) for weight in recipe.values())
    summed = sum(
        weight * positions[name] if weight > 0 else -weight * (1.0 - positions[name])
        for name, weight in recipe.items()
    )
    return summed / total


def tags_of(features: Mapping[str, float], *, limit: int = 5) -> dict[str, float]:
    """Three to five words that say most about a sound, with their scores, best first.

    Words that say the same thing twice (recipes alike) give way to others.
    """
    return best_tags(attribute_scores(features), limit=limit)


def best_tags(scores: Mapping[str, float], *, limit: int = 5) -> dict[str, float]:
    """Choose tags one by one; from the fourth on only those that score at least 0.7."""
    left = {name: score for name, score in scores.items() if name not in _NOT_TAGS}
    chosen: dict[str, float] = {}
    while left and len(chosen) < limit:
        worth = {name: _worth(name, score, chosen) for name, score in left.items()}
        best = max(worth, key=lambda name: worth[name])
        score = left.pop(best)
        if len(chosen) >= 3 and score < 0.7:
            break
        chosen[best] = score
    return chosen


def _worth(name: str, score: float, chosen: Mapping[str, float]) -> float:
    preference = _PREFERENCE if name in SEED_TAGS else 0.0
    likeness = max((_likeness(name, other) for other in chosen), default=0.0)
    return score + preference - _LIKENESS_COST * likeness


@cache
def _likeness(first: str, second: str) -> float:
    """Cosine of two recipes, 0..1."""
    one, two = RECIPES[first], RECIPES[second]
    product = sum(weight * two.get(name, 0.0) for name, weight in one.items())
    lengths = sum(w * w for w in one.values()) * sum(w * w for w in two.values())
    return float(max(0.0, product / lengths**0.5))
