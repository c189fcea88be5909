"""Writing sound as WAV, FLAC or MP3, whole or not at all, the same bytes every time."""

import errno
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import soundfile
from numpy.typing import NDArray

from src.audio.basics.validation import Audio, valid_audio
from src.core.errors import InvalidInputError
from src.storage.atomic import replacing
from src.storage.riff import riff_chunks
from src.storage.tag_writing import Tags, tag_file

BLOCK_SAMPLES = 65_536
"""How many samples per channel are handed to the encoder at a time."""

_FULL_SCALE = np.float32(2.0**31)
_HIGHEST = np.float32(2.0**31 - 2.0**7)
"""The largest float32 that fits 32 bits; its upper 24 are full scale."""

_PEAK_TIME = slice(4, 8)
"""Where the PEAK chunk of a float WAV keeps the moment of its making."""


class _UnsyncedSound(soundfile.SoundFile):  # type: ignore[misc]
    """A file that closes without waiting for the disk: ``replacing`` waits once for all of it."""

    def flush(self) -> None:
        """Leave it to the system when the bytes reach the disk."""


@dataclass(frozen=True)
class Encoding:
    """How sound is written: libsndfile's names of container and sample format.

    level, mode: of the encoder, where it has such
    """

    container: str
    subtype: str
    level: float | None = None
    mode: str | None = None


WAV_24 = Encoding("WAV", "PCM_24")
WAV_FLOAT = Encoding("WAV", "FLOAT")
"""For sound that may go beyond full scale and is mixed again."""

FLAC_24 = Encoding("FLAC", "PCM_24")
MP3_320 = Encoding("MP3", "MPEG_LAYER_III", level=0.0, mode="CONSTANT")
"""320 kbit/s throughout: libsndfile's best level at a constant rate."""


class AudioSink:
    """Takes sound block by block and ends as one file.

        with AudioSink(path, sample_rate=48_000, channels=2) as sink:
            sink.write(block)

    The file appears under its name when the block ends well; on an exception nothing
    stays behind. Samples beyond full scale are clipped, never wrapped, but for float.
    """

    def __init__(
        self,
        path: Path,
        *,
        sample_rate: int,
        channels: int = 2,
        encoding: Encoding = WAV_24,
        tags: Tags | None = None,
    ) -> None:
        self.path = path
        self.sample_rate = sample_rate
        self.channels = channels
        self.encoding = encoding
        self.samples = 0
        self._tags = tags
        self._stack = ExitStack()
        self._file: _UnsyncedSound | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            temporary = stack.enter_context(replacing(self.path))
            temporary.touch()  # libsndfile would not say why it can't write here
            if self.encoding.subtype == "FLOAT":
                stack.callback(_forget_time, temporary)
            stack.push(partial(self._tag, temporary))
            self._file = stack.enter_context(self._opened(temporary))
            self._stack = stack.pop_all()
        return self

    def _tag(
        self,
        path: Path,
        kind: type[BaseException] | None,
        *_: object,
    ) -> None:
        """Put the tags into the file once it is whole."""
        if kind is None and self._tags is not None:
            tag_file(path, self.encoding.container, self._tags)

    def _opened(self, path: Path) -> _UnsyncedSound:
        container = self.encoding.container
        sound = _UnsyncedSound(
            str(path),
            "w",
            samplerate=self.sample_rate,
            channels=self.channels,
            format="WAVEX" if container == "WAV" and self.channels > 2 else container,
            subtype=self.encoding.subtype,
            compression_level=self.encoding.level,
            bitrate_mode=self.encoding.mode,
        )
        if self._tags is not None and container == "WAV":
            for name in ("title", "genre", "comment", "artist"):
                if text := getattr(self._tags, name):
                    setattr(sound, name, text)
        return sound

    def write(self, block: Audio) -> None:
        """Append a block, shape (channels, samples)."""
        if self._file is None:
            raise InvalidInputError("an AudioSink takes blocks only inside its with statement")
        block = valid_audio(block, name="block")
        if block.shape[0] != self.channels:
            raise InvalidInputError(
                f"block must have {self.channels} channels like its file, got {block.shape[0]}"
            )
        for start in range(0, block.shape[1], BLOCK_SAMPLES):
            part = block[:, start : start + BLOCK_SAMPLES]
            try:
                self._file.write(self._encodable(part))
            except soundfile.LibsndfileError as error:
                raise OSError(errno.EIO, f"{error}: is the disk full?", str(self.path)) from error
        self.samples += block.shape[1]

    def _encodable(self, block: Audio) -> NDArray[np.int32] | NDArray[np.float32]:
        """Convert a block to what the encoder takes, shape (samples, channels)."""
        if self.encoding.subtype == "PCM_24":
            return _integers(block)
        turned = np.ascontiguousarray(block.T)
        return turned if self.encoding.subtype == "FLOAT" else np.clip(turned, -1.0, 1.0)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file = None
        self._stack.__exit__(kind, error, trace)


def _integers(block: Audio) -> NDArray[np.int32]:
    """Convert a block to what the encoder takes fastest: 32 bits, shape (samples, channels)."""
    scaled = np.multiply(block.T, _FULL_SCALE, order="C")
    np.clip(scaled, -_FULL_SCALE, _HIGHEST, out=scaled)
    return np.rint(scaled, out=scaled).astype(np.int32)


def _forget_time(path: Path) -> None:
    """Blank the moment that libsndfile writes into a float file, so that bytes stay the same."""
    with path.open("r+b") as file:
        for chunk in riff_chunks(file):
            if chunk.name == b"PEAK" and chunk.size >= _PEAK_TIME.stop:
                file.seek(chunk.offset + _PEAK_TIME.start)
                file.write(bytes(_PEAK_TIME.stop - _PEAK_TIME.start))


def write_wav(path: Path, audio: Audio, *, sample_rate: int = 48_000) -> None:
    """Write a clip as 24-bit WAV in one step.

    audio: shape (channels, samples); the same samples give the same bytes

    The file is whole or not there. Samples beyond full scale are clipped.
    """
    audio = valid_audio(audio)
    with AudioSink(path, sample_rate=sample_rate, channels=audio.shape[0]) as sink:
        sink.write(audio)
