"""What a stem is: its sound, its names and its metadata, put together."""

import math
from dataclasses import dataclass, field
from typing import Any

from src.analysis.key_claims import cues_of, key_of
from src.analysis.tempo_claims import (
    bars_of,
    loop_claims,
    range_claims,
    tempo_claims,
    tempo_of,
)
from src.audio.analysis.analysis import HeardSound, hear
from src.audio.analysis.categories import CategoryModel
from src.audio.analysis.groove import groove_grid
from src.audio.basics.validation import Audio
from src.audio.metering.loudness import integrated_loudness, true_peak_dbtp
from src.music.evidence.category import fuse_category
from src.music.evidence.estimates import Finding
from src.music.evidence.key import has_key
from src.music.evidence.kit_evidence import StemEvidence, evidence_record
from src.music.evidence.kit_settlement import finding_record
from src.music.evidence.loop import fuse_loop
from src.music.evidence.names import NameHints, name_hints
from src.music.evidence.tonal import with_tones
from src.music.theory.library import CATEGORIES
from src.storage.metadata import FileMetadata

ANALYSIS_VERSION = "2"
"""Changes whenever the same file could be heard differently."""


@dataclass(frozen=True)
class StemFacts:
    """All that is known of a stem. bpm, key, bars: None where unknown or meaningless.

    key: of a tonal one-shot its root note ("C")
    loudness_lufs, true_peak_dbtp: None where they can't be measured (silence)
    analysis: of bpm, key, category and is_loop: {"value", "confidence", "source"}; of the
        category also {"likeliest": the three best with their probabilities}; "alone" is the
        evidence for settling its kit (kit_evidence), of what was heard without it
    warnings: what the user may want to know, in words
    """

    is_loop: bool
    bars: float | None
    downbeat_s: float
    bpm: float | None
    key: str | None
    category: str
    tags: dict[str, float]
    features: dict[str, float]
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    analysis: dict[str, dict[str, Any]]
    warnings: tuple[str, ...] = field(default=())


@dataclass(frozen=True)
class _Weighed:
    """What is believed of one stem.

    shares: of all categories, summing to 1
    key_if_tonal: the key also of a drum, should its kit show that it is none
    """

    category: Finding[str]
    shares: dict[str, float]
    loop: Finding[bool]
    bpm: Finding[float] | None
    key: Finding[str] | None
    key_if_tonal: Finding[str] | None
    bars: float | None
    downbeat_s: float


def analyse_stem(
    audio: Audio,
    *,
    sample_rate: int,
    relative_path: str,
    metadata: FileMetadata | None = None,
    model: CategoryModel | None = None,
) -> StemFacts:
    """Listen to a stem, read its names and metadata, and weigh them.

    audio: float32, shape (channels, samples)
    relative_path: below its library, "/" between folders; names are hints
    model: tells the category by sound; None takes the one that ships

    Longer than 30 s: its loudest 30 s are heard, with a warning. All numbers are finite.
    """
    hints, duration_s = name_hints(relative_path), audio.shape[1] / sample_rate
    heard = hear(
        audio,
        sample_rate=sample_rate,
        proposed_bpm=[claim.value for claim in tempo_claims(hints, metadata, duration_s)],
        category_hints=dict(hints.categories[:1]),
        model=model,
    )
    found = _weighed(hints, metadata, heard, duration_s)
    return StemFacts(
        is_loop=found.loop.value,
        bars=found.bars,
        downbeat_s=found.downbeat_s,
        bpm=None if found.bpm is None else round(found.bpm.value, 3),
        key=None if found.key is None else found.key.value,
        category=found.category.value,
        tags=_tags(heard, hints),
        features=heard.features,
        loudness_lufs=_finite(integrated_loudness(audio, sample_rate=sample_rate)),
        true_peak_dbtp=_finite(true_peak_dbtp(audio, sample_rate=sample_rate)),
        analysis=_notes(found, heard, duration_s),
        warnings=_warnings(heard, hints, found.bpm),
    )


