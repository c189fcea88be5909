"""What can be made of a finished track, and how each of it is made."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from src.core.progress import Progress
from src.mixdown import Load
from src.music.export.arrangement_picture import arrangement_svg
from src.music.export.credits import credits_dict, credits_text
from src.music.export.daw_session import Session
from src.music.export.midi_parts import MidiSong, midi_song
from src.music.model.score import Score
from src.music.theory.library import DRUM_CATEGORIES, StemCard
from src.music.theory.root_notes import root_note
from src.services.export.session import SessionMaker, SessionStyle, SessionText
from src.services.export.stems import StemFiles, write_stems
from src.storage.atomic import TEMPORARY_PREFIX, write_bytes, write_json, write_text
from src.storage.daw.dawproject import metadata_xml, project_xml
from src.storage.daw.midi_file import midi_bytes
from src.storage.daw.reaper import reaper_project
from src.storage.decode import sound_stream
from src.storage.encode import FLAC_24, MP3_320, WAV_24, AudioSink, Encoding
from src.storage.picture import picture_png
from src.storage.tag_writing import Tags
from src.storage.zips.writing import Member, write_zip

STEMS_FOLDER = "stems"
_BLOCK_SAMPLES = 2**18
_PICTURE_PEAKS = 600


@dataclass(frozen=True)
class Material:
    """All that exports of one track are made of.

    name: the track's file name without its ending
    wav: the finished track
    load, cards: how its stems are read, and what is known of them
    artist: whose track it is to be called; may be empty
    """

    name: str
    title: str
    genre: str
    score: Score
    wav: Path
    load: Load
    cards: dict[str, StemCard]
    artist: str = ""

    @property
    def key(self) -> str:
        """The key, as long as anything plays that has one; else nothing."""
        tonal = any(
            choice.category not in (*DRUM_CATEGORIES, "fx") for choice in self.score.choices
        )
        return self.score.key if tonal else ""

    @property
    def comment(self) -> str:
        """Tempo, key and maker in one line."""
        facts = (f"{self.score.bpm:g} BPM", self.key, "made with Traum-Engine")
        return ", ".join(fact for fact in facts if fact)

    @property
    def tags(self) -> Tags:
        """What sound files say about themselves."""
        return Tags(
            title=self.title, genre=self.genre, comment=self.comment, artist=self.artist,
            bpm=f"{self.score.bpm:g}", key=self.key,
        )  # fmt: skip

    @cached_property
    def song(self) -> MidiSong:
        """The score as notes."""
        found = {stem_id: root_note(card) for stem_id, card in self.cards.items()}
        roots = {stem_id: root for stem_id, root in found.items() if root is not None}
        melodies = {stem_id: card.notes for stem_id, card in self.cards.items() if card.notes}
        return midi_song(self.score, title=self.title, roots=roots, melodies=melodies)


Maker = Callable[[Material, Path, Progress], None]
"""Writes the files of one format below a folder."""


@dataclass(frozen=True)
class ExportFormat:
    """One thing that can be made of a track.

    effort: how long it takes compared with others
    needs_wav: the finished track; needs_stems: the stems of the library
    """

    make: Maker
    effort: float
    needs_wav: bool = False
    needs_stems: bool = False


def _encoded(suffix: str, encoding: Encoding, *, cover: bool = True) -> Maker:
    def make(of: Material, folder: Path, progress: Progress) -> None:
        picture = picture_png(_drawn(of, progress)) if cover else b""
        tags = replace(of.tags, cover=picture)
        _transcode(of, folder / f"{of.name}{suffix}", encoding, tags, progress)

    return make


def _transcode(
    of: Material, path: Path, encoding: Encoding, tags: Tags, progress: Progress
) -> None:
    """Write the finished track in another format, block by block."""
    with sound_stream(of.wav, block_samples=_BLOCK_SAMPLES) as sound:
        sink = AudioSink(
            path, sample_rate=sound.sample_rate, channels=sound.channels, encoding=encoding,
            tags=tags,
        )  # fmt: skip
        with sink:
            for block in sound.blocks:
                progress("encoding", sink.samples, sound.samples)
                sink.write(block)


def _stems(of: Material, folder: Path, progress: Progress) -> None:
    files = StemFiles(folder / STEMS_FOLDER, folder / f"{of.name}_premaster.wav")
    write_stems(of.score, files, load=of.load, tags=of.tags, progress=progress)


def _midi(of: Material, folder: Path, progress: Progress) -> None:
    progress("writing notes", 0, 1)
    write_bytes(folder / f"{of.name}.mid", midi_bytes(of.song))


def _dawproject(of: Material, folder: Path, progress: Progress) -> None:
    with _session(of, folder, SessionStyle(baked=True), progress) as (session, media):
        texts: list[Member] = [
            ("project.xml", project_xml(session)), ("metadata.xml", metadata_xml(session)),
        ]  # fmt: skip
        write_zip(folder / f"{of.name}.dawproject", texts + media)


def _reaper(of: Material, folder: Path, progress: Progress) -> None:
    with _session(of, folder, SessionStyle(baked=False), progress) as (session, media):
        text: Member = (f"{of.name}.rpp", reaper_project(session).encode("utf-8"))
        write_zip(folder / f"{of.name}_reaper.zip", [text, *media])


@contextmanager
def _session(
    of: Material, folder: Path, style: SessionStyle, progress: Progress
) -> Iterator[tuple[Session, list[Member]]]:
    """Make a session and its files, which are gone afterwards."""
    with TemporaryDirectory(dir=folder, prefix=TEMPORARY_PREFIX) as name:
        made = SessionMaker(of.score, load=of.load, folder=Path(name), style=style)
        text = SessionText(of.title, of.genre, of.comment)
        session = made.make(text, of.song, progress)
        yield session, [(media.path, Path(name) / media.path) for media in session.media]


def _picture(of: Material, folder: Path, progress: Progress) -> None:
    svg = _drawn(of, progress)
    write_text(folder / f"{of.name}.svg", svg)
    write_bytes(folder / f"{of.name}.png", picture_png(svg))


def _drawn(of: Material, progress: Progress) -> str:
    """Return the arrangement as SVG."""
    with sound_stream(of.wav, block_samples=_BLOCK_SAMPLES) as sound:
        step = max(1, -(-sound.samples // _PICTURE_PEAKS))
        peaks = np.zeros(-(-sound.samples // step))
        target = 0
        for block in sound.blocks:
            progress("drawing", target, sound.samples)
            columns = (target + np.arange(block.shape[1])) // step
            np.maximum.at(peaks, columns, np.abs(block).max(axis=0))
            target += block.shape[1]
    return arrangement_svg(of.score, title=of.title, peaks=peaks.tolist())


def _credits(of: Material, folder: Path, progress: Progress) -> None:
    progress("writing credits", 0, 1)
    write_text(folder / f"{of.name}_credits.txt", credits_text(of.score, title=of.title))
    write_json(folder / f"{of.name}_credits.json", credits_dict(of.score, title=of.title))


FORMATS: dict[str, ExportFormat] = {
    "wav": ExportFormat(_encoded(".wav", WAV_24, cover=False), 1.0, needs_wav=True),
    "flac": ExportFormat(_encoded(".flac", FLAC_24), 2.0, needs_wav=True),
    "mp3": ExportFormat(_encoded(".mp3", MP3_320), 8.0, needs_wav=True),
    "stems": ExportFormat(_stems, 16.0, needs_stems=True),
    "midi": ExportFormat(_midi, 0.1, needs_stems=True),
    "dawproject": ExportFormat(_dawproject, 4.0, needs_stems=True),
    "reaper": ExportFormat(_reaper, 3.0, needs_stems=True),
    "picture": ExportFormat(_picture, 1.0, needs_wav=True),
    "credits": ExportFormat(_credits, 0.1),
}
"""Every format by its name, in the order in which they are made."""
