"""What a stem is: its sound, its names and its metadata, put together."""

import math
from dataclasses import dataclass, field
from typing import Any

from src.audio.analysis import HeardSound, hear
from src.audio.loudness import integrated_loudness, true_peak_dbtp
from src.audio.validation import Audio
from src.music.evidence import (
    Candidate,
    Finding,
    KeyOpinion,
    fuse_category,
    fuse_key,
    fuse_loop,
    fuse_tempo,
    has_key,
)
from src.music.keys import key_name
from src.music.names import NameHints, name_hints
from src.music.tempo import beats_in, beats_miss_s
from src.storage.metadata import FileMetadata

ANALYSIS_VERSION = "1"
"""Changes whenever the same file could be heard differently."""

_ACID_FITS_S = 0.02
_ROOT_WEIGHT = 0.6
_TONAL_ONE_SHOTS = (
    "bass", "synth", "lead", "pad", "keys", "guitar", "strings", "brass", "vocal", "other",
)  # fmt: skip
_KEYLESS_LOOPS = ("fx",)
_LEAST_NOTE, _LEAST_NAMED = 0.3, 0.5


@dataclass(frozen=True)
class StemFacts:
    """All that is known of a stem. bpm, key, bars: None where unknown or meaningless.

    key: of a tonal one-shot its root note ("C")
    loudness_lufs, true_peak_dbtp: None where they can't be measured (silence)
    analysis: of bpm, key, category and is_loop: {"value", "confidence", "source"}; of the
        category also {"likeliest": the three best with their probabilities}
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


def analyse_stem(
    audio: Audio, *, sample_rate: int, relative_path: str, metadata: FileMetadata | None = None
) -> StemFacts:
    """Listen to a stem, read its names and metadata, and weigh them.

    audio: float32, shape (channels, samples)
    relative_path: below its library, "/" between folders; names are hints, not truths

    Longer than 30 s: its loudest 30 s are listened to, with a warning. All numbers that
    come out are finite.
    """
    hints = name_hints(relative_path)
    duration_s = audio.shape[1] / sample_rate
    claims = tempo_claims(hints, metadata, duration_s)
    proposed, first_category = [claim.value for claim in claims], dict(hints.categories[:1])
    heard = hear(
        audio, sample_rate=sample_rate, proposed_bpm=proposed, category_hints=first_category
    )
    category, shares = fuse_category(dict(hints.categories), heard.categories)
    loop = fuse_loop(loop_claims(hints, metadata, heard, duration_s))
    bpm = _tempo(claims, heard, duration_s) if loop.value else None
    key = _key(hints, metadata, heard, category.value, is_loop=loop.value)
    bars, downbeat_s = _bars(bpm, heard, duration_s)
    findings = {"bpm": bpm, "key": key, "is_loop": loop}
    return StemFacts(
        is_loop=loop.value,
        bars=bars,
        downbeat_s=downbeat_s,
        bpm=None if bpm is None else round(bpm.value, 3),
        key=None if key is None else key.value,
        category=category.value,
        tags=_tags(heard, hints),
        features=heard.features,
        loudness_lufs=_finite(integrated_loudness(audio, sample_rate=sample_rate)),
        true_peak_dbtp=_finite(true_peak_dbtp(audio, sample_rate=sample_rate)),
        analysis={name: _record(finding) for name, finding in findings.items()}
        | {"category": _record(category) | {"likeliest": _likeliest(shares)}},
        warnings=_warnings(heard, hints, bpm),
    )


def tempo_claims(
    hints: NameHints, metadata: FileMetadata | None, duration_s: float
) -> list[Candidate[float]]:
    """Tempos that names and metadata claim, with their weights.

    An ``acid`` chunk is believed only where its beats and tempo agree with the length: many
    programs write a default of 120 into every file.
    """
    claims: list[Candidate[float]] = []
    for hint in (hints.bpm, hints.kit_bpm):
        if hint is not None:
            claims.append(Candidate(hint.value, hint.weight, "filename"))
    acid = metadata.acid if metadata is not None else None
    if acid is not None and acid.tempo_bpm is not None and not acid.one_shot:
        told_s = acid.beats * 60.0 / acid.tempo_bpm
        if acid.beats > 0 and abs(told_s - duration_s) < _ACID_FITS_S:
            claims.append(Candidate(acid.tempo_bpm, 0.9, "metadata"))
    return claims


def loop_claims(
    hints: NameHints, metadata: FileMetadata | None, heard: HeardSound, duration_s: float
) -> list[Candidate[bool]]:
    """What speaks for a loop or a one-shot; weights are probabilities."""
    likely = heard.loop_probability
    claims = [Candidate(likely > 0.5, max(likely, 1.0 - likely), "audio")]
    drums = heard.categories.get("drums", 0.0)
    if drums > 0.5:  # A full kit playing is a loop by the meaning of the category.
        claims.append(Candidate(True, 0.5 + 0.4 * drums, "audio"))
    if hints.is_loop is not None:
        claims.append(Candidate(hints.is_loop.value, hints.is_loop.weight, "filename"))
    acid = metadata.acid if metadata is not None else None
    if acid is not None and acid.one_shot:
        claims.append(Candidate(False, 0.85, "metadata"))
    elif acid is not None and tempo_claims(NameHints(), metadata, duration_s):
        claims.append(Candidate(True, 0.9, "metadata"))
    kit = hints.bpm or hints.kit_bpm
    if kit is not None and beats_miss_s(duration_s, kit.value) < 0.005:
        beats = round(beats_in(duration_s, kit.value))
        if beats >= 4 and beats % 4 == 0:
            claims.append(Candidate(True, 0.85, "filename"))
    return claims


def _tempo(
    claims: list[Candidate[float]], heard: HeardSound, duration_s: float
) -> Finding[float] | None:
    candidates = list(claims)
    if heard.tempo is not None:
        candidates.append(Candidate(heard.tempo.bpm, heard.tempo.confidence, "audio"))
    exact = heard.tempo is not None and heard.tempo.bar_exact and heard.tempo.confidence > 0.3
    return fuse_tempo(candidates, duration_s=duration_s, heard_exact=exact)


def _key(
    hints: NameHints,
    metadata: FileMetadata | None,
    heard: HeardSound,
    category: str,
    *,
    is_loop: bool,
) -> Finding[str] | None:
    """The key of a loop, or the root note of a tonal one-shot. Drums have none."""
    if not has_key(category):
        return None
    candidates: list[Candidate[KeyOpinion]] = []
    for hint in (hints.key, hints.kit_key if is_loop else None):
        if hint is not None:
            opinion = KeyOpinion(hint.value, hint.mode_known)
            candidates.append(Candidate(opinion, hint.weight, "filename"))
    root = _root_note(metadata)
    if root is not None and not is_loop:
        opinion = KeyOpinion(key_name(root, minor=False), mode_known=False)
        candidates.append(Candidate(opinion, _ROOT_WEIGHT, "metadata"))
    named = max((candidate.weight for candidate in candidates), default=0.0)
    if is_loop and (category not in _KEYLESS_LOOPS or named >= _LEAST_NAMED):
        candidates += _heard_keys(heard)
    elif not is_loop and (category in _TONAL_ONE_SHOTS or named >= _LEAST_NAMED):
        candidates += _heard_notes(heard)
    return fuse_key(candidates)


def _heard_keys(heard: HeardSound) -> list[Candidate[KeyOpinion]]:
    """The keys that a melody or chords may be in, the four likeliest."""
    if heard.key is None:
        return []
    order = sorted(range(24), key=lambda place: -heard.key.scores[place] if heard.key else 0.0)
    certainty = heard.key.confidence / max(float(heard.key.scores[order[0]]), 1e-9)
    return [
        Candidate(
            KeyOpinion(key_name(place % 12, minor=place >= 12)),
            float(heard.key.scores[place]) * certainty,
            "audio",
        )
        for place in order[:4]
    ]


def _heard_notes(heard: HeardSound) -> list[Candidate[KeyOpinion]]:
    """The one note of a clip; where there is none, the root of its chord."""
    if heard.note is not None and heard.note.confidence >= _LEAST_NOTE:
        note = KeyOpinion(key_name(heard.note.pitch_class, minor=False), mode_known=False)
        return [Candidate(note, heard.note.confidence, "audio")]
    if heard.key is None or heard.chroma.clarity < 0.3:
        return []
    chord = KeyOpinion(key_name(heard.key.tonic, minor=heard.key.minor))
    return [Candidate(chord, 0.6 * heard.key.confidence, "audio")]


def _root_note(metadata: FileMetadata | None) -> int | None:
    """A root note that a chunk sets on purpose; 60 is every editor's default."""
    if metadata is None:
        return None
    acid = metadata.acid.root_note if metadata.acid is not None else None
    for note in (acid, metadata.sampler_root_note, metadata.instrument_root_note):
        if note is not None and note != 60:
            return note
    return None


