"""Markers of a track for other programs: its sections, and where its chords change."""

from collections.abc import Iterator

from src.music.model.score import Score


def markers_of(score: Score) -> Iterator[tuple[float, str]]:
    """Yield (beats, text): "Verse: Am" where a section begins, "F" where a chord does.

    A section that stays on one chord, or has none, is a marker of its name alone.
    """
    for section in score.sections:
        changes = section.chords if len({one.chord for one in section.chords}) > 1 else ()
        first = f": {changes[0].chord}" if changes else ""
        yield section.start_beats, section.name + first
        for one in changes[1:]:
            yield one.start_beats, one.chord
