"""What stems are once their company was asked: tempo, key and bars of each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from src.music.evidence import Finding
from src.music.kit_consensus import Place
from src.music.kit_evidence import StemEvidence
from src.music.kit_key import common_keys
from src.music.kit_tempo import common_tempos
from src.music.library import DRUM_CATEGORIES
from src.music.tempo import beats_in, beats_miss_s

KEYLESS_LOOPS = (*DRUM_CATEGORIES, "fx")
"""Categories whose loops get no key from a kit."""

_FITS_S, _FITS_SHARE = 0.005, 0.002


@dataclass(frozen=True)
class Settled:
    """What a stem is in its company. None where unknown or meaningless."""

    bpm: Finding[float] | None
    key: Finding[str] | None
    bars: float | None


def settle(stems: Sequence[StemEvidence], places: Sequence[Place]) -> list[Settled]:
    """Settle the tempo of loops and the key of tonal loops among all that lie together.

    places: kit and folder of each. The order of the stems makes no difference; nor does it
    matter what they were settled to before, since only their own evidence counts. One-shots
    stay as they are.
    """
    bpm = [stem.bpm for stem in stems]
    key = [stem.key for stem in stems]
    loops = [i for i, stem in enumerate(stems) if stem.is_loop.value]
    tonal = [i for i in loops if stems[i].category not in KEYLESS_LOOPS]
    tempos = common_tempos([stems[i] for i in loops], [places[i] for i in loops])
    keys = common_keys([stems[i] for i in tonal], [places[i] for i in tonal])
    for i, tempo in zip(loops, tempos, strict=True):
        bpm[i] = tempo
    for i, shared in zip(tonal, keys, strict=True):
        key[i] = shared
    return [
        Settled(bpm[i], key[i], _bars(stem, bpm[i])) for i, stem in enumerate(stems)
    ]  # fmt: skip


def finding_record(finding: Finding[Any] | None) -> dict[str, Any]:
    """A finding as a stem's analysis notes it: {"value", "confidence", "source"}."""
    if finding is None:
        return {"value": None, "confidence": 0.0, "source": "audio"}
    value = round(finding.value, 3) if isinstance(finding.value, float) else finding.value
    return {"value": value, "confidence": round(finding.confidence, 4), "source": finding.source}


def _bars(stem: StemEvidence, bpm: Finding[float] | None) -> float | None:
    """Bars of four beats at a settled tempo; those found alone where it stayed."""
    if bpm is None or (stem.bpm is not None and bpm.value == stem.bpm.value):
        return stem.bars
    if beats_miss_s(stem.duration_s, bpm.value) < max(_FITS_S, _FITS_SHARE * stem.duration_s):
        return max(1, round(beats_in(stem.duration_s, bpm.value))) / 4.0
    beats = math.floor(beats_in(max(stem.duration_s - stem.downbeat_s, 0.0), bpm.value) + 0.05)
    if beats < 1:
        return None
    return float(beats // 4) if beats >= 4 else beats / 4.0
