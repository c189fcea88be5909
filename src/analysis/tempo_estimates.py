"""Tempo and bars of a stem, and whether it is a loop: evidence of names, metadata and sound."""

from src.audio.analysis.sound_estimates import SoundEstimates
from src.audio.analysis.tempo import cut_by_the_clock
from src.music.evidence.estimates import Estimate, Evidence
from src.music.evidence.names import NameHints
from src.music.evidence.tempo import LEAST_TEMPO, SAME_TEMPO, fuse_tempo
from src.music.theory.tempo import beats_in, beats_miss_s, fits_beats, loop_bars
from src.storage.metadata import FileMetadata

_ACID_FITS_S = 0.02
_RANGE_WEIGHT = 0.6
_USUAL_DEFAULT = 120.0
_SINGLE_SOUNDS = ("kick", "snare", "clap", "hihat", "cymbal", "tom", "fx")
_KITS_PLAYING = ("drums",)
_SINGLE_CHANCE, _KIT_CHANCE = 0.75, 0.8
"""How often a file that names such a category, and neither loop nor tempo, is what it seems."""

_UNREPEATED_CHANCE = 0.97
"""The same of those in which nothing comes again (323 of 325): DAWs cut effects and hits to whole
bars, too, so that their length proves little."""

_MOST_BY_LENGTH = 0.9
"""How likely a loop at most such a sound may be by what is heard."""


def stated_tempos(
    hints: NameHints, metadata: FileMetadata | None, duration_s: float
) -> list[Evidence[float]]:
    """Collect the tempos that names and metadata give, with their weights.

    An ``acid`` chunk is believed only where its beats and tempo agree with the length: many
    programs write a default of 120 into every file. So do writers of tags.
    """
    evidence = [
        Evidence(hint.value, hint.weight, "filename")
        for hint in (hints.bpm, hints.kit_bpm)
        if hint is not None
    ]
    if metadata is None:
        return evidence
    if (edited := _edited_tempo(metadata, duration_s)) is not None:
        evidence.append(edited)
    if metadata.tempo_bpm is not None:
        if _whole_bars(duration_s, metadata.tempo_bpm):
            weight = 0.85
        else:
            weight = 0.15 if metadata.tempo_bpm == _USUAL_DEFAULT else 0.5
        evidence.append(Evidence(metadata.tempo_bpm, weight, "metadata"))
    return evidence


def range_evidence(hints: NameHints, sound: SoundEstimates) -> list[Evidence[float]]:
    """Choose the octave of the analysed tempo that lies in the range which a name states."""
    if hints.tempo_range is None or sound.tempo is None:
        return []
    low, high = hints.tempo_range
    octaves = [sound.tempo.bpm * factor for factor in (1.0, 0.5, 2.0)]
    return [
        Evidence(bpm, _RANGE_WEIGHT, "filename")
        for bpm in octaves
        if low * (1 - SAME_TEMPO) <= bpm <= high * (1 + SAME_TEMPO)
    ][:1]


def loop_evidence(
    hints: NameHints, metadata: FileMetadata | None, sound: SoundEstimates, duration_s: float
) -> list[Evidence[bool]]:
    """Collect what speaks for a loop or a one-shot; weights are probabilities."""
    repeats = sound.loop_cues.repeats
    likely = sound.loop_probability
    if not repeats and _is_named_single(hints):
        likely = min(likely, _MOST_BY_LENGTH)
    evidence = [Evidence(likely > 0.5, max(likely, 1.0 - likely), "audio")]
    drums = sound.categories.get("drums", 0.0)
    if drums > 0.5:  # A full kit playing is a loop by the meaning of the category.
        evidence.append(Evidence(True, 0.5 + 0.4 * drums, "audio"))
    named = _named_loop(hints, duration_s, repeats=repeats)
    return evidence + named + _written_loop(metadata, duration_s)


