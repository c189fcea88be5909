"""What a DAW needs to know of a track: files on a time line, levels, markers, notes.

A session stands between the score and the formats of the DAWs, which all tell the same.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from src.music.export.midi_parts import MidiNote
from src.music.model.score import AutomationPoint
from src.music.theory.metre import Metre

_FINE_DB = 1.0
_INAUDIBLE_BEATS = 1e-6


@dataclass(frozen=True)
class Media:
    """A sound file of the session. path: within the project, with forward slashes."""

    path: str
    samples: int
    channels: int


@dataclass(frozen=True)
class AudioItem:
    """A stretch of a file on the time line; it always starts with the file's first sample.

    pass_beats: length of one pass of the file; an item that lasts longer repeats it
    passes: (first sample on the time line, length in samples) of each pass
    gain: factor; fade_in_s, fade_out_s: raised cosines
    """

    name: str
    media: Media
    start_beats: float
    length_beats: float
    pass_beats: float
    passes: tuple[tuple[int, int], ...]
    gain: float = 1.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0

    @property
    def end_beats(self) -> float:
        """Where it ends."""
        return self.start_beats + self.length_beats

    @property
    def repeats(self) -> bool:
        """Whether it plays more than one pass."""
        return len(self.passes) > 1


@dataclass(frozen=True)
class FilterSweep:
    """A filter of 12 dB per octave whose cutoff moves. points: in Hz

    kind: "low_pass" or "high_pass"
    """

    kind: str
    points: tuple[AutomationPoint, ...]


@dataclass(frozen=True)
class SessionTrack:
    """A channel of the mixer with what lies on it.

    volume: factor; pan: -1 (left) to 1 (right)
    volume_curve: factors that multiply the volume; pan_curve: positions in place of the pan
    sweeps: filters between the items and the fader
    notes: the same part for an instrument, in ticks
    """

    name: str
    role: str
    volume: float
    pan: float
    items: tuple[AudioItem, ...]
    notes: tuple[MidiNote, ...] = ()
    volume_curve: tuple[AutomationPoint, ...] = ()
    pan_curve: tuple[AutomationPoint, ...] = ()
    sweeps: tuple[FilterSweep, ...] = ()


@dataclass(frozen=True)
class SessionMarker:
    """A named place."""

    beats: float
    name: str


@dataclass(frozen=True)
class Session:
    """A whole project, counted in quarter notes.

    length_s: with its tail; ticks_per_beat: of the tracks' notes
    """

    title: str
    genre: str
    key: str
    bpm: float
    metre: Metre
    sample_rate: int
    length_s: float
    ticks_per_beat: int
    markers: tuple[SessionMarker, ...]
    tracks: tuple[SessionTrack, ...]
    comment: str = ""

    @property
    def media(self) -> tuple[Media, ...]:
        """Every file once, in the order of first use."""
        used = (item.media for track in self.tracks for item in track.items)
        return tuple(dict.fromkeys(used))


def layers(items: Iterable[AudioItem]) -> list[list[AudioItem]]:
    """Items spread over as few layers as it takes so that none overlaps another of its layer."""
    spread: list[list[AudioItem]] = []
    for item in sorted(items, key=lambda item: item.start_beats):
        for layer in spread:
            if layer[-1].end_beats <= item.start_beats + _INAUDIBLE_BEATS:
                layer.append(item)
                break
        else:
            spread.append([item])
    return spread


def gain_curve(points: Sequence[AutomationPoint]) -> tuple[AutomationPoint, ...]:
    """Convert a line in decibels to a line of factors, with points enough that both agree.

    Between points a decibel apart the straight line of factors is off by 0.015 dB at most.
    """
    ordered = sorted(points, key=lambda point: point.beats)
    out: list[AutomationPoint] = []
    for number, point in enumerate(ordered):
        if number > 0:
            before = ordered[number - 1]
            steps = int(abs(point.value - before.value) / _FINE_DB)
            if point.beats > before.beats:
                out += [_between(before, point, step / (steps + 1)) for step in range(1, steps + 1)]
        out.append(AutomationPoint(point.beats, _factor(point.value)))
    return tuple(out)


def _between(one: AutomationPoint, other: AutomationPoint, share: float) -> AutomationPoint:
    beats = one.beats + share * (other.beats - one.beats)
    return AutomationPoint(beats, _factor(one.value + share * (other.value - one.value)))


def _factor(level_db: float) -> float:
    return float(10.0 ** (level_db / 20.0))
