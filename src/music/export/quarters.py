"""A score counted in quarter notes, as MIDI and DAWs count whatever the metre."""

from dataclasses import replace

from src.music.model.score import Automation, Channel, Clip, Note, Score, ScoreChord, ScoreSection


def in_quarters(score: Score) -> Score:
    """Count tempo and places in quarter notes instead of beats.

    Only compound metres change: a beat of 6/8 is a quarter and a half, so that 60 BPM become 90.
    """
    factor = score.metre.quarters_per_beat
    if factor == 1.0:
        return score
    return replace(
        score,
        bpm=score.bpm * factor,
        sections=tuple(_section(section, factor) for section in score.sections),
        channels=tuple(_channel(channel, factor) for channel in score.channels),
        duck_release_beats=score.duck_release_beats * factor,
        echo_beats=score.echo_beats * factor,
    )


def _section(section: ScoreSection, factor: float) -> ScoreSection:
    return replace(
        section,
        start_beats=section.start_beats * factor,
        length_beats=section.length_beats * factor,
        chords=tuple(
            ScoreChord(one.chord, one.start_beats * factor, one.length_beats * factor)
            for one in section.chords
        ),
    )


def _channel(channel: Channel, factor: float) -> Channel:
    return replace(
        channel,
        clips=tuple(_clip(clip, factor) for clip in channel.clips),
        notes=tuple(_note(note, factor) for note in channel.notes),
        automation=tuple(_line(line, factor) for line in channel.automation),
    )


def _clip(clip: Clip, factor: float) -> Clip:
    return replace(
        clip,
        start_beats=clip.start_beats * factor,
        length_beats=clip.length_beats * factor,
    )


def _note(note: Note, factor: float) -> Note:
    length = None if note.length_beats is None else note.length_beats * factor
    return replace(note, start_beats=note.start_beats * factor, length_beats=length)


def _line(line: Automation, factor: float) -> Automation:
    points = (replace(point, beats=point.beats * factor) for point in line.points)
    return replace(line, points=tuple(points))
