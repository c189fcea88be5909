"""From a row to the card that search, arranger and renderer read."""

from typing import Any

from src.db.models import Stem
from src.music.theory.groove import groove_at
from src.music.theory.library import StemCard


def card(stem: Stem) -> StemCard:
    """The stem's effective values as plain data, usable after the session is closed.

    What the user corrected has a confidence of 1.
    """
    return StemCard(
        id=stem.id,
        path=stem.path,
        name=stem.name,
        category=stem.category,
        is_loop=stem.is_loop,
        duration_s=stem.duration_s,
        channels=stem.channels,
        kit=None if stem.kit is None else stem.kit.name,
        kit_id=stem.kit_id,
        original_file=stem.original_file,
        bars=stem.bars,
        bpm=stem.bpm,
        key=stem.key,
        downbeat_s=stem.downbeat_s,
        tags=dict(stem.tags),
        features=dict(stem.features),
        confidence=_confidence(stem.analysis, stem.corrections),
        loudness_lufs=stem.loudness_lufs,
        true_peak_dbtp=stem.true_peak_dbtp,
        user_rating=stem.user_rating,
        licence=stem.licence,
        groove=_groove(stem),
        chroma=tuple(stem.analysis.get("matching", {}).get("chroma", ())),
        keys=tuple(stem.analysis.get("alone", {}).get("keys", ())),
    )


def _groove(stem: Stem) -> tuple[float, ...]:
    """The groove at the tempo that the stem has now, whoever said so."""
    noted = stem.analysis.get("matching", {})
    if not (stem.bpm and "groove" in noted):
        return ()
    return groove_at(noted["groove"], bpm=noted["groove_bpm"], target_bpm=stem.bpm)


def _confidence(analysis: dict[str, Any], corrections: dict[str, Any]) -> dict[str, float]:
    found = {
        name: float(evidence["confidence"])
        for name, evidence in analysis.items()
        if isinstance(evidence, dict) and "confidence" in evidence
    }
    return found | dict.fromkeys(corrections, 1.0)
