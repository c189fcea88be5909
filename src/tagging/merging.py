"""One set of tags from several sources: a person's first, then what suits each field best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from src.tagging.policy import FASTEST_BPM, SLOWEST_BPM, SongTags, conform, spelled_mode
from src.tagging.records import FieldSource, SongMeasures, Source
from src.tagging.song_names import SongName
from src.tagging.whitelist import Whitelist

SAME_BPM = 0.02
"""Tempos this close, as a share, are one tempo."""

_OCTAVES = (0.5, 1.0, 2.0)
_SURE_MEASURE = 0.3
_SURE_KEY = 0.35
_FIELDS = ("genres", "bpm", "key", "moods", "instruments", "vocal_fx", "rap_style", "vocal")


@dataclass(frozen=True)
class Proposal:
    """The tags that one source gives. score: 0..1 of all of them, None where nobody rated them"""

    source: Source
    tags: SongTags
    score: float | None = None


@dataclass(frozen=True)
class MergedTags:
    """Tags and where each filled field of them came from."""

    tags: SongTags
    sources: dict[str, FieldSource]


def merge(proposals: Sequence[Proposal]) -> MergedTags:
    """Take each field from the first source that has it; others that differ are noted.

    proposals: in order of belief, see :func:`proposals_of`
    """
    values: dict[str, Any] = {}
    sources: dict[str, FieldSource] = {}
    for name in _FIELDS:
        given = [(one, getattr(one.tags, name)) for one in proposals]
        filled = [(one, value) for one, value in given if value not in (None, ())]
        if not filled:
            continue
        (first, value), *rest = filled
        values[name] = value
        others = tuple(
            (one.source, _shown(other)) for one, other in rest if _differs(name, value, other)
        )
        sources[name] = FieldSource(first.source, first.score, others)
    return MergedTags(SongTags(**values), sources)


def proposals_of(
    *,
    persons: Sequence[SongTags],
    name: SongName,
    genre: str,
    measures: SongMeasures | None,
    model: SongTags | None,
    instrumental: bool,
    whitelist: Whitelist,
) -> list[Proposal]:
    """List what each source says of a song, the most believed first.

    A person beats all. A tempo or key that a file states beats a measured one that agrees with it
    or is not sure; measured ones beat a model's words. Nobody guesses: what no source gives
    stays empty.

    persons: what people wrote, the most particular first; genre: of the file's tags
    instrumental: whether its lyrics say that nobody sings
    """
    stated = conform(genre.replace("/", ","), whitelist).tags
    stated = replace(
        SongTags(genres=stated.genres),
        bpm=None if name.bpm is None else round(name.bpm),
        key=None if name.key is None else spelled_mode(name.key),
        vocal="instrumental" if instrumental else None,
    )
    found = [Proposal("person", tags) for tags in persons]
    file = Proposal("file", stated)
    measured = None if measures is None else _measured(measures, name.bpm)
    if measured is None:
        found.append(file)
    else:
        contradicted = _contradicts(measures, stated)
        found += [measured, file] if contradicted else [file, measured]
    return found if model is None else [*found, Proposal("model", model)]


def _measured(measures: SongMeasures, stated_bpm: float | None) -> Proposal | None:
    """Take what was measured; where a name states half or double of the tempo, at its octave."""
    bpm = measures.bpm if measures.bpm_confidence >= _SURE_MEASURE else None
    if bpm is not None and stated_bpm is not None:
        near = [bpm * factor for factor in _OCTAVES
                if abs(bpm * factor / stated_bpm - 1.0) < SAME_BPM]  # fmt: skip
        bpm = near[0] if near else bpm
    whole = None if bpm is None or not SLOWEST_BPM <= bpm <= FASTEST_BPM else round(bpm)
    key = measures.key if measures.key_confidence >= _SURE_KEY else None
    mode = None if key is None else spelled_mode(key)
    return Proposal("measured", SongTags(bpm=whole, key=mode), measures.bpm_confidence)


def _contradicts(measures: SongMeasures | None, stated: SongTags) -> bool:
    """Tell whether a clearly measured tempo is none of the octaves of the stated one."""
    if measures is None or measures.bpm is None or stated.bpm is None:
        return False
    if measures.bpm_confidence < 2 * _SURE_MEASURE or measures.drift > SAME_BPM:
        return False
    bpm = measures.bpm
    return all(abs(bpm * factor / stated.bpm - 1.0) >= SAME_BPM for factor in _OCTAVES)


def _differs(name: str, value: Any, other: Any) -> bool:
    if name == "bpm":
        return abs(float(other) / float(value) - 1.0) >= SAME_BPM
    return bool(value != other)


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
