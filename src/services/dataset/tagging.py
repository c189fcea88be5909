"""Tagging one song: read what it states, measure it, merge, write its texts and its record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from src.analysis import analyse_song
from src.storage.decode import read_audio
from src.storage.fingerprint import content_hash
from src.storage.metadata import read_metadata
from src.tagging.genius import Genius, Lyrics
from src.tagging.languages import language_of
from src.tagging.lyrics_sources import find_lyrics
from src.tagging.merging import merge, proposals_of
from src.tagging.outputs import persons_text, planned_lyrics, planned_prompts, write_planned
from src.tagging.policy import ORIGINAL_ORDER, SongTags, conform
from src.tagging.records import SongMeasures, SongRecord, read_record, write_record
from src.tagging.song_names import read_song_name
from src.tagging.songs import SongFiles
from src.tagging.whitelist import Whitelist

_LONGEST_SONG_S = 1_800.0


@dataclass(frozen=True)
class TaggingOptions:
    """How songs are tagged.

    order: of the tags in a prompt, see src.tagging.policy
    common: tags that a person gives all songs; those of a song's own prompt come first
    overwrite: whether texts that a person wrote are written over
    again: whether songs that are known already are measured again
    """

    whitelist: Whitelist
    order: tuple[str, ...] = ORIGINAL_ORDER
    common: SongTags | None = None
    overwrite: bool = False
    again: bool = False


@dataclass(frozen=True)
class TaggedSong:
    """What tagging a song gave. unknown: tags that a person wrote and the whitelist lacks"""

    record: SongRecord
    fresh: bool
    unknown: tuple[str, ...] = field(default=())


def tag_song(files: SongFiles, options: TaggingOptions) -> TaggedSong:
    """Tag a song and write its prompt, caption and record.

    A song whose sound is known already is not measured again. A prompt that a person wrote or
    changed counts as theirs, is read by the policy, and stays as it stands.

    Raises UnreadableAudioError for what is no sound.
    """
    known = read_record(files.record)
    digest = content_hash(files.song)
    same = known is not None and known.content == digest and not options.again
    metadata = read_metadata(files.song)
    tags = {**metadata.info, **metadata.tags}
    name = read_song_name(files.song.name, _stated_tags(tags))
    measures = known.measures if known is not None and same else None
    measures = _measured(files) if measures is None else measures
    written = {} if known is None else dict(known.written)
    person, unknown = _persons_tags(files, options, written)
    merged = merge(
        proposals_of(
            persons=[one for one in (person, options.common) if one is not None],
            name=name,
            genre=tags.get("GENRE") or tags.get("IGNR", ""),
            measures=measures,
            model=None,
            instrumental=known is not None and known.lyrics_state == "instrumental",
            whitelist=options.whitelist,
        )
    )
    record = replace(
        known or SongRecord(files.song.name, digest),
        content=digest, title=name.title, artist=name.artist, tags=merged.tags,
        key=name.key or measures.key, sources=merged.sources, measures=measures,
        notes=tuple(f"not in the whitelist: {tag}" for tag in unknown),
    )  # fmt: skip
    planned = planned_prompts(files, merged.tags, written, options.order)
    record = record.with_written(write_planned(planned, over_persons=options.overwrite))
    if record != known:
        write_record(files.record, record)
    return TaggedSong(record, fresh=not same, unknown=unknown)


def find_song_lyrics(
    files: SongFiles, genius: Genius | None, *, overwrite: bool = False
) -> SongRecord:
    """Find a song's lyrics, write them, and note in its record how that went."""
    known = read_record(files.record)
    metadata = read_metadata(files.song)
    name = read_song_name(files.song.name, _stated_tags({**metadata.info, **metadata.tags}))
    found: Lyrics = find_lyrics(files.song, name, genius)
    record = known or SongRecord(files.song.name, content_hash(files.song))
    planned = planned_lyrics(files, found.text, record.written)
    digests = write_planned(planned, over_persons=overwrite)
    record = replace(
        record,
        title=name.title,
        artist=name.artist,
        lyrics_state=found.state,
        lyrics_source=found.source or found.reason,
        language=language_of(found.text),
    ).with_written(digests)
    if record != known:
        write_record(files.record, record)
    return record


def _measured(files: SongFiles) -> SongMeasures:
    sound = read_audio(files.song, max_s=_LONGEST_SONG_S)
    return analyse_song(sound.audio, sample_rate=sound.sample_rate)


def _persons_tags(
    files: SongFiles, options: TaggingOptions, written: Mapping[str, str]
) -> tuple[SongTags | None, tuple[str, ...]]:
    text = None if options.overwrite else persons_text(files.prompt, written)
    if text is None:
        return None, ()
    result = conform(text, options.whitelist)
    return result.tags, tuple(one.text for one in result.dropped if one.reason == "unknown")


def _stated_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """Give RIFF's names of title and artist those of Vorbis comments."""
    both = dict(tags)
    for riff, name in (("INAM", "TITLE"), ("IART", "ARTIST")):
        if riff in both:
            both.setdefault(name, both[riff])
    return both
