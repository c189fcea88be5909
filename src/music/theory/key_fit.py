"""How a tonal stem gets into a track's key, by its stated key and by its chroma.

A named key is mostly right, but a stem in it may still sound like another: an acid line slides
over tones that are in no scale, a saw's fifth harmonic is a major third. And where nothing is
named, the key is only the likeliest of several. So the shift is chosen, and its worth weighed,
over all keys that the stem may be in, each with its probability.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

from src.music.theory.keys import KEYS, camelot_distance, relative_key, transpose

WORTHS = (1.0, 0.5, 0.25, 0.12, 0.08, 0.05, 0.04, 0.03)
"""What a stem at a Camelot distance is worth in a track's key. A fifth off mixes well from
record to record, but within a track its one foreign tone and its bass move the key."""

RELATIVE_WORTH = 0.95
"""The relative key has the same tones."""

SEMITONE_COST = 0.04
"""What each semitone of shifting takes from it: the sound loses some of its character."""

REACH_COST = 0.15
"""The same where the track's key is still open: there is no need to shift everything."""

SOUNDING_SHARE = 0.35
"""How much what is heard counts beside what is said and heard together (geometric mean)."""

_LEAST_SURE = 0.1
_SAME = 0.02
"""A confidence this near to what the sound alone gives says nothing more than the sound."""

Chances = tuple[float, ...]


@dataclass(frozen=True)
class KeyFit:
    """A shift in semitones, the Camelot distance that the likeliest key keeps, and its worth.

    worth: 0..1, what is to be expected of its key in the track's
    """

    semitones: int
    distance: int
    worth: float


@lru_cache(maxsize=8192)
def fit_key(
    key: str, sure: float, audible: Chances, target: str, *, limit: int, shift: int | None = None
) -> KeyFit:
    """Find the best shift of at most ``limit`` semitones either way.

    key: what the stem is believed to be in, ``sure`` in 0..1
    heard: probability by sound of each of KEYS; empty where it was not measured
    shift: the only one that is allowed, such as that of the stem's kit; None leaves it open
    """
    worths = shift_worths(key, sure, audible, target, limit=limit)
    best = _best_shift(worths) if shift is None else shift
    distance = camelot_distance(transpose(key, best), target)
    return KeyFit(best, distance, worths[best])


def joint_shift(stems: Sequence[tuple[str, float, Chances]], target: str, *, limit: int) -> int:
    """Find the one shift with which stems that belong together suit a key best.

    stems: of each the key it is believed to be in, how sure that is, and its chances by sound;
        the surer a key, the more it counts
    """
    totals = dict.fromkeys(range(-limit, limit + 1), 0.0)
    for key, sure, audible in stems:
        for shift, worth in shift_worths(key, sure, audible, target, limit=limit).items():
            totals[shift] += max(sure, _LEAST_SURE) * worth
    return _best_shift(totals)


@lru_cache(maxsize=8192)
def shift_worths(
    key: str, sure: float, audible: Chances, target: str, *, limit: int
) -> Mapping[int, float]:
    """Rate each shift of at most ``limit`` semitones, 0..1."""
    believed = _believed(key, sure, audible)
    listened = _summing_to_one(audible) if any(audible) else believed

    def worth(shift: int) -> float:
        expected = _expected(believed, target, shift)
        sounding = _expected(listened, target, shift)
        both = expected ** (1.0 - SOUNDING_SHARE) * sounding**SOUNDING_SHARE
        return float(both * (1.0 - SEMITONE_COST * abs(shift)))

    return MappingProxyType({shift: worth(shift) for shift in range(-limit, limit + 1)})


def _best_shift(worths: Mapping[int, float]) -> int:
    """Choose the shift of the highest worth, the smallest of equals."""
    shifts = sorted(worths, key=lambda shift: (abs(shift), shift))
    return max(shifts, key=lambda shift: round(worths[shift], 9))


def likeliest_key(audible: Chances) -> tuple[str, float] | None:
    """Find the key with the highest probability; None where none was estimated."""
    if not any(audible):
        return None
    best = max(range(len(KEYS)), key=lambda position: audible[position])
    return KEYS[best], audible[best]


def root_worth(sure: float) -> float:
    """Rate a one-shot that is moved to the track's root by a root so sure."""
    return sure + (1.0 - sure) * BY_CHANCE


def _believed(key: str, sure: float, audible: Chances) -> Chances:
    """Combine the given key with the estimates for the rest of the doubt."""
    position = KEYS.index(key)
    rest = _summing_to_one(audible) if any(audible) else (1.0 / len(KEYS),) * len(KEYS)
    if any(audible) and sure <= audible[position] + _SAME:
        return rest
    named = tuple(sure if other == position else 0.0 for other in range(len(KEYS)))
    return tuple(said + (1.0 - sure) * chance for said, chance in zip(named, rest, strict=True))


def _summing_to_one(chances: Sequence[float]) -> Chances:
    total = sum(chances)
    return tuple(chance / total for chance in chances)


def reach(key: str, target: str, *, limit: int) -> float:
    """Rate how far a kit in a key supports a track in another, 0..1: the less is shifted the
    better.
    """
    return max(
        _worth(transpose(key, shift), target) * (1.0 - REACH_COST * abs(shift))
        for shift in range(-limit, limit + 1)
    )


def _expected(chances: Chances, target: str, shift: int) -> float:
    return sum(a * b for a, b in zip(chances, _worths(target, shift), strict=True))


@cache
def _worths(target: str, shift: int) -> Chances:
    """Rate a stem in each of KEYS when it is shifted."""
    return tuple(_worth(transpose(key, shift), target) for key in KEYS)


def _worth(key: str, target: str) -> float:
    if key == relative_key(target):
        return RELATIVE_WORTH
    return WORTHS[camelot_distance(key, target)]


BY_CHANCE = sum(_worth(key, "C") for key in KEYS) / len(KEYS)
"""What a stem in any key whatever is worth: the mean over all keys."""
