"""The facts of a stem: its sound, its names and its metadata, put together."""

import math
from dataclasses import dataclass, field
from typing import Any

from src.analysis.chord_estimates import chord_estimate
from src.analysis.key_estimates import key_estimate, tonal_cues
from src.analysis.tempo_estimates import (
    bars_and_downbeat,
    loop_evidence,
    range_evidence,
    stated_tempos,
    tempo_estimate,
)
from src.audio.analysis.categories import CategoryModel
from src.audio.analysis.groove import groove_grid
from src.audio.analysis.sound_estimates import SoundEstimates, estimate_sound
from src.audio.analysis.tempo_octaves import octave_chances
from src.audio.basics.validation import Audio
from src.audio.metering.loudness import integrated_loudness, true_peak_dbtp
from src.music.evidence.category import fuse_category
from src.music.evidence.estimates import Estimate
from src.music.evidence.key import has_key
from src.music.evidence.kit_evidence import StemEvidence, evidence_record
from src.music.evidence.loop import fuse_loop
from src.music.evidence.names import NameHints, name_hints
from src.music.evidence.stem_in_kit import estimate_record
from src.music.evidence.tonal import with_tones
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES
from src.storage.metadata import FileMetadata

ANALYSIS_VERSION = "6"
"""Changes whenever the same file could be analysed otherwise."""


@dataclass(frozen=True)
class StemNames:
    """What is written of a stem, beside its sound.

    path: below its library, "/" between folders; names are evidence
    metadata: of the file; None where there is none to trust
    """

    path: str
    metadata: FileMetadata | None = None


