"""What music is asked for, and what a model can be asked for at all."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from src.core.errors import InvalidInputError
from src.music.theory.keys import is_minor, parse_key

Task = Literal["text2music", "cover", "repaint", "lego", "extract", "complete"]
TASKS: tuple[Task, ...] = get_args(Task)
"""text2music: from words alone. cover: the source again, otherwise. repaint: a window of the source
anew. lego: one more track for the source. extract: one track out of it. complete: tracks added."""

SOURCE_TASKS: frozenset[Task] = frozenset(TASKS) - {"text2music"}
"""What needs something to listen to."""

BASE_TASKS: frozenset[Task] = frozenset({"lego", "extract", "complete"})
"""What only a base checkpoint was trained for."""

TRACK_NAMES = (
    "woodwinds", "brass", "fx", "synth", "strings", "percussion", "keyboard", "guitar", "bass",
    "drums", "backing_vocals", "vocals",
)  # fmt: skip
"""The tracks that ACE-Step 1.5 tells apart."""

DURATION_S = (10.0, 600.0)
TEMPO_BPM = (30.0, 300.0)
TIME_SIGNATURES = (2, 3, 4, 6)
MOST_CAPTION = 511
MOST_LYRICS = 4095
MOST_VARIANTS = 8
MOST_SEED = 2**31 - 1
LANGUAGES = (
    "ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi",
    "hr", "ht", "hu", "id", "is", "it", "ja", "ko", "la", "lt", "ms", "ne", "nl", "no", "pa", "pl",
    "pt", "ro", "ru", "sa", "sk", "sr", "sv", "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi",
    "yue", "zh", "unknown",
)  # fmt: skip
"""Two letters each; "unknown" where the words have none, such as for an instrumental."""


@dataclass(frozen=True)
class MusicRequest:
    """What is asked of a model. Making one checks it: InvalidInputError names rule and value.

    style: joined to the prompt
    duration_s: of text2music; the other tasks are as long as their source
    key: "Am", "A minor", "8A"; kept as "Am"
    window_s: start and end of what repaint makes anew, in seconds of the source
    track_names: one for lego and extract, any number for complete
    cover_strength: 0..1, how near a cover stays to its source
    lora_id, lora_strength: an adapter, and 0..2 how strongly it works
    """

    prompt: str
    lyrics: str = ""
    style: str = ""
    duration_s: float = 60.0
    tempo_bpm: float | None = None
    key: str | None = None
    time_signature: int | None = None
    language: str = "unknown"
    seed: int = 0
    variants: int = 1
    task: Task = "text2music"
    window_s: tuple[float, float] | None = None
    track_names: tuple[str, ...] = ()
    cover_strength: float = 1.0
    lora_id: str | None = None
    lora_strength: float = 1.0

    def __post_init__(self) -> None:
        """Check every field. Raises InvalidInputError."""
        _check_words(self)
        _check_numbers(self)
        _check_music(self)
        _check_task(self)
        if self.key is not None:
            object.__setattr__(self, "key", parse_key(self.key))

    @property
    def caption(self) -> str:
        """The words that describe the music."""
        return ", ".join(part for part in (self.prompt.strip(), self.style.strip()) if part)

    @property
    def key_scale(self) -> str | None:
        """The key as the model learned it: "A minor"."""
        if self.key is None:
            return None
        return f"{self.key.removesuffix('m')} {'minor' if is_minor(self.key) else 'major'}"

    def to_dict(self) -> dict[str, Any]:
        """Write the request as JSON can hold it."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "MusicRequest":
        """Read what :meth:`to_dict` wrote. Raises InvalidInputError, also for unknown fields."""
        unknown = sorted(set(data) - {one.name for one in fields(cls)})
        if unknown:
            raise InvalidInputError(f"a request has no field {unknown[0]!r}")
        values = dict(data)
        for name in ("window_s", "track_names"):
            if values.get(name) is not None:
                values[name] = tuple(values[name])
        return cls(**values)


def _check_words(request: MusicRequest) -> None:
    if not request.caption:
        raise InvalidInputError("prompt must say something, got only spaces")
    if len(request.caption) > MOST_CAPTION:
        raise InvalidInputError(
            f"prompt and style may have {MOST_CAPTION} characters together, got"
            f" {len(request.caption)}"
        )
    if len(request.lyrics) > MOST_LYRICS:
        raise InvalidInputError(
            f"lyrics may have {MOST_LYRICS} characters, got {len(request.lyrics)}"
        )
    if request.language not in LANGUAGES:
        raise InvalidInputError(
            f"language must be one of {', '.join(LANGUAGES)}, got {request.language!r}"
        )


def _check_numbers(request: MusicRequest) -> None:
    _check_range("seed", request.seed, 0, MOST_SEED)
    _check_range("variants", request.variants, 1, MOST_VARIANTS)
    _check_range("cover_strength", request.cover_strength, 0.0, 1.0)
    _check_range("lora_strength", request.lora_strength, 0.0, 2.0)
    if request.task == "text2music":
        _check_range("duration_s", request.duration_s, *DURATION_S)


def _check_music(request: MusicRequest) -> None:
    if request.tempo_bpm is not None:
        _check_range("tempo_bpm", request.tempo_bpm, *TEMPO_BPM)
    if request.time_signature not in (None, *TIME_SIGNATURES):
        raise InvalidInputError(
            f"time_signature must be one of {', '.join(map(str, TIME_SIGNATURES))} (beats in a"
            f" bar), got {request.time_signature}"
        )


def _check_task(request: MusicRequest) -> None:
    if request.task not in TASKS:
        raise InvalidInputError(f"task must be one of {', '.join(TASKS)}, got {request.task!r}")
    for name in request.track_names:
        if name not in TRACK_NAMES:
            raise InvalidInputError(
                f"track_names must be of {', '.join(TRACK_NAMES)}, got {name!r}"
            )
    if request.task in ("lego", "extract") and len(request.track_names) != 1:
        raise InvalidInputError(
            f"{request.task} needs exactly one of track_names, got {len(request.track_names)}"
        )
    if request.task == "repaint" and request.window_s is None:
        raise InvalidInputError("repaint needs window_s: the start and end of what is made anew")
    if request.window_s is not None and request.task not in ("repaint", "lego"):
        raise InvalidInputError(f"window_s is for repaint and lego, not for {request.task}")
    if request.window_s is not None:
        _check_window(request.window_s)


def _check_window(window_s: tuple[float, float]) -> None:
    start_s, end_s = window_s
    if not (math.isfinite(start_s) and math.isfinite(end_s) and 0 <= start_s < end_s):
        raise InvalidInputError(
            f"window_s must begin at 0 s or later and end after that, got {start_s:g} to {end_s:g}"
        )


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not (math.isfinite(value) and low <= value <= high):
        raise InvalidInputError(f"{name} must be from {low:g} to {high:g}, got {value:g}")
