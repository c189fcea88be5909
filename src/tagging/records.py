"""What is known of a song, and where each field of it came from."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from src.core.errors import InvalidInputError
from src.storage.atomic import write_json
from src.storage.paths import shown
from src.tagging.policy import SongTags

Source = Literal["person", "file", "measured", "model"]
"""Who filled a field; an earlier one beats those behind it, but measuring beats files' tempos."""

SOURCES: tuple[Source, ...] = get_args(Source)
VERSION = 1


@dataclass(frozen=True)
class FieldSource:
    """Where a field came from. score: 0..1, None where nobody rated it

    others: what other sources gave instead, as (source, value)
    """

    source: Source
    score: float | None = None
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SongMeasures:
    """What was measured of a whole song.

    bpm, key, beats_per_bar: None where it has none that is clear; confidences in 0..1
    drift: farthest that the tempo goes from its median, as a share; tempo_changes: jumps
    key_changes: (seconds, key) of later keys; sections: (seconds, label)
    clipped: share of samples at full scale; silent: share of the time that is silent
    """

    duration_s: float
    bpm: float | None = None
    bpm_confidence: float = 0.0
    beats_per_bar: int | None = None
    drift: float = 0.0
    tempo_changes: int = 0
    key: str | None = None
    key_confidence: float = 0.0
    key_changes: tuple[tuple[float, str], ...] = ()
    sections: tuple[tuple[float, str], ...] = ()
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    clipped: float = 0.0
    silent: float = 0.0


@dataclass(frozen=True)
class SongRecord:
    """Everything the studio knows of a song.

    song: name of its file; content: digest of what was measured; key: "Am", where known
    sources: field of the tags -> where it came from
    written: name of a text -> digest of what the studio wrote there last
    """

    song: str
    content: str
    title: str = ""
    artist: str = ""
    tags: SongTags = field(default_factory=SongTags)
    key: str | None = None
    sources: Mapping[str, FieldSource] = field(default_factory=dict)
    measures: SongMeasures | None = None
    lyrics_state: str = "off"
    lyrics_source: str = ""
    language: str = "unknown"
    notes: tuple[str, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_instrumental(self) -> bool:
        """Whether nobody sings: by its vocal type, else by its lyrics' state."""
        if self.tags.vocal is not None:
            return self.tags.vocal == "instrumental"
        return self.lyrics_state == "instrumental"

    def with_written(self, digests: Mapping[str, str]) -> "SongRecord":
        """Note what texts were written."""
        return replace(self, written={**self.written, **digests})


def write_record(path: Path, record: SongRecord) -> None:
    """Write a record, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"version": VERSION, **_finite(asdict(record))})


def read_record(path: Path) -> SongRecord | None:
    """Read a record; None where there is none, or one of another version.

    Raises InvalidInputError for a file that is no record.
    """
    if not path.is_file():
        return None
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored.pop("version") != VERSION:
            return None
        return _record(stored)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InvalidInputError(f"{shown(path)} is no record of a song: {error}") from error


def _record(stored: dict[str, Any]) -> SongRecord:
    tags = {name: _tuples(value) for name, value in stored.pop("tags").items()}
    sources = {name: _source(one) for name, one in stored.pop("sources").items()}
    measured = stored.pop("measures")
    measures = measured and SongMeasures(**{name: _tuples(v) for name, v in measured.items()})
    rest = {name: _tuples(value) for name, value in stored.items()}
    return SongRecord(tags=SongTags(**tags), sources=sources, measures=measures, **rest)


def _source(stored: dict[str, Any]) -> FieldSource:
    if stored["source"] not in SOURCES:
        raise ValueError(f"no source {stored['source']!r}")
    return FieldSource(**{name: _tuples(value) for name, value in stored.items()})


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
