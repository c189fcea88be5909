"""What stems are in the context of their kit: tempo, key and bars of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from src.music.evidence.confidence import (
    KEY_WEIGHTS,
    KIT_KEY_WEIGHTS,
    SAME_TEMPO,
    TEMPO_WEIGHTS,
    ContextCues,
    Cues,
    Neighbours,
    calibrated,
    key_cues,
    kit_key_cues,
    tempo_cues,
)
from src.music.evidence.estimates import Estimate, Source, Value
from src.music.evidence.kit_category import in_context
from src.music.evidence.kit_consensus import KitFolder
from src.music.evidence.kit_evidence import StemEvidence, stated
from src.music.evidence.kit_key import common_keys
from src.music.evidence.kit_octave import in_common_octave
from src.music.evidence.kit_tempo import common_tempos
from src.music.evidence.tonal import likeliest_kind
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES
from src.music.theory.tempo import loop_bars

KEYLESS_LOOPS = (*DRUM_CATEGORIES, "fx")
"""Categories whose loops get no key from a kit."""


@dataclass(frozen=True)
class StemInKit:
    """What a stem is in its context. None where unknown or meaningless.

    category: None where its context tells nothing of it
    likeliest: three categories with their probabilities: the reconciled one, then the likeliest
    """

    bpm: Estimate[float] | None
    key: Estimate[str] | None
    bars: float | None
    category: Estimate[str] | None
    likeliest: Mapping[str, float]


def reconcile(stems: Sequence[StemEvidence], positions: Sequence[KitFolder]) -> list[StemInKit]:
    """Settle categories, the tempo of loops and the key of tonal loops among all that lie together.

    positions: kit and folder of each. The order of the stems makes no difference; nor does it
    matter what they were reconciled to before, since only their own evidence counts. What turns
    out to be a drum loses its key. Confidences are the share of such estimates that are right.
    """
    found = fuse_in_context(stems, positions)
    cues = cues_in_context(stems, positions, found)
    return [
        replace(
            one,
            bpm=_deserved(one.bpm, of.tempo, TEMPO_WEIGHTS),
            key=_deserved(_deserved(one.key, of.key, KEY_WEIGHTS), of.kit_key, KIT_KEY_WEIGHTS),
        )
        for one, of in zip(found, cues, strict=True)
    ]


def fuse_in_context(
    stems: Sequence[StemEvidence], positions: Sequence[KitFolder]
) -> list[StemInKit]:
    """Reconcile stems, with the confidences that fusing leaves."""
    shares = shares_in_context(stems, positions)
    kinds = [
        next(iter(likeliest), stem.category) for likeliest, stem in zip(shares, stems, strict=True)
    ]
    bpm = [stem.bpm for stem in stems]
    key = [own_key(stem, kind) for kind, stem in zip(kinds, stems, strict=True)]
    loops = [i for i, stem in enumerate(stems) if stem.is_loop.value]
    tonal = [i for i in loops if kinds[i] not in KEYLESS_LOOPS]
    tempos = _tempos([stems[i] for i in loops], [positions[i] for i in loops])
    keys = common_keys([stems[i] for i in tonal], [positions[i] for i in tonal])
    for i, tempo in zip(loops, tempos, strict=True):
        bpm[i] = tempo
    for i, shared in zip(tonal, keys, strict=True):
        key[i] = shared
    return [
        StemInKit(bpm[i], key[i], _bars(stem, bpm[i]), _category(stem, shares[i]), shares[i])
        for i, stem in enumerate(stems)
    ]


def cues_in_context(
    stems: Sequence[StemEvidence], positions: Sequence[KitFolder], found: Sequence[StemInKit]
) -> list[ContextCues]:
    """Collect what tells how sure tempo and key of each loop are."""
    kits: dict[str, list[int]] = {}
    for number, (kit, _) in enumerate(positions):
        if stems[number].is_loop.value:
            kits.setdefault(kit, []).append(number)
    cues = [ContextCues()] * len(stems)
    for loops in kits.values():
        tempos = np.sort([one.value for n in loops if (one := found[n].bpm) is not None])
        keys = [key for n in loops if (key := found[n].key) is not None]
        for n in loops:
            tempo = found[n].bpm
            played = None
            if tempo is not None:
                played = tempo_cues(stems[n], tempo, _alike(tempos, tempo.value))
            cues[n] = replace(_cues_of_key(stems[n], found[n], keys), tempo=played)
    return cues


def _cues_of_key(
    stem: StemEvidence, found: StemInKit, keys: Sequence[Estimate[str]]
) -> ContextCues:
    """Collect what tells how sure a loop's key is. keys: of all loops of its kit, its own too"""
    own, category = found.key, found.category
    if own is None or any(stated(key) for key in keys):
        return ContextCues()
    if len(keys) == 1:
        kind = stem.category if category is None else category.value
        return ContextCues(key=key_cues(stem, kind, own))
    alike = sum(key.value == own.value for key in keys) - 1
    others = Neighbours(alike, len(keys) - 1 - alike)
    return ContextCues(kit_key=kit_key_cues(stem, own, others))


