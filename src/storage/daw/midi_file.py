"""Writing Standard MIDI Files of type 1.

Layout by the MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001).
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError
from src.music.export.midi_parts import MidiCue, MidiNote, MidiPart, MidiSong

FINEST_TICKS_PER_BEAT = 1_920
"""Resolution of files. Readers refuse more than ten million ticks (pretty_midi), which 30,720 a
beat reach within three minutes; 1,920 reach them after three quarters of an hour. The price: a
note lies up to 0.13 ms (6 samples) off at 120 BPM, instead of half a sample. The DAW projects,
which place by fractions of beats, keep the finer places.
"""

_TEXT, _NAME, _MARKER, _CUE = 0x01, 0x03, 0x06, 0x07
_END, _TEMPO, _METRE, _KEY = 0x2F, 0x51, 0x58, 0x59
_CLOCKS_PER_QUARTER, _THIRTY_SECONDS_PER_QUARTER = 24, 8
_LARGEST_DELTA = 0x0FFF_FFFF
_LARGEST_TEMPO = 0xFF_FFFF


@dataclass(frozen=True, order=True)
class _Event:
    """What happens at a tick. Of one tick, smaller ranks come first: ends before starts."""

    tick: int
    rank: int
    message: bytes


def midi_bytes(song: MidiSong) -> bytes:
    """Write a song as the bytes of a .mid file: one track for tempo and markers, one per part.

    The tempo is kept in whole microseconds per beat, as the format wants it. A finer song is
    written at ``FINEST_TICKS_PER_BEAT``.
    """
    if not 1 <= song.ticks_per_beat <= 0x7FFF:
        raise InvalidInputError(
            f"a MIDI file has 1 to 32767 ticks per beat, got {song.ticks_per_beat}"
        )
    song = _coarser(song)
    chunks = [_track(_conductor(song), song.length_ticks)]
    chunks += [_track(_part(part), song.length_ticks) for part in song.parts]
    header = struct.pack(">HHH", 1, len(chunks), song.ticks_per_beat)
    return b"".join([_chunk(b"MThd", header), *chunks])


def _coarser(song: MidiSong) -> MidiSong:
    """Return the song at a resolution that all readers take."""
    if song.ticks_per_beat <= FINEST_TICKS_PER_BEAT:
        return song

    def ticks(fine: int) -> int:
        return round(fine * FINEST_TICKS_PER_BEAT / song.ticks_per_beat)

    def note(one: MidiNote) -> MidiNote:
        start, stop = ticks(one.start_tick), ticks(one.start_tick + one.length_ticks)
        return replace(one, start_tick=start, length_ticks=max(stop - start, 1))

    def cues(some: tuple[MidiCue, ...]) -> tuple[MidiCue, ...]:
        return tuple(replace(cue, tick=ticks(cue.tick)) for cue in some)

    parts = (
        replace(part, notes=tuple(note(one) for one in part.notes), cues=cues(part.cues))
        for part in song.parts
    )
    return replace(
        song,
        ticks_per_beat=FINEST_TICKS_PER_BEAT,
        length_ticks=ticks(song.length_ticks),
        markers=cues(song.markers),
        parts=tuple(parts),
    )


def _conductor(song: MidiSong) -> list[_Event]:
    tempo = min(max(round(60e6 / song.bpm), 1), _LARGEST_TEMPO)
    metre = bytes(
        [
            song.metre.numerator,
            song.metre.denominator.bit_length() - 1,
            round(_CLOCKS_PER_QUARTER * song.metre.quarters_per_beat),
            _THIRTY_SECONDS_PER_QUARTER,
        ]
    )
    signature = struct.pack(">bB", song.key_fifths, song.key_minor)
    events = [
        _Event(0, 0, _meta(_NAME, _text(song.title))),
        _Event(0, 1, _meta(_TEMPO, tempo.to_bytes(3, "big"))),
        _Event(0, 2, _meta(_METRE, metre)),
        _Event(0, 3, _meta(_KEY, signature)),
    ]
    return events + [_Event(cue.tick, 4, _meta(_MARKER, _text(cue.text))) for cue in song.markers]


def _part(part: MidiPart) -> list[_Event]:
    events = [_Event(0, 0, _meta(_NAME, _text(part.name)))]
    if part.about:
        events.append(_Event(0, 1, _meta(_TEXT, _text(part.about))))
    events += [_Event(cue.tick, 3, _meta(_CUE, _text(cue.text))) for cue in part.cues]
    for note in part.notes:
        on = bytes([0x90 | part.channel, note.key, note.velocity])
        off = bytes([0x80 | part.channel, note.key, 64])
        events.append(_Event(note.start_tick, 4, on))
        events.append(_Event(note.start_tick + note.length_ticks, 2, off))
    return events


def _track(events: Iterable[_Event], length_ticks: int) -> bytes:
    out, now = bytearray(), 0
    for event in sorted(events):
        out += _variable(event.tick - now) + event.message
        now = event.tick
    out += _variable(max(length_ticks - now, 0)) + _meta(_END, b"")
    return _chunk(b"MTrk", bytes(out))


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">I", len(body)) + body


def _meta(kind: int, body: bytes) -> bytes:
    return bytes([0xFF, kind]) + _variable(len(body)) + body


def _text(text: str) -> bytes:
    """Encode a text as UTF-8; the format leaves the encoding open."""
    return text.encode("utf-8")


def _variable(number: int) -> bytes:
    """Encode a number in groups of seven bits, the highest first; all but the last are marked."""
    if not 0 <= number <= _LARGEST_DELTA:
        raise InvalidInputError(f"a MIDI file counts from 0 to {_LARGEST_DELTA}, got {number}")
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.append(0x80 | number & 0x7F)
    return bytes(reversed(groups))