def _named_loop(hints: NameHints, duration_s: float, *, repeats: bool) -> list[Evidence[bool]]:
    """Collect loop or one-shot by the names: a word, a category or a kit's tempo."""
    evidence: list[Evidence[bool]] = []
    kit = hints.bpm or hints.kit_bpm
    if hints.is_loop is not None:
        evidence.append(Evidence(hints.is_loop.value, hints.is_loop.weight, "filename"))
    elif _is_named_single(hints):
        chance = _SINGLE_CHANCE if repeats else _UNREPEATED_CHANCE
        evidence.append(Evidence(False, chance, "filename"))
    elif hints.category in _KITS_PLAYING:
        evidence.append(Evidence(True, _KIT_CHANCE, "filename"))
    if kit is not None and _whole_bars(duration_s, kit.value):
        chance = 0.65 if cut_by_the_clock(duration_s) else 0.85
        evidence.append(Evidence(True, chance, "filename"))
    return evidence


def _is_named_single(hints: NameHints) -> bool:
    """Tell whether names call it a single sound, and neither a loop nor by a tempo."""
    plain = hints.is_loop is None and hints.bpm is None and hints.kit_bpm is None
    return plain and hints.category in _SINGLE_SOUNDS


def _written_loop(metadata: FileMetadata | None, duration_s: float) -> list[Evidence[bool]]:
    """Collect loop or one-shot by the chunks of a file.

    A sampler's loop that begins within the sound, after the attack, sustains a note: such a
    file is a single sound.
    """
    if metadata is None:
        return []
    evidence: list[Evidence[bool]] = []
    if metadata.acid is not None and metadata.acid.one_shot:
        evidence.append(Evidence(False, 0.85, "metadata"))
    elif _edited_tempo(metadata, duration_s) is not None:
        evidence.append(Evidence(True, 0.9, "metadata"))
    if metadata.loops and metadata.sample_rate:
        begins_s = min(first for first, _ in metadata.loops) / metadata.sample_rate
        if begins_s > 0.02 * duration_s:
            evidence.append(Evidence(False, 0.8, "metadata"))
    tagged = metadata.tempo_bpm
    if tagged is not None and tagged != _USUAL_DEFAULT and _whole_bars(duration_s, tagged):
        evidence.append(Evidence(True, 0.85, "metadata"))
    return evidence


def _edited_tempo(metadata: FileMetadata, duration_s: float) -> Evidence[float] | None:
    """Take the tempo that a loop editor wrote, where it agrees with the length."""
    acid = metadata.acid
    if acid is None or acid.one_shot or acid.beats <= 0 or duration_s <= 0.0:
        return None
    if acid.tempo_bpm is None:
        written_bpm = acid.beats * 60.0 / duration_s
        usual = 40.0 <= written_bpm <= 300.0 and acid.stretched
        return Evidence(written_bpm, 0.7, "metadata") if usual else None
    if abs(acid.beats * 60.0 / acid.tempo_bpm - duration_s) < _ACID_FITS_S:
        return Evidence(acid.tempo_bpm, 0.9, "metadata")
    return None


def _whole_bars(duration_s: float, bpm: float) -> bool:
    """Tell whether a length is whole bars at a tempo to 5 ms."""
    beats = round(beats_in(duration_s, bpm))
    return beats >= 4 and beats % 4 == 0 and beats_miss_s(duration_s, bpm) < 0.005


def tempo_estimate(
    stated: list[Evidence[float]], sound: SoundEstimates, duration_s: float
) -> Estimate[float] | None:
    """Estimate the tempo of a loop; None where it is not known.

    stated: what names and metadata give

    Where only the sound has one, it has to be likely that the clip is a loop with it.
    """
    tempo = sound.tempo
    if tempo is None:
        return fuse_tempo(stated, duration_s=duration_s, sound_exact=False)
    if not stated and tempo.confidence * sound.loop_probability < LEAST_TEMPO:
        return None
    exact = tempo.bar_exact and tempo.confidence > 0.3
    evidence = [*stated, Evidence(tempo.bpm, tempo.confidence, "audio")]
    return fuse_tempo(evidence, duration_s=duration_s, sound_exact=exact)


def bars_and_downbeat(
    bpm: Estimate[float] | None, sound: SoundEstimates, duration_s: float
) -> tuple[float | None, float]:
    """Count the bars of a loop; with them where its first downbeat lies, in seconds."""
    if bpm is None:
        return None, 0.0
    downbeat_s = 0.0
    if sound.tempo is not None and not fits_beats(duration_s, bpm.value):
        downbeat_s = sound.tempo.downbeat_s
    return loop_bars(duration_s, bpm.value, downbeat_s=downbeat_s), downbeat_s
