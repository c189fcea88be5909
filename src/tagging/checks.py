"""What is wrong with a training set, told before anything is trained."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from src.core.errors import InvalidInputError
from src.music.theory.keys import parse_key
from src.storage.paths import shown
from src.tagging.dataset_json import DatasetFile, DatasetSample
from src.tagging.lyrics_text import LONGEST_LYRICS, STRUCTURE_TAGS
from src.tagging.policy import FASTEST_BPM, SLOWEST_BPM
from src.tagging.records import SongRecord

LONGEST_CAPTION = 512
SHORTEST_S, LONGEST_S, CUT_S = 10, 600, 240
"""Lengths that ACE-Step takes, and from where its trainer cuts a song."""

MOST_DRIFT = 0.03
MOST_CLIPPED = 0.001
MOST_SILENT = 0.25
_FEW_SONGS = 4
_TIME_SIGNATURES = ("", "2", "3", "4", "6")

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. error: training would fail or learn wrong things

    song: name of its file, "" for the whole set; code: stable, for machines
    """

    level: Level
    code: str
    message: str
    song: str = ""


def check_dataset(
    dataset: DatasetFile, records: Mapping[str, SongRecord] | None = None
) -> list[Finding]:
    """Check a training set, errors first.

    records: by name of the song's file, where songs have been measured
    """
    known = records or {}
    found = [Finding("warning", "field_name", text) for text in dataset.warnings]
    if not dataset.samples:
        found.append(Finding("error", "empty", "a training set needs at least one song"))
    for sample in dataset.samples:
        found += _check_sample(sample)
        record = known.get(sample.filename)
        if record is not None:
            found += _check_record(record)
    found += _check_doubles(dataset.samples, known)
    found += _check_variety(dataset.samples)
    return sorted(found, key=lambda one: one.level != "error")


def _check_sample(sample: DatasetSample) -> Iterator[Finding]:
    song = sample.filename
    if not Path(sample.audio_path).is_file():
        where = shown(sample.audio_path)
        yield Finding("error", "missing_file", f"there is no file {where}", song)
    if not sample.caption.strip() and not sample.prompt_override:
        yield Finding("error", "no_caption", "a song needs a caption", song)
    if len(sample.caption) >= LONGEST_CAPTION:
        rule = f"a caption has less than {LONGEST_CAPTION} characters"
        yield Finding("error", "caption_length", f"{rule}, got {len(sample.caption)}", song)
    if sample.bpm is None:
        yield Finding("warning", "no_tempo", "the song has no tempo", song)
    elif not SLOWEST_BPM <= sample.bpm <= FASTEST_BPM:
        rule = f"a tempo is {SLOWEST_BPM} to {FASTEST_BPM} bpm"
        yield Finding("error", "tempo_range", f"{rule}, got {sample.bpm}", song)
    yield from _check_key(sample)
    if sample.timesignature not in _TIME_SIGNATURES:
        rule = "a time signature is 2, 3, 4 or 6"
        yield Finding("error", "time_signature", f"{rule}, got {sample.timesignature!r}", song)
    yield from _check_length(sample)
    yield from _check_lyrics(sample)


def _check_key(sample: DatasetSample) -> Iterator[Finding]:
    if not sample.keyscale:
        yield Finding("warning", "no_key", "the song has no key", sample.filename)
        return
    try:
        parse_key(sample.keyscale)
    except InvalidInputError as error:
        yield Finding("error", "key_name", error.message, sample.filename)


def _check_length(sample: DatasetSample) -> Iterator[Finding]:
    length_s, song = sample.duration, sample.filename
    if length_s and not SHORTEST_S <= length_s <= LONGEST_S:
        rule = f"a song lasts {SHORTEST_S} to {LONGEST_S} s"
        yield Finding("error", "duration_range", f"{rule}, got {length_s}", song)
    elif length_s > CUT_S:
        yield Finding("warning", "duration_cut", f"what lies after {CUT_S} s is not learnt", song)


def _check_lyrics(sample: DatasetSample) -> Iterator[Finding]:
    song = sample.filename
    if len(sample.lyrics) >= LONGEST_LYRICS:
        rule = f"lyrics have less than {LONGEST_LYRICS} characters"
        yield Finding("error", "lyrics_length", f"{rule}, got {len(sample.lyrics)}", song)
    if not sample.lyrics.strip() and not sample.is_instrumental:
        yield Finding("warning", "no_lyrics", "a sung song has no lyrics", song)
    tags = {f"[{tag}]" for tag in STRUCTURE_TAGS}
    unknown = {
        line for line in sample.lyrics.splitlines()
        if line.startswith("[") and line.endswith("]") and line not in tags
    }  # fmt: skip
    if unknown:
        yield Finding("warning", "structure_tag", f"unknown tags: {sorted(unknown)}", song)
    if "\ufffd" in sample.lyrics + sample.caption:
        yield Finding("error", "encoding", "characters were lost to a wrong encoding", song)


def _check_record(record: SongRecord) -> Iterator[Finding]:
    song = record.song
    for name, source in record.sources.items():
        for other, value in source.others:
            text = f"{name}: {source.source} is believed, {other} says {value}"
            yield Finding("warning", "disagreement", text, song)
    measures = record.measures
    if measures is None:
        return
    if measures.drift > MOST_DRIFT or measures.tempo_changes:
        text = f"the tempo goes {100 * measures.drift:.1f} % from its middle"
        yield Finding("warning", "tempo_drift", f"{text}, {measures.tempo_changes} jumps", song)
    if measures.clipped > MOST_CLIPPED:
        text = f"{100 * measures.clipped:.2f} % of the samples are clipped"
        yield Finding("warning", "clipping", text, song)
    if measures.silent > MOST_SILENT:
        text = f"{100 * measures.silent:.0f} % of the song are silent"
        yield Finding("warning" if measures.silent < 0.9 else "error", "silence", text, song)


def _check_doubles(
    samples: Sequence[DatasetSample], records: Mapping[str, SongRecord]
) -> Iterator[Finding]:
    by_content: dict[str, list[str]] = defaultdict(list)
    for sample in samples:
        record = records.get(sample.filename)
        by_content[record.content if record else sample.audio_path].append(sample.filename)
    for names in by_content.values():
        if len(names) > 1:
            yield Finding("error", "duplicate", f"the same sound: {', '.join(names)}", names[1])
    ids = Counter(sample.id for sample in samples)
    for one, count in ids.items():
        if count > 1:
            yield Finding("error", "duplicate_id", f"{count} samples have the id {one!r}")


def _check_variety(samples: Sequence[DatasetSample]) -> Iterator[Finding]:
    if len(samples) < _FEW_SONGS:
        return
    for name, values in (
        ("tempo", {sample.bpm for sample in samples}),
        ("key", {sample.keyscale for sample in samples}),
    ):
        if len(values) == 1 and values not in ({None}, {""}):
            text = f"all songs have one {name}, which a model then takes for part of the style"
            yield Finding("warning", f"one_{name}", text)
