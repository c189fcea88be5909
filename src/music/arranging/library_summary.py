"""What a library holds, in a few numbers, so that a plan can ask for what is there."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from src.music.theory.key_fit import reach
from src.music.theory.keys import parse_key
from src.music.theory.library import TONAL_CATEGORIES

_Entry = TypeVar("_Entry", str, float)
_STRETCH = 0.1
"""A kit that must be stretched by so much helps a third as much as one at the tempo."""

_LEAST_CLOSE = 0.02
_MAX_SHIFT = 3


@dataclass(frozen=True)
class StemGroup:
    """Stems that share kit, category, tempo in BPM and key.

    stems: how many; bpm_weight, key_weight: the sum of their confidences in that value
    """

    kit: str | None
    category: str
    is_loop: bool
    bpm: float | None
    key: str | None
    stems: int = 1
    bpm_weight: float = 1.0
    key_weight: float = 1.0


@dataclass(frozen=True)
class KitSummary:
    """A kit, or loose stems alike: tempo in BPM and key where known, and how many stems."""

    bpm: float | None
    key: str | None
    stems: float


@dataclass(frozen=True)
class LibrarySummary:
    """Counts of stems by category, and the kits with their tempos and keys."""

    counts: Mapping[str, int] = field(default_factory=dict)
    kits: tuple[KitSummary, ...] = ()

    def tempos(self, low: float, high: float) -> dict[float, float]:
        """Stems by tempo within a range; half and double tempos count as well."""
        found: dict[float, float] = defaultdict(float)
        for kit in self.kits:
            for factor in (1.0, 2.0, 0.5) if kit.bpm else ():
                bpm = round((kit.bpm or 0.0) * factor, 2)
                if low <= bpm <= high:
                    found[bpm] += kit.stems
        return dict(found)

    def key_support(self, key: str, bpm: float) -> float:
        """Count the stems that fit a key, those that also fit the tempo counting most."""
        return sum(
            kit.stems * _tempo_closeness(kit.bpm, bpm) * _key_closeness(kit.key, key)
            for kit in self.kits
            if kit.key is not None
        )

    @property
    def keys(self) -> dict[str, float]:
        """Stems by key."""
        found: dict[str, float] = defaultdict(float)
        for kit in self.kits:
            if kit.key is not None:
                found[parse_key(kit.key)] += kit.stems
        return dict(found)


def summarise_library(groups: Iterable[StemGroup]) -> LibrarySummary:
    """Count a library. A kit has the tempo and key that most of its loops have."""
    counts: Counter[str] = Counter()
    kits: dict[str, list[StemGroup]] = defaultdict(list)
    for group in groups:
        counts[group.category] += group.stems
        if group.is_loop:
            kits[group.kit or f"loose {group.bpm} {group.key}"].append(group)
    return LibrarySummary(dict(counts), tuple(_summary(kits[name]) for name in sorted(kits)))


def _summary(groups: list[StemGroup]) -> KitSummary:
    tempos: dict[float, float] = defaultdict(float)
    keys: dict[str, float] = defaultdict(float)
    for group in groups:
        if group.bpm:
            tempos[round(group.bpm, 2)] += group.bpm_weight
        if group.key and group.category in TONAL_CATEGORIES:
            keys[group.key] += group.key_weight
    return KitSummary(_most(tempos), _most(keys), float(sum(group.stems for group in groups)))


def _most(weights: Mapping[_Entry, float]) -> _Entry | None:
    """Return the heaviest entry; of equals the smallest, so that the order of files is no
    matter.
    """
    return min(weights, key=lambda entry: (-weights[entry], entry), default=None)


def _tempo_closeness(kit_bpm: float | None, bpm: float) -> float:
    """1 at the same tempo (or half or double), falling with the stretch that it takes."""
    if not kit_bpm:
        return 0.3
    stretch = min(abs(bpm / (kit_bpm * factor) - 1.0) for factor in (0.5, 1.0, 2.0))
    return max(_LEAST_CLOSE, math.exp(-((stretch / _STRETCH) ** 2)))


def _key_closeness(kit_key: str, key: str) -> float:
    """Rate how well a kit can be brought into a key; what must be shifted or clashes counts
    less.
    """
    return reach(parse_key(kit_key), parse_key(key), limit=_MAX_SHIFT)
