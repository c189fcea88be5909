"""What the musical rooms know of a stem: plain values, no database, no sound."""

from dataclasses import dataclass, field

from src.music.theory.chords import HeardChord

CATEGORIES = (
    "kick", "snare", "clap", "hihat", "cymbal", "tom", "percussion", "drums", "bass", "synth",
    "lead", "pad", "keys", "guitar", "strings", "brass", "vocal", "fx", "atmo", "other",
)  # fmt: skip
"""The twenty kinds of stems. ``drums`` is a full drum loop."""

DRUM_CATEGORIES = ("kick", "snare", "clap", "hihat", "cymbal", "tom", "percussion", "drums")
"""Categories without a musical key."""

TONAL_CATEGORIES = (
    "bass", "synth", "lead", "pad", "keys", "guitar", "strings", "brass", "vocal",
)  # fmt: skip
"""Categories whose key matters."""


@dataclass(frozen=True)
class LoopNote:
    """A note of a melodic loop. pitch: MIDI number; start_s: from the start of the file"""

    pitch: int
    start_s: float
    length_s: float
    velocity: int


@dataclass(frozen=True)
class StemCard:
    """One stem as search, arranger and renderer see it.

    path: standardised copy, relative to the processed folder ("stems/ab12.wav")
    bpm, key, bars: None where unknown or meaningless (drums have no key, one-shots no tempo)
    key: "Am", "C", "F#m"; of a tonal one-shot its root note ("C")
    tags: tag -> score in 0..1
    confidence: of "bpm", "key", "category", "is_loop", in 0..1
    downbeat_s: where the first downbeat lies, in seconds from the start
    groove: of a loop how much begins on each sixteenth of a bar, 16 values, the largest 1
    chroma: how much sounds on each pitch class from C on, 12 values that sum to at most 1
    keys: probability by sound alone of each of keys.KEYS
        groove, chroma and keys are empty where they were not measured
    chords: of a tonal loop what is heard in it, from its first downbeat to its end; None where
        that is not known
    notes: of a melodic loop; empty where they are not known
    """

    id: str
    path: str
    name: str
    category: str
    is_loop: bool
    duration_s: float
    channels: int
    kit: str | None = None
    kit_id: str | None = None
    original_file: str = ""
    bars: float | None = None
    bpm: float | None = None
    key: str | None = None
    downbeat_s: float = 0.0
    tags: dict[str, float] = field(default_factory=dict)
    features: dict[str, float] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    user_rating: int | None = None
    licence: str | None = None
    groove: tuple[float, ...] = ()
    chroma: tuple[float, ...] = ()
    keys: tuple[float, ...] = ()
    chords: tuple[HeardChord, ...] | None = None
    notes: tuple[LoopNote, ...] = ()
