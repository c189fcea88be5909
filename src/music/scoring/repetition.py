"""Whether a score says the same thing twice: blocks of bars that hold exactly the same."""

import math
from collections import defaultdict
from collections.abc import Iterator

from src.music.model.score import Channel, Clip, Score

BLOCK_BARS = 16
_GRID = 12
"""Notes are compared on a grid of so many places per beat: a human hand is no variation."""

_PHASE_S = 0.002

Event = tuple[object, ...]


def repeated_blocks(score: Score, *, bars: int = BLOCK_BARS) -> tuple[tuple[int, int], ...]:
    """Pairs (earlier, later) of blocks of ``bars`` bars that hold the same, counted from 0.

    Compared are which stems sound where, from which place, at which pitch. Level and
    filters do not count as a difference. Blocks lie side by side from the start; an unfinished
    last block is left out, and so are blocks in which nothing sounds.
    """
    length = bars * score.beats_per_bar
    blocks: dict[frozenset[Event], list[int]] = defaultdict(list)
    for number in range(int(score.length_beats // length)):
        held = frozenset(_events(score, number * length, (number + 1) * length))
        if held:
            blocks[held].append(number)
    return tuple((numbers[0], later) for numbers in blocks.values() for later in numbers[1:])


def plays_in(channel: Channel, block: tuple[float, float]) -> bool:
    """Tell whether a channel begins or holds a sound between two beats."""
    start, end = block
    return any(start <= note.start_beats < end for note in channel.notes) or any(
        clip.start_beats < end and clip.start_beats + clip.length_beats > start
        for clip in channel.clips
    )


def _events(score: Score, start: float, end: float) -> Iterator[Event]:
    beat_s = 60.0 / score.bpm
    for channel in score.channels:
        yield from _clip_events(channel, start, end, beat_s)
        for note in channel.notes:
            if start - 0.5 / _GRID <= note.start_beats < end - 0.5 / _GRID:
                position = round((note.start_beats - start) * _GRID)
                yield (channel.name, note.stem_id, position, round(note.semitones, 2))


def _clip_events(channel: Channel, start: float, end: float, beat_s: float) -> Iterator[Event]:
    for clip in channel.clips:
        first = max(clip.start_beats, start)
        last = min(clip.start_beats + clip.length_beats, end)
        if last - first > 1e-6:
            into_s = _source_place_s(clip, first, beat_s)
            yield (
                channel.name, clip.stem_id, round((first - start) * _GRID),
                round((last - start) * _GRID), round(into_s / _PHASE_S),
                round(clip.semitones, 2), clip.reverse, clip.tape_stop,
            )  # fmt: skip


def _source_place_s(clip: Clip, beats: float, beat_s: float) -> float:
    """Find which position of its stem a clip plays at a beat, in seconds."""
    passed_s = (beats - clip.start_beats) * beat_s / clip.stretch_ratio
    into_s = math.fmod(passed_s + clip.rotate_s + 1e-9, clip.source_length_s)
    return clip.source_start_s + into_s