@dataclass(frozen=True)
class StemFacts:
    """All that is known of a stem. bpm, key, bars: None where unknown or meaningless.

    key: of a tonal one-shot its root note ("C")
    loudness_lufs, true_peak_dbtp: None where they can't be measured (silence)
    analysis: of bpm, key, category and is_loop: {"value", "confidence", "source"}; of the
        category also {"likeliest": the three best with their probabilities}; "alone" is the
        evidence for reconciling its kit (kit_evidence), as found without it
    warnings: what the user may want to know, in words
    chords: of a tonal loop, as progressions.chord_row writes them; else None
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
    chords: dict[str, Any] | None = None


@dataclass(frozen=True)
class _Estimates:
    """What all evidence of one stem comes to.

    shares: of all categories, summing to 1
    key_if_tonal: the key also of a drum, should its kit show that it is none
    """

    category: Estimate[str]
    shares: dict[str, float]
    loop: Estimate[bool]
    bpm: Estimate[float] | None
    key: Estimate[str] | None
    key_if_tonal: Estimate[str] | None
    bars: float | None
    downbeat_s: float


def analyse(
    audio: Audio,
    names: StemNames,
    *,
    sample_rate: int,
    model: CategoryModel | None = None,
) -> StemFacts:
    """Analyse a stem: its sound, its names and its metadata, fused.

    audio: float32, shape (channels, samples)
    model: tells the category by sound; None takes the one that ships

    Longer than 30 s: its loudest 30 s are analysed, with a warning. All numbers are finite.
    Silence has no loudness, tempo or key.
    """
    hints, duration_s = name_hints(names.path), audio.shape[1] / sample_rate
    stated = stated_tempos(hints, names.metadata, duration_s)
    sound = estimate_sound(
        audio,
        sample_rate=sample_rate,
        proposed_bpm=[one.value for one in stated],
        category_hints=dict(hints.categories[:1]),
        model=model,
    )
    found = _fused(hints, names.metadata, sound, duration_s)
    chords = _chords(found, sound, audio, sample_rate)
    return StemFacts(
        is_loop=found.loop.value,
        bars=found.bars,
        downbeat_s=found.downbeat_s,
        bpm=None if found.bpm is None else round(found.bpm.value, 3),
        key=None if found.key is None else found.key.value,
        category=found.category.value,
        tags=_tags(sound, hints),
        features=sound.features,
        loudness_lufs=_finite(integrated_loudness(audio, sample_rate=sample_rate)),
        true_peak_dbtp=_finite(true_peak_dbtp(audio, sample_rate=sample_rate)),
        analysis=_notes(found, sound, duration_s),
        warnings=_warnings(sound, hints, found.bpm),
        chords=chords,
    )


def _fused(
    hints: NameHints, metadata: FileMetadata | None, sound: SoundEstimates, duration_s: float
) -> _Estimates:
    """Fuse names, metadata and sound."""
    stated = stated_tempos(hints, metadata, duration_s)
    loop = fuse_loop(loop_evidence(hints, metadata, sound, duration_s))
    by_sound = with_tones(sound.categories, tonal_cues(sound), is_loop=loop.value)
    category, shares = fuse_category(dict(hints.categories), by_sound)
    stated += range_evidence(hints, sound)
    bpm = tempo_estimate(stated, sound, duration_s) if loop.value else None
    key = key_estimate(hints, metadata, sound, shares, is_loop=loop.value)
    bars, downbeat_s = bars_and_downbeat(bpm, sound, duration_s)
    sounding = key if has_key(category.value) else None
    return _Estimates(category, shares, loop, bpm, sounding, key, bars, downbeat_s)


def _chords(
    found: _Estimates, sound: SoundEstimates, audio: Audio, sample_rate: int
) -> dict[str, Any] | None:
    """Estimate the chords of a loop that has a tempo and may have a key."""
    if found.bpm is None or not has_key(found.category.value):
        return None
    bpm, downbeat_s = found.bpm.value, found.downbeat_s
    return chord_estimate(audio, sound, sample_rate=sample_rate, bpm=bpm, downbeat_s=downbeat_s)


def _notes(
    found: _Estimates, sound: SoundEstimates, duration_s: float
) -> dict[str, dict[str, Any]]:
    """Record what is kept beside the values: confidence, source, and the evidence for the kit."""
    estimates = {"bpm": found.bpm, "key": found.key, "is_loop": found.loop}
    alone = StemEvidence(
        duration_s,
        found.category.value,
        found.loop,
        found.bpm,
        found.key_if_tonal,
        found.bars,
        found.downbeat_s,
        **_for_the_kit(sound, duration_s),
        shares=tuple(found.shares[name] for name in CATEGORIES),
        named=found.category.source == "filename",
    )
    return (
        {name: estimate_record(one) for name, one in estimates.items()}
        | {"category": estimate_record(found.category) | {"likeliest": _likeliest(found.shares)}}
        | {"alone": evidence_record(alone)}
        | {"matching": _for_matching(found, sound)}
    )


def _for_matching(found: _Estimates, sound: SoundEstimates) -> dict[str, Any]:
    """Record what tells whether others go with it: its chroma, and of a loop its groove."""
    chroma = [round(float(share), 3) for share in sound.chroma.all]
    if found.bpm is None:
        return {"chroma": chroma}
    first_s = 0.0 if sound.window_s is None else sound.window_s[0]
    bpm, downbeat_s = found.bpm.value, found.downbeat_s
    grid = groove_grid(sound.onsets, bpm=bpm, downbeat_s=downbeat_s, first_s=first_s)
    groove = [round(float(value), 3) for value in grid]
    return {"chroma": chroma, "groove": groove, "groove_bpm": round(bpm, 3)}


def _tags(sound: SoundEstimates, hints: NameHints) -> dict[str, float]:
    """Join the tags by sound with those that the names give; at most five."""
    tags = dict(sound.tags)
    for tag in hints.tags:
        tags[tag] = max(tags.get(tag, 0.0), 0.9)
    best = sorted(tags.items(), key=lambda item: -item[1])[:5]
    return {tag: round(float(score), 4) for tag, score in best}


def _warnings(
    sound: SoundEstimates, hints: NameHints, bpm: Estimate[float] | None
) -> tuple[str, ...]:
    warnings = []
    if sound.window_s is not None:
        start_s, length_s = sound.window_s
        warnings.append(
            f"long file: analysed from {start_s:.1f} s to {start_s + length_s:.1f} s only"
        )
    named = hints.bpm
    if bpm is not None and named is not None and abs(bpm.value / named.value - 1.0) > 0.02:
        warnings.append(f"its name says {named.value:g} BPM, but it sounds like {bpm.value:.2f}")
    return tuple(warnings)


def _for_the_kit(sound: SoundEstimates, duration_s: float) -> dict[str, tuple[Any, ...]]:
    """List all tempos and keys that the sound could have."""
    return {
        "tempos": () if sound.tempo is None else sound.tempo.candidates,
        "octaves": _octaves(sound, duration_s),
        "keys": () if sound.key is None else tuple(float(score) for score in sound.key.scores),
    }


def _octaves(sound: SoundEstimates, duration_s: float) -> tuple[tuple[float, float], ...]:
    """Rate the octaves of the analysed tempo by what plays."""
    if sound.tempo is None:
        return ()
    drums = sum(sound.categories[name] for name in DRUM_CATEGORIES)
    return octave_chances(
        sound.onsets, sound.playing, sound.tempo, duration_s=duration_s, drums=drums
    )


def _likeliest(shares: dict[str, float]) -> dict[str, float]:
    best = sorted(shares.items(), key=lambda item: -item[1])[:3]
    return {category: round(share, 4) for category, share in best}


def _finite(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
