"""Tags as other programs find them: read back by a library that is not ours."""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from tinytag import TinyTag

from src.audio.basics.validation import Audio
from src.core.errors import InvalidInputError
from src.storage.decode import read_audio
from src.storage.encode import FLAC_24, MP3_320, WAV_24, AudioSink, Encoding
from src.storage.riff import riff_chunks
from src.storage.tag_writing import Tags, tag_file


def picture() -> bytes:
    """A small PNG."""
    file = BytesIO()
    Image.new("RGB", (16, 8)).save(file, "PNG")
    return file.getvalue()


COVER = picture()
TAGS = Tags(
    title="Größe", genre="techno", comment="138 BPM, 夜", artist="Ada", bpm="138", key="F#m",
    cover=COVER,
)  # fmt: skip


def written(path: Path, audio: Audio, encoding: Encoding, tags: Tags | None) -> Path:
    with AudioSink(
        path, sample_rate=48_000, channels=audio.shape[0], encoding=encoding, tags=tags
    ) as sink:
        sink.write(audio)
    return path


@pytest.mark.parametrize(
    ("name", "encoding"), [("a.mp3", MP3_320), ("a.flac", FLAC_24), ("a.wav", WAV_24)]
)
def test_tempo_key_artist_and_cover_are_found_and_the_sound_is_the_same(
    tmp_path: Path, tone: Audio, name: str, encoding: Encoding
) -> None:
    plain = written(tmp_path / f"plain_{name}", np.tile(tone, 30), encoding, None)
    tagged = written(tmp_path / name, np.tile(tone, 30), encoding, TAGS)
    found = TinyTag.get(tagged, image=True)
    assert (found.title, found.artist, found.genre) == ("Größe", "Ada", "techno")
    assert (found.other["bpm"], found.other["initial_key"]) == (["138"], ["F#m"])
    assert found.comment == "138 BPM, 夜"
    front = found.images.front_cover
    assert front is not None
    assert (front.data, front.mime_type) == (COVER, "image/png")
    np.testing.assert_array_equal(read_audio(tagged).audio, read_audio(plain).audio)
    assert read_audio(tagged).warnings == ()
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_empty_is_left_out(tmp_path: Path, tone: Audio) -> None:
    path = written(tmp_path / "a.mp3", np.tile(tone, 30), MP3_320, Tags(title="T"))
    found = TinyTag.get(path, image=True)
    assert (found.title, found.artist, found.other) == ("T", None, {})
    assert found.images.any is None


def test_a_wav_stays_one_whose_sizes_agree(tmp_path: Path, tone: Audio) -> None:
    path = written(tmp_path / "a.wav", tone[:, :4_799], WAV_24, TAGS)
    data = path.read_bytes()
    assert struct.unpack("<I", data[4:8])[0] == len(data) - 8
    with path.open("rb") as file:
        names = [chunk.name for chunk in riff_chunks(file)]
    assert names[-1] == b"id3 "
    assert b"data" in names


def test_a_tag_that_was_there_is_replaced(tmp_path: Path, tone: Audio) -> None:
    path = written(tmp_path / "a.flac", tone, FLAC_24, TAGS)
    tag_file(path, "FLAC", Tags(title="New", bpm="90"))
    found = TinyTag.get(path, image=True)
    assert (found.title, found.artist, found.other) == ("New", None, {"bpm": ["90"]})
    assert found.images.any is None
    assert soundfile.info(path).frames == tone.shape[1]


def test_another_container_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="'OGG'"):
        tag_file(tmp_path / "a.ogg", "OGG", TAGS)
