"""A score as a session for a DAW: conformed sound files, and where they lie."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from src.audio.basics.gain import db_to_gain
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.progress import Progress, silent
from src.mixdown import Load, SampleGrid
from src.mixdown.conformed import ConformedSlices, NoteSpec, PassSpec
from src.mixdown.mixing import BLOCK_SAMPLES
from src.mixdown.sources import ChannelSource, ClipSource, NoteSource
from src.music.export.daw_session import (
    AudioItem,
    FilterSweep,
    Media,
    Session,
    SessionMarker,
    SessionTrack,
    gain_curve,
)
from src.music.export.markers import markers_of
from src.music.export.midi_parts import MidiNote, MidiSong
from src.music.export.quarters import in_quarters
from src.music.model.score import AutomationPoint, Channel, Score, ScoreSection
from src.storage.encode import WAV_FLOAT, AudioSink
from src.storage.paths import safe_name

MEDIA_FOLDER = "audio"
"""Where the sound files lie within a project."""

_FLAT_HZ, _OPEN_HZ = 21.0, 17_900.0


@dataclass(frozen=True)
class SessionStyle:
    """What a format can tell.

    baked: it has no gain of clips and lets none overlap: gains go into the files, and the
        hits of a one-shot become one file per section
    """

    baked: bool


@dataclass(frozen=True)
class SessionText:
    """What a session says about itself."""

    title: str
    genre: str
    comment: str


class SessionMaker:
    """Makes one session: writes its sound files below ``folder`` and tells where they lie.

    The files are 32-bit float, so that nothing clips before the faders. They hold slices
    that are stretched, shifted and filtered as in the mix, dry and at their own level.
    """

    def __init__(self, score: Score, *, load: Load, folder: Path, style: SessionStyle) -> None:
        self._score = in_quarters(score)
        self._folder = folder
        self._style = style
        self._grid = SampleGrid(self._score.bpm, PROJECT_SAMPLE_RATE)
        self._store = ConformedSlices(load, sample_rate=PROJECT_SAMPLE_RATE)
        self._made: dict[tuple[PassSpec | NoteSpec, float], Media] = {}
        self._names = {choice.stem_id: choice.name for choice in score.choices}
        self._taken: set[str] = set()

    def make(self, text: SessionText, song: MidiSong, progress: Progress = silent) -> Session:
        """Make the whole session. song: the same score as notes"""
        tracks = []
        for number, channel in enumerate(self._score.channels):
            progress("writing parts", number, len(self._score.channels))
            tracks.append(self._track(channel, song.parts[number].notes))
        score, end = self._score, self._grid.sample(self._score.length_beats)
        return Session(
            title=text.title,
            genre=text.genre,
            key=score.key,
            bpm=score.bpm,
            metre=score.metre,
            sample_rate=PROJECT_SAMPLE_RATE,
            length_s=end / PROJECT_SAMPLE_RATE + score.tail_s,
            ticks_per_beat=song.ticks_per_beat,
            markers=tuple(SessionMarker(beats, name) for beats, name in markers_of(score)),
            tracks=tuple(tracks),
            comment=text.comment,
        )

    def _track(self, channel: Channel, notes: tuple[MidiNote, ...]) -> SessionTrack:
        playing = ChannelSource(channel, self._grid, self._store)
        items = [self._clip(source, channel) for source in playing.clips]
        items += self._sections(channel) if self._style.baked else self._hits(playing, channel)
        return SessionTrack(
            name=channel.name,
            role=channel.role,
            volume=db_to_gain(channel.gain_db),
            pan=channel.pan,
            items=tuple(sorted(items, key=lambda item: item.start_beats)),
            notes=notes,
            volume_curve=gain_curve(_points(channel, "gain_db")),
            pan_curve=_points(channel, "pan"),
            sweeps=tuple(_sweeps(channel)),
        )

    def _clip(self, source: ClipSource, channel: Channel) -> AudioItem:
        clip, stop = source.clip, source.stop
        gain = db_to_gain(clip.gain_db)
        fade_in, fade_out = source.fades(self._store)
        length = clip.length_beats
        if self._grid.sample(clip.start_beats + length) != stop:
            length = self._beats(stop) - clip.start_beats
        baked = gain if self._style.baked else 1.0
        return AudioItem(
            name=self._names.get(clip.stem_id, channel.name),
            media=self._media(source.spec, clip.stem_id, channel, baked),
            start_beats=clip.start_beats,
            length_beats=length,
            pass_beats=source.pass_beats,
            passes=tuple(
                (first, min(first + samples, stop) - first)
                for first, samples in source.passes(source.start, stop)
            ),
            gain=gain / baked,
            fade_in_s=fade_in / PROJECT_SAMPLE_RATE,
            fade_out_s=fade_out / PROJECT_SAMPLE_RATE,
        )

    def _hits(self, playing: ChannelSource, channel: Channel) -> list[AudioItem]:
        """Write every hit as an item of its own; where they overlap, both sound."""
        notes = sorted(channel.notes, key=lambda note: note.start_beats)
        items = []
        for note, source in zip(notes, playing.notes, strict=True):
            media = self._media(source.spec, note.stem_id, channel, 1.0)
            end = source.end(self._store)
            cut = end < source.start + media.samples
            items.append(
                AudioItem(
                    name=self._names.get(note.stem_id, channel.name),
                    media=media,
                    start_beats=note.start_beats,
                    length_beats=self._beats(end) - note.start_beats,
                    pass_beats=self._beats(media.samples),
                    passes=((source.start, end - source.start),),
                    gain=source.gain,
                    fade_out_s=source.release / PROJECT_SAMPLE_RATE if cut else 0.0,
                )
            )
        return items

    def _sections(self, channel: Channel) -> list[AudioItem]:
        """Play the hits of a one-shot into one file per section; the last one rings out."""
        playing = ChannelSource(replace(channel, clips=()), self._grid, self._store)
        if not playing.notes:
            return []
        ends = [source.end(self._store) for source in playing.notes]
        items = []
        for number, section in enumerate(self._score.sections):
            start = self._grid.sample(section.start_beats)
            stop = self._grid.sample(section.start_beats + section.length_beats)
            last = number == len(self._score.sections) - 1
            sounding = [end for source, end in zip(playing.notes, ends, strict=True)
                        if source.start < stop and end > start]  # fmt: skip
            if sounding:
                end = max(sounding) if last else min(max(sounding), stop)
                items.append(self._section(channel, playing, section, (start, end)))
        return items

    def _section(
        self, channel: Channel, playing: ChannelSource, section: ScoreSection, span: tuple[int, int]
    ) -> AudioItem:
        start, end = span
        mono = all(self._is_mono(source) for source in playing.notes)
        path = self._free_path(channel, section.name)
        channels = 1 if mono else 2
        with AudioSink(
            self._folder / path,
            sample_rate=PROJECT_SAMPLE_RATE,
            channels=channels,
            encoding=WAV_FLOAT,
        ) as sink:
            for target in range(start, end, BLOCK_SAMPLES):
                samples = min(BLOCK_SAMPLES, end - target)
                sink.write(_sound(playing.play(target, samples), samples)[:channels])
        length = self._beats(end) - section.start_beats
        if end == self._grid.sample(section.start_beats + section.length_beats):
            length = section.length_beats
        return AudioItem(
            name=f"{channel.name} {section.name}",
            media=Media(path, end - start, channels),
            start_beats=section.start_beats,
            length_beats=length,
            pass_beats=length,
            passes=((start, end - start),),
        )

    def _is_mono(self, source: NoteSource) -> bool:
        return bool(self._store.sound(source.spec).shape[0] == 1)

    def _media(
        self, spec: PassSpec | NoteSpec, stem_id: str, channel: Channel, gain: float
    ) -> Media:
        """Write the file of a conformed slice at a gain when it is first needed."""
        if (spec, gain) not in self._made:
            conformed = self._store.sound(spec)
            path = self._free_path(channel, self._names.get(stem_id, ""))
            with AudioSink(
                self._folder / path, sample_rate=PROJECT_SAMPLE_RATE, channels=conformed.shape[0],
                encoding=WAV_FLOAT,
            ) as sink:  # fmt: skip
                sink.write(conformed * conformed.dtype.type(gain))
            self._made[spec, gain] = Media(path, conformed.shape[1], conformed.shape[0])
        return self._made[spec, gain]

    def _free_path(self, channel: Channel, name: str) -> str:
        """Find a path below the project that no other file has, whatever the case of its
        letters.
        """
        base = safe_name(f"{channel.name} {name}".strip())
        number = 1
        while True:
            path = f"{MEDIA_FOLDER}/{base if number == 1 else f'{base} {number}'}.wav"
            if path.casefold() not in self._taken:
                self._taken.add(path.casefold())
                return path
            number += 1

    def _beats(self, samples: int) -> float:
        return samples / self._grid.samples_per_beat


def _points(channel: Channel, parameter: str) -> tuple[AutomationPoint, ...]:
    found = [line.points for line in channel.automation if line.parameter == parameter]
    return tuple(sorted(found[-1], key=lambda point: point.beats)) if found else ()


def _sweeps(channel: Channel) -> Iterator[FilterSweep]:
    """List the filters of a channel that are ever at work."""
    for kind, open_hz, side in (("high_pass", _FLAT_HZ, 1.0), ("low_pass", _OPEN_HZ, -1.0)):
        points = _points(channel, f"{kind}_hz")
        if any(side * point.value > side * open_hz for point in points):
            yield FilterSweep(kind, points)


def _sound(block: Audio | None, samples: int) -> Audio:
    return np.zeros((2, samples), np.float32) if block is None else block
