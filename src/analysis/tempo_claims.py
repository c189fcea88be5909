"""What a stem's names, metadata and sound say of its tempo, and whether it is a loop."""

import math

from src.audio.analysis.analysis import HeardSound
from src.audio.analysis.tempo import cut_by_the_clock
from src.music.evidence.estimates import Candidate, Finding
from src.music.evidence.names import NameHints
from src.music.evidence.tempo import LEAST_TEMPO, SAME_TEMPO, fuse_tempo
from src.music.theory.tempo import beats_in, beats_miss_s
from src.storage.metadata import FileMetadata

_ACID_FITS_S = 0.02
_RANGE_WEIGHT = 0.6
_USUAL_DEFAULT = 120.0
_SINGLE_SOUNDS = ("kick", "snare", "clap", "hihat", "cymbal", "tom", "fx")
_KITS_PLAYING = ("drums",)
_SINGLE_CHANCE, _KIT_CHANCE = 0.75, 0.8
"""How often a file that names such a category, and neither loop nor tempo, is what it seems."""


def tempo_claims(
    hints: NameHints, metadata: FileMetadata | None, duration_s: float
) -> list[Candidate[float]]:
    """Tempos that names and metadata claim, with their weights.

    An ``acid`` chunk is believed only where its beats and tempo agree with the length: many
    programs write a default of 120 into every file. So do writers of tags.
    """
    claims = [
        Candidate(hint.value, hint.weight, "filename")
        for hint in (hints.bpm, hints.kit_bpm)
        if hint is not None
    ]
    if metadata is None:
        return claims
    if (edited := _edited_tempo(metadata, duration_s)) is not None:
        claims.append(edited)
    if metadata.tempo_bpm is not None:
        if _whole_bars(duration_s, metadata.tempo_bpm):
            weight = 0.85
        else:
            weight = 0.15 if metadata.tempo_bpm == _USUAL_DEFAULT else 0.5
        claims.append(Candidate(metadata.tempo_bpm, weight, "metadata"))
    return claims


def range_claims(hints: NameHints, heard: HeardSound) -> list[Candidate[float]]:
    """The octave of the heard tempo that lies in the range which a name states, if one does."""
    if hints.tempo_range is None or heard.tempo is None:
        return []
    low, high = hints.tempo_range
    octaves = [heard.tempo.bpm * factor for factor in (1.0, 0.5, 2.0)]
    return [
        Candidate(bpm, _RANGE_WEIGHT, "filename")
        for bpm in octaves
        if low * (1 - SAME_TEMPO) <= bpm <= high * (1 + SAME_TEMPO)
    ][:1]


def loop_claims(
    hints: NameHints, metadata: FileMetadata | None, heard: HeardSound, duration_s: float
) -> list[Candidate[bool]]:
    """What speaks for a loop or a one-shot; weights are probabilities."""
    likely = heard.loop_probability
    claims = [Candidate(likely > 0.5, max(likely, 1.0 - likely), "audio")]
    drums = heard.categories.get("drums", 0.0)
    if drums > 0.5:  # A full kit playing is a loop by the meaning of the category.
        claims.append(Candidate(True, 0.5 + 0.4 * drums, "audio"))
    return claims + _named_loop(hints, duration_s) + _written_loop(metadata, duration_s)


def _named_loop(hints: NameHints, duration_s: float) -> list[Candidate[bool]]:
    """What the names say of loop or one-shot, by a word, a category or a kit's tempo."""
    claims: list[Candidate[bool]] = []
    kit = hints.bpm or hints.kit_bpm
    if hints.is_loop is not None:
        claims.append(Candidate(hints.is_loop.value, hints.is_loop.weight, "filename"))
    elif kit is None and hints.category in _SINGLE_SOUNDS:
        claims.append(Candidate(False, _SINGLE_CHANCE, "filename"))
    elif hints.category in _KITS_PLAYING:
        claims.append(Candidate(True, _KIT_CHANCE, "filename"))
    if kit is not None and _whole_bars(duration_s, kit.value):
        chance = 0.65 if cut_by_the_clock(duration_s) else 0.85
        claims.append(Candidate(True, chance, "filename"))
    return claims


def _written_loop(metadata: FileMetadata | None, duration_s: float) -> list[Candidate[bool]]:
    """What a file's chunks say of loop or one-shot.

    A sampler's loop that begins within the sound, after the attack, sustains a note: such a
    file is a single sound.
    """
    if metadata is None:
        return []
    claims: list[Candidate[bool]] = []
    if metadata.acid is not None and metadata.acid.one_shot:
        claims.append(Candidate(False, 0.85, "metadata"))
    elif _edited_tempo(metadata, duration_s) is not None:
        claims.append(Candidate(True, 0.9, "metadata"))
    if metadata.loops and metadata.sample_rate:
        begins_s = min(first for first, _ in metadata.loops) / metadata.sample_rate
        if begins_s > 0.02 * duration_s:
            claims.append(Candidate(False, 0.8, "metadata"))
    tagged = metadata.tempo_bpm
    if tagged is not None and tagged != _USUAL_DEFAULT and _whole_bars(duration_s, tagged):
        claims.append(Candidate(True, 0.85, "metadata"))
    return claims


def _edited_tempo(metadata: FileMetadata, duration_s: float) -> Candidate[float] | None:
    """The tempo that a loop editor wrote, where it agrees with the length."""
    acid = metadata.acid
    if acid is None or acid.one_shot or acid.beats <= 0 or duration_s <= 0.0:
        return None
    if acid.tempo_bpm is None:
        told_bpm = acid.beats * 60.0 / duration_s
        usual = 40.0 <= told_bpm <= 300.0 and acid.stretched
        return Candidate(told_bpm, 0.7, "metadata") if usual else None
    if abs(acid.beats * 60.0 / acid.tempo_bpm - duration_s) < _ACID_FITS_S:
        return Candidate(acid.tempo_bpm, 0.9, "metadata")
    return None


def _whole_bars(duration_s: float, bpm: float) -> bool:
    """Whether a length is whole bars at a tempo to 5 ms."""
    beats = round(beats_in(duration_s, bpm))
    return beats >= 4 and beats % 4 == 0 and beats_miss_s(duration_s, bpm) < 0.005


def tempo_of(
    claims: list[Candidate[float]], heard: HeardSound, duration_s: float
) -> Finding[float] | None:
    """The tempo in the end, None where it is not known.

    Where only the sound tells one, it has to be likely that the clip is a loop with it.
    """
    tempo = heard.tempo
    if not claims and tempo is not None:
        chance = tempo.confidence * heard.loop_probability
        if chance < LEAST_TEMPO:
            return None
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