def _alike(tempos: NDArray[np.float64], bpm: float) -> Neighbours:
    """Count the other loops of the same tempo. tempos: of all, this one too, rising"""
    first = np.searchsorted(tempos, bpm / (1.0 + SAME_TEMPO))
    last = np.searchsorted(tempos, bpm * (1.0 + SAME_TEMPO), side="right")
    alike = int(last - first) - 1
    return Neighbours(alike, tempos.size - 1 - alike)


def _deserved(
    estimate: Estimate[Value] | None, cues: Cues | None, weights: Cues
) -> Estimate[Value] | None:
    if estimate is None or cues is None:
        return estimate
    return calibrated(estimate, cues, weights)


def _tempos(
    loops: Sequence[StemEvidence], positions: Sequence[KitFolder]
) -> list[Estimate[float] | None]:
    """Reconcile the tempos of loops that lie together, then the octave of each kit."""
    found = common_tempos(loops, positions)
    return in_common_octave(loops, [kit for kit, _ in positions], found)


def shares_in_context(
    stems: Sequence[StemEvidence], positions: Sequence[KitFolder]
) -> list[dict[str, float]]:
    """List the three likeliest categories of each, its folder considered; {} where it says nothing.

    A folder tells nothing of a stem whose category is all that is known, but such a stem
    (one that the user corrected) tells of the others.
    """
    if not any(stem.shares for stem in stems):
        return [{} for _ in stems]
    alone = np.array([stem.shares or _sure(stem.category) for stem in stems])
    found = in_context(
        alone / alone.sum(axis=1, keepdims=True), [folder for _, folder in positions]
    )
    return [
        best_categories(row) if stem.shares else {} for row, stem in zip(found, stems, strict=True)
    ]


def best_categories(shares: NDArray[np.float64]) -> dict[str, float]:
    """Three categories with their probabilities: the one to choose, then the likeliest."""
    rounded = dict(zip(CATEGORIES, np.round(shares, 4).tolist(), strict=True))
    best = likeliest_kind(rounded)
    order = sorted(CATEGORIES, key=lambda kind: (kind != best, -rounded[kind]))
    return {kind: rounded[kind] for kind in order[:3]}


def _category(stem: StemEvidence, likeliest: Mapping[str, float]) -> Estimate[str] | None:
    if not likeliest:
        return None
    best = next(iter(likeliest))
    own: Source = "filename" if stem.named else "audio"
    return Estimate(best, likeliest[best], own if best == stem.category else "kit")


def _sure(category: str) -> list[float]:
    return [float(name == category) for name in CATEGORIES]


def own_key(stem: StemEvidence, kind: str) -> Estimate[str] | None:
    """Choose the key that a stem has alone, given its category: of a drum only the user's."""
    by_user = stem.key is not None and stem.key.source == "user"
    return None if kind in DRUM_CATEGORIES and not by_user else stem.key


def estimate_record(estimate: Estimate[Any] | None) -> dict[str, Any]:
    """Convert an estimate to what a stem's analysis notes: {"value", "confidence", "source"}."""
    if estimate is None:
        return {"value": None, "confidence": 0.0, "source": "audio"}
    value = round(estimate.value, 3) if isinstance(estimate.value, float) else estimate.value
    return {"value": value, "confidence": round(estimate.confidence, 4), "source": estimate.source}


def _bars(stem: StemEvidence, bpm: Estimate[float] | None) -> float | None:
    """Bars of four beats at a reconciled tempo; those found alone where it stayed."""
    if bpm is None or (stem.bpm is not None and bpm.value == stem.bpm.value):
        return stem.bars
    return loop_bars(stem.duration_s, bpm.value, downbeat_s=stem.downbeat_s)
