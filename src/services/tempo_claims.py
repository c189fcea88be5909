"""What a stem's names, metadata and sound say of its tempo, and whether it is a loop."""

import math

from src.audio.analysis import HeardSound
from src.music.evidence import Candidate, Finding
from src.music.names import NameHints
from src.music.tempo import beats_in, beats_miss_s
from src.music.tempo_evidence import fuse_tempo
from src.storage.metadata import FileMetadata

_ACID_FITS_S = 0.02


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


def tempo_of(
    claims: list[Candidate[float]], heard: HeardSound, duration_s: float
) -> Finding[float] | None:
    candidates = list(claims)
    if heard.tempo is not None:
        candidates.append(Candidate(heard.tempo.bpm, heard.tempo.confidence, "audio"))
    exact = heard.tempo is not None and heard.tempo.bar_exact and heard.tempo.confidence > 0.3
    return fuse_tempo(candidates, duration_s=duration_s, heard_exact=exact)


def bars_of(
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
