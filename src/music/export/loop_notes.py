"""The notes of melodic loops where their clips lie on the time line."""

from collections.abc import Iterator, Mapping

from src.music.model.score import Clip
from src.music.theory.library import LoopNote

PlacedNote = tuple[float, float, int, int]
"""Start and length in beats, MIDI number, velocity."""

Melodies = Mapping[str, tuple[LoopNote, ...]]
"""Notes by id of the loop; loops whose notes are not known are missing."""

_SHORTEST_BEATS = 1.0 / 64.0


def clip_notes(clip: Clip, melodies: Melodies, *, bpm: float) -> list[PlacedNote]:
    """Place the notes of a clip's loop, stretched, shifted and repeated as it plays.

    bpm: of the beats that the clip is counted in

    Backwards or on a tape that stops it has none; nor has a loop whose notes are not known.
    """
    notes = melodies.get(clip.stem_id, ())
    length_s = clip.source_length_s
    if not notes or clip.reverse or clip.tape_stop or length_s <= 0.0:
        return []
    beats_per_s = clip.stretch_ratio * bpm / 60.0
    within = [(start, note) for note in notes if (start := _offset_s(clip, note)) is not None]
    return sorted(
        placed
        for first in _passes(clip, length_s * beats_per_s)
        for start_s, note in within
        if (placed := _placed(clip, first + start_s * beats_per_s, note, beats_per_s)) is not None
    )


def _offset_s(clip: Clip, note: LoopNote) -> float | None:
    """Find where a note begins within the slice as it is played; None outside of the slice."""
    start_s = note.start_s - clip.source_start_s
    if not 0.0 <= start_s < clip.source_length_s:
        return None
    return (start_s - clip.rotate_s) % clip.source_length_s


def _passes(clip: Clip, pass_beats: float) -> Iterator[float]:
    number = 0
    while number * pass_beats < clip.length_beats - _SHORTEST_BEATS:
        yield number * pass_beats
        number += 1


def _placed(clip: Clip, at: float, note: LoopNote, beats_per_s: float) -> PlacedNote | None:
    """Cut a note at the end of its clip; None where it begins too late to be heard."""
    length = min(note.length_s * beats_per_s, clip.length_beats - at)
    if length < _SHORTEST_BEATS:
        return None
    pitch = min(max(note.pitch + round(clip.semitones), 0), 127)
    return clip.start_beats + at, length, pitch, note.velocity