def _weighed(
    hints: NameHints, metadata: FileMetadata | None, heard: HeardSound, duration_s: float
) -> _Weighed:
    """Names, metadata and sound, put together."""
    claims = tempo_claims(hints, metadata, duration_s)
    loop = fuse_loop(loop_claims(hints, metadata, heard, duration_s))
    by_sound = with_tones(heard.categories, cues_of(heard), is_loop=loop.value)
    category, shares = fuse_category(dict(hints.categories), by_sound)
    claims += range_claims(hints, heard)
    bpm = tempo_of(claims, heard, duration_s) if loop.value else None
    key = key_of(hints, metadata, heard, shares, is_loop=loop.value)
    bars, downbeat_s = bars_of(bpm, heard, duration_s)
    sounding = key if has_key(category.value) else None
    return _Weighed(category, shares, loop, bpm, sounding, key, bars, downbeat_s)


def _notes(found: _Weighed, heard: HeardSound, duration_s: float) -> dict[str, dict[str, Any]]:
    """What is kept beside the values: confidence, source, and the evidence for the kit."""
    findings = {"bpm": found.bpm, "key": found.key, "is_loop": found.loop}
    alone = StemEvidence(
        duration_s,
        found.category.value,
        found.loop,
        found.bpm,
        found.key_if_tonal,
        found.bars,
        found.downbeat_s,
        **_for_the_kit(heard),
        shares=tuple(found.shares[name] for name in CATEGORIES),
        named=found.category.source == "filename",
    )
    return (
        {name: finding_record(finding) for name, finding in findings.items()}
        | {"category": finding_record(found.category) | {"likeliest": _likeliest(found.shares)}}
        | {"alone": evidence_record(alone)}
        | {"matching": _for_matching(found, heard)}
    )


def _for_matching(found: _Weighed, heard: HeardSound) -> dict[str, Any]:
    """What tells whether others go with it: its tones, and of a loop its groove."""
    chroma = [round(float(share), 3) for share in heard.chroma.all]
    if found.bpm is None:
        return {"chroma": chroma}
    first_s = 0.0 if heard.window_s is None else heard.window_s[0]
    bpm, downbeat_s = found.bpm.value, found.downbeat_s
    grid = groove_grid(heard.onsets, bpm=bpm, downbeat_s=downbeat_s, first_s=first_s)
    groove = [round(float(value), 3) for value in grid]
    return {"chroma": chroma, "groove": groove, "groove_bpm": round(bpm, 3)}


def _tags(heard: HeardSound, hints: NameHints) -> dict[str, float]:
    """Tags by sound, strengthened or joined by those that the names give; at most five."""
    tags = dict(heard.tags)
    for tag in hints.tags:
        tags[tag] = max(tags.get(tag, 0.0), 0.9)
    best = sorted(tags.items(), key=lambda item: -item[1])[:5]
    return {tag: round(float(score), 4) for tag, score in best}


def _warnings(heard: HeardSound, hints: NameHints, bpm: Finding[float] | None) -> tuple[str, ...]:
    warnings = []
    if heard.window_s is not None:
        start_s, length_s = heard.window_s
        warnings.append(
            f"long file: analysed from {start_s:.1f} s to {start_s + length_s:.1f} s only"
        )
    named = hints.bpm
    if bpm is not None and named is not None and abs(bpm.value / named.value - 1.0) > 0.02:
        warnings.append(f"its name says {named.value:g} BPM, but it sounds like {bpm.value:.2f}")
    return tuple(warnings)


def _for_the_kit(heard: HeardSound) -> dict[str, tuple[Any, ...]]:
    """All tempos and keys that the sound could have."""
    return {
        "tempos": () if heard.tempo is None else heard.tempo.candidates,
        "keys": () if heard.key is None else tuple(float(score) for score in heard.key.scores),
    }


def _likeliest(shares: dict[str, float]) -> dict[str, float]:
    best = sorted(shares.items(), key=lambda item: -item[1])[:3]
    return {category: round(share, 4) for category, share in best}


def _finite(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
