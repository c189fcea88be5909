"""The score: what exactly sounds. Made once from plan, library and seed; then only played.

Nothing decides anything after it. Audio plays it, storage writes it down, editing changes
it, caches are keyed by its parts. All positions are in beats from the start of the track.
"""

from dataclasses import Field, dataclass, field, fields, is_dataclass
from typing import Any

from src.music.theory.metre import COMMON_TIME, InMetre

DECLICK_S = 0.005
"""How long a fade is at most that only keeps a cut from clicking: too short to be heard."""

VELOCITY_EXPONENT = 1.5
"""A note of velocity v sounds at a gain of v to the power of this."""


@dataclass(frozen=True)
class Reason:
    """Why a choice was made: one criterion, its score in 0..1 and a sentence."""

    criterion: str
    score: float
    text: str


@dataclass(frozen=True)
class Clip:
    """A slice of a stem on the time line.

    source_start_s, source_length_s: the slice of the stem's standardised copy
    start_beats, length_beats: where it sounds; a slice shorter than that repeats
    stretch_ratio: output length / input length of one pass (1.0 plays as it is)
    fade_in_s, fade_out_s: raised cosines at its two ends; 0 is a cut
    declick: a cut that would click is smoothed, over DECLICK_S at most
    reverse: plays backwards
    rotate_s: the slice begins this far in, and what was skipped follows at its end
    tape_stop: the tape is slowed from full speed to a standstill; its last beats, twice as
        long as the slice
    """

    stem_id: str
    start_beats: float
    length_beats: float
    source_start_s: float
    source_length_s: float
    stretch_ratio: float = 1.0
    semitones: float = 0.0
    gain_db: float = 0.0
    fade_in_s: float = 0.0
    fade_out_s: float = 0.0
    reverse: bool = False
    rotate_s: float = 0.0
    tape_stop: bool = False
    declick: bool = True


@dataclass(frozen=True)
class Note:
    """One hit of a one-shot. velocity is 0..1; timing offsets are already in start_beats.

    length_beats None lets the sound ring out.
    articulation: "open" of a hi-hat, else ""
    """

    stem_id: str
    start_beats: float
    velocity: float = 1.0
    semitones: float = 0.0
    length_beats: float | None = None
    articulation: str = ""


@dataclass(frozen=True)
class AutomationPoint:
    """A value at a position; between points the value runs in a straight line."""

    beats: float
    value: float


@dataclass(frozen=True)
class Automation:
    """One parameter over time.

    parameter: "gain_db", "pan" (-1..1), "low_pass_hz", "high_pass_hz", "reverb_send_db" or
        "delay_send_db"; -80 dB of a send is none
    """

    parameter: str
    points: tuple[AutomationPoint, ...]


@dataclass(frozen=True)
class Choice:
    """What a track's description says of a stem chosen for a part: reasons, rivals, credits.

    part: name of the channel that plays it; "voice" in JSON
    """

    stem_id: str
    name: str
    category: str
    asked_category: str
    sections: tuple[str, ...]
    score: float
    kit: str | None = None
    licence: str | None = None
    original_file: str = ""
    reasons: tuple[Reason, ...] = ()
    runners_up: tuple[str, ...] = ()
    part: str = field(default="", metadata={"json": "voice"})


@dataclass(frozen=True)
class Channel:
    """One channel of the mix: a part with its clips and notes, level, effects, automation.

    name: the part's, unique in the score; role: the category that it plays
    """

    name: str
    role: str
    clips: tuple[Clip, ...] = ()
    notes: tuple[Note, ...] = ()
    gain_db: float = 0.0
    pan: float = 0.0
    high_pass_hz: float | None = None
    mono_below_hz: float | None = None
    reverb_send_db: float | None = None
    delay_send_db: float | None = None
    duck_db: float = 0.0
    automation: tuple[Automation, ...] = ()


@dataclass(frozen=True)
class ScoreChord:
    """A chord that parts play over, for people and exports: its name, when, how long."""

    chord: str
    start_beats: float
    length_beats: float


@dataclass(frozen=True)
class ScoreSection:
    """A section on the time line.

    level_db: by how much all its parts were made louder or quieter so that it sounds as
        full as its energy says; the channels' automation already contains it
    chords: those that are played, one after the other; empty where nothing is decided
    """

    name: str
    start_beats: float
    length_beats: float
    energy: float
    level_db: float = 0.0
    chords: tuple[ScoreChord, ...] = ()


@dataclass(frozen=True)
class Score(InMetre):
    """A whole track, decided to the last sample.

    tail_s: how long it goes on after its last beat, for what still rings
    fade_out_s: ramp to silence at the end of the tail
    bus_compression: the mix is freed of DC and gently compressed before it is mastered
    duck_release_beats: how long a ducked track takes to come back after a kick
    echo_beats: distance between two repeats of the shared echo; 0.75 is a dotted eighth
    channels: "tracks" in JSON
    time_signature: bpm and beats count its beats, dotted quarters in 6/8
    warnings: what the plan asked for and the library could not give, for the user
    """

    bpm: float
    key: str
    seed: int
    sections: tuple[ScoreSection, ...]
    channels: tuple[Channel, ...] = field(metadata={"json": "tracks"})
    target_lufs: float | None
    ceiling_dbtp: float
    tail_s: float = 2.0
    choices: tuple[Choice, ...] = ()
    warnings: tuple[str, ...] = field(default=())
    fade_out_s: float = DECLICK_S
    bus_compression: bool = True
    duck_release_beats: float = 0.45
    echo_beats: float = 0.75
    time_signature: str = COMMON_TIME

    @property
    def length_beats(self) -> float:
        """Length of the track in beats, without its tail."""
        return sum(section.length_beats for section in self.sections)


def score_to_dict(score: Score) -> dict[str, Any]:
    """Write the score as plain JSON values."""
    return {**_to_dict(score), "beats_per_bar": score.beats_per_bar}


def choice_to_dict(choice: Choice) -> dict[str, Any]:
    """Write a choice as plain JSON values."""
    return _to_dict(choice)


def json_name(of: "Field[Any]") -> str:
    """Name a field of the score's records as the JSON beside a track does."""
    return str(of.metadata.get("json", of.name))


def _to_dict(record: Any) -> dict[str, Any]:
    return {json_name(one): _plain(getattr(record, one.name)) for one in fields(record)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return _to_dict(value)
    return tuple(_plain(item) for item in value) if isinstance(value, tuple) else value