def _bars(
    bpm: Finding[float] | None, heard: HeardSound, duration_s: float
) -> tuple[float | None, float]:
    """Bars of the loop and where its first downbeat lies."""
    if bpm is None:
        return None, 0.0
    if beats_miss_s(duration_s, bpm.value) < max(0.005, 0.002 * duration_s):
        return max(1, round(beats_in(duration_s, bpm.value))) / 4.0, 0.0
    downbeat_s = heard.tempo.downbeat_s if heard.tempo is not None else 0.0
    beats = math.floor(beats_in(duration_s - downbeat_s, bpm.value) + 0.05)
    if beats < 1:
        return None, downbeat_s
    return (float(beats // 4) if beats >= 4 else beats / 4.0), downbeat_s


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


def _record(finding: Finding[Any] | None) -> dict[str, Any]:
    if finding is None:
        return {"value": None, "confidence": 0.0, "source": "audio"}
    value = round(finding.value, 3) if isinstance(finding.value, float) else finding.value
    return {"value": value, "confidence": round(finding.confidence, 4), "source": finding.source}


def _likeliest(shares: dict[str, float]) -> dict[str, float]:
    best = sorted(shares.items(), key=lambda item: -item[1])[:3]
    return {category: round(share, 4) for category, share in best}


def _finite(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
