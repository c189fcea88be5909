"""Notes as a Standard MIDI File for fluidsynth, at 120 BPM, where a second has a fixed length."""

import struct
from collections.abc import Iterable

TICKS_PER_S = 960
_TEMPO = b"\xff\x51\x03\x07\xa1\x20"
_END = b"\xff\x2f\x00"

MidiEvent = tuple[int, int, bytes]
"""When, in ticks; its place among those of one moment; the message."""


def note_events(channel: int, pitch: int, velocity: int, *, at: int, until: int) -> list[MidiEvent]:
    """Make a note: off comes before what else begins at its end."""
    return [
        (at, 2, bytes([0x90 | channel, pitch, velocity])),
        (max(until, at + 1), 1, bytes([0x80 | channel, pitch, 0])),
    ]


def program_event(channel: int, program: int, *, at: int = 0) -> MidiEvent:
    """Make a change of the instrument of a channel."""
    return at, 1, bytes([0xC0 | channel, program])


def midi_bytes(events: Iterable[MidiEvent], *, tail_s: float = 0.0) -> bytes:
    """Write a file of format 0 that goes on for a while behind its last event."""
    track, now = bytearray(), 0
    ordered = sorted([(0, 0, _TEMPO), *events], key=lambda event: event[:2])
    for at, _, message in ordered:
        track += _variable_length(at - now) + message
        now = at
    track += _variable_length(round(tail_s * TICKS_PER_S)) + _END
    header = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS_PER_S // 2)
    return header + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def _variable_length(value: int) -> bytes:
    parts = [value & 0x7F]
    while value := value >> 7:
        parts.append(value & 0x7F | 0x80)
    return bytes(reversed(parts))
