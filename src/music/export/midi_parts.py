"""A score as MIDI: one-shots and melodies as notes, loops as cues, sections as markers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.music.casting.hats import OPEN
from src.music.export.loop_notes import Melodies, clip_notes
from src.music.export.markers import markers_of
from src.music.export.quarters import in_quarters
from src.music.model.score import Channel, Clip, Note, Score
from src.music.theory.keys import is_minor, pitch_class
from src.music.theory.library import DRUM_CATEGORIES
from src.music.theory.metre import Metre

TICKS_PER_BEAT = 30_720
"""960 times 32: sixteenths, triplets and quintuplets are whole ticks, and half a tick is
less than half a sample at 48 kHz from 94 BPM on."""

DRUM_CHANNEL = 9
"""Channel 10 of General MIDI, counted from 0."""

GENERAL_MIDI_DRUMS = {
    "kick": 36, "snare": 38, "clap": 39, "hihat": 42, "cymbal": 49, "tom": 45, "percussion": 63,
    "drums": 38,
}  # fmt: skip
"""Notes of the General MIDI level 1 percussion map by role; a hi-hat is closed."""

OPEN_HIHAT = 46
"""The General MIDI note of an open hi-hat."""

UNTUNED_KEY = 60
"""The note of a sound without a pitch that is no drum."""

_DRUM_BEATS = 0.25
_RINGING_BEATS = 1.0
_EITHER = 6
"""Sharps of F sharp major, or flats of G flat major."""

_FIFTHS_OF_MAJOR = {0: 0, 7: 1, 2: 2, 9: 3, 4: 4, 11: 5, 6: 6, 1: -5, 8: -4, 3: -3, 10: -2, 5: -1}


@dataclass(frozen=True)
class MidiNote:
    """A note in ticks from the start. key, velocity: 0..127"""

    start_tick: int
    length_ticks: int
    key: int
    velocity: int


@dataclass(frozen=True)
class MidiCue:
    """A text at a tick."""

    tick: int
    text: str


@dataclass(frozen=True)
class MidiPart:
    """One track of the file. channel: 0..15; about: a text at its start"""

    name: str
    channel: int
    about: str
    notes: tuple[MidiNote, ...]
    cues: tuple[MidiCue, ...]


@dataclass(frozen=True)
class MidiSong:
    """All of a MIDI file, in quarter notes: its tempo and its ticks.

    key_fifths: sharps (above 0) or flats (below 0) of the signature
    """

    title: str
    bpm: float
    metre: Metre
    key_fifths: int
    key_minor: bool
    ticks_per_beat: int
    length_ticks: int
    markers: tuple[MidiCue, ...]
    parts: tuple[MidiPart, ...]


def midi_song(
    score: Score, *, title: str, roots: Mapping[str, int], melodies: Melodies | None = None
) -> MidiSong:
    """Write a score as notes, cues and markers.

    roots: the note that each tonal one-shot sounds as it was recorded, by stem id; what is
        missing has no pitch and plays ``UNTUNED_KEY``
    melodies: the notes of melodic loops, by stem id; None: none is known

    Swing and the human hand are in the notes' places already and stay there. Drums play
    their General MIDI note on channel 10. A loop is a cue with its name, and
    its notes where they are known.
    """
    score = in_quarters(score)
    names = {choice.stem_id: choice.name for choice in score.choices}
    return MidiSong(
        title=title,
        bpm=score.bpm,
        metre=score.metre,
        key_fifths=_fifths(score.key),
        key_minor=is_minor(score.key),
        ticks_per_beat=TICKS_PER_BEAT,
        length_ticks=_ticks(score.length_beats),
        markers=tuple(MidiCue(_ticks(beats), name) for beats, name in markers_of(score)),
        parts=tuple(
            _part(channel, midi_channel, names, _notes(channel, roots, melodies or {}, score.bpm))
            for channel, midi_channel in zip(
                score.channels, _midi_channels(score.channels), strict=True
            )
        ),
    )


def _fifths(key: str) -> int:
    """Count the sharps of a key, flats below 0; Gb and Ebm, which could have either, have flats."""
    major = (pitch_class(key) + (3 if is_minor(key) else 0)) % 12
    fifths = _FIFTHS_OF_MAJOR[major]
    return -fifths if fifths == _EITHER and key[1:2] == "b" else fifths


def midi_key(role: str, note: Note, root: int | None) -> int:
    """Choose the MIDI note that a hit plays in a role."""
    if role == "hihat" and note.articulation == OPEN:
        return OPEN_HIHAT
    if role in GENERAL_MIDI_DRUMS:
        return GENERAL_MIDI_DRUMS[role]
    base = UNTUNED_KEY if root is None else root
    return min(max(base + round(note.semitones), 0), 127)


def _midi_channels(channels: Iterable[Channel]) -> list[int]:
    """Drums share channel 10, the others take turns on the other fifteen."""
    free = [number for number in range(16) if number != DRUM_CHANNEL]
    numbers, used = [], 0
    for channel in channels:
        if channel.role in DRUM_CATEGORIES:
            numbers.append(DRUM_CHANNEL)
        else:
            numbers.append(free[used % len(free)])
            used += 1
    return numbers


def _part(
    channel: Channel, midi_channel: int, names: Mapping[str, str], notes: Sequence[MidiNote]
) -> MidiPart:
    stems = dict.fromkeys(
        [*(n.stem_id for n in channel.notes), *(c.stem_id for c in channel.clips)]
    )
    return MidiPart(
        name=channel.name,
        channel=midi_channel,
        about=", ".join(names.get(stem, stem) for stem in stems),
        notes=tuple(notes),
        cues=tuple(
            MidiCue(
                _ticks(clip.start_beats), _reported(clip, names.get(clip.stem_id, clip.stem_id))
            )
            for clip in sorted(channel.clips, key=lambda clip: clip.start_beats)
        ),
    )


def _notes(
    channel: Channel, roots: Mapping[str, int], melodies: Melodies, bpm: float
) -> tuple[MidiNote, ...]:
    """List the notes of a channel in order: of its one-shots and of its melodic loops."""
    made = [*_hits(channel, roots), *_melodies(channel, melodies, bpm)]
    return tuple(sorted(made, key=lambda note: (note.start_tick, note.key)))


def _melodies(channel: Channel, melodies: Melodies, bpm: float) -> Iterator[MidiNote]:
    for clip in channel.clips:
        for start, length, key, velocity in clip_notes(clip, melodies, bpm=bpm):
            yield MidiNote(_ticks(start), max(1, _ticks(length)), key, velocity)


def _hits(channel: Channel, roots: Mapping[str, int]) -> list[MidiNote]:
    """List the hits of one-shots; none reaches into the next one of its key."""
    ringing = _DRUM_BEATS if channel.role in DRUM_CATEGORIES else _RINGING_BEATS
    by_key: dict[int, list[Note]] = defaultdict(list)
    for note in sorted(channel.notes, key=lambda note: note.start_beats):
        by_key[midi_key(channel.role, note, roots.get(note.stem_id))].append(note)
    return [
        _note(note, key, following, ringing)
        for key, notes in by_key.items()
        for note, following in zip(notes, [*notes[1:], None], strict=True)
    ]


def _note(note: Note, key: int, following: Note | None, ringing: float) -> MidiNote:
    """ringing: length in beats of a note that is not cut"""
    start = _ticks(note.start_beats)
    stop = _ticks(note.start_beats + (ringing if note.length_beats is None else note.length_beats))
    if following is not None:
        stop = min(stop, _ticks(following.start_beats))
    velocity = min(max(round(note.velocity * 127), 1), 127)
    return MidiNote(start, max(stop - start, 1), key, velocity)


def _reported(clip: Clip, name: str) -> str:
    """Put a clip in words: its name and what was done to it."""
    said = [name, f"{clip.length_beats:g} beats"]
    if abs(clip.stretch_ratio - 1.0) > 1e-4:
        said.append(f"stretched x{clip.stretch_ratio:.4g}")
    if clip.semitones:
        said.append(f"{clip.semitones:+g} semitones")
    if clip.reverse:
        said.append("reversed")
    if clip.tape_stop:
        said.append("tape stop")
    return ", ".join(said)


def _ticks(beats: float) -> int:
    return max(0, round(beats * TICKS_PER_BEAT))
