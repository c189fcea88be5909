"""Reading sound of any format, with doubt about everything that a header claims."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from src.audio.basics.validation import Audio
from src.core.errors import UnreadableAudioError
from src.storage.files import open_regular
from src.storage.paths import shown
from src.storage.riff import Chunk, riff_chunks

BLOCK_SAMPLES = 65_536
FLAC_BLOCK_SAMPLES = 4_096
MAX_CHANNELS = 32
MIN_RATE, MAX_RATE = 2_000, 768_000
"""Sample rates that are taken, in Hz."""

MAX_VALUES = 2**27
"""Largest clip in memory: values over all channels, half a gigabyte as float32."""

_UNRECOGNISED = 1
_ODD_MESSAGES = {
    7: "its beginning makes no sense",
    24: "its header gives an impossible sample rate or length",
}
"""libsndfile's own words for these would send the reader astray."""

_Block = NDArray[np.float32]


@dataclass(frozen=True)
class DecodedAudio:
    """A file's sound.

    audio: shape (channels, samples) at ``sample_rate``, finite; may be empty or silent
    original_sample_rate: of the file, in Hz
    container, subtype: as libsndfile names them ("WAV", "PCM_24")
    warnings: what was odd but could be read, in words
    """

    audio: Audio
    sample_rate: int
    original_sample_rate: int
    container: str
    subtype: str
    warnings: tuple[str, ...] = ()


class _ForwardSound(soundfile.SoundFile):  # type: ignore[misc]
    """A file that is only read forwards, to where it really ends.

    soundfile stops a seekable file at the length that its header claims, which of an MP3
    is a guess, and seeks after every block, which of a FLAC decodes it again.
    """

    def seekable(self) -> bool:
        return False

    def flush(self) -> None:
        """Nothing was written: there is no disk to wait for."""


def read_audio(
    path: Path, *, sample_rate: int | None = 48_000, max_s: float | None = None
) -> DecodedAudio:
    """Decode a whole file, whatever its ending says, in blocks.

    sample_rate: what to resample to (soxr HQ), in Hz; None keeps the file's own rate
    max_s: longest sound that is taken, in seconds

    Memory follows what the file really holds, not what its header promises. A file that
    is cut short gives what is there and a warning. Raises UnreadableAudioError whose
    ``reason`` is one of: missing, no_permission, not_a_file, unreadable, empty, not_audio,
    broken_header, corrupt, channels, sample_rate, non_finite, too_long, too_big.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise UnreadableAudioError(f"{shown(path)} is empty", reason="empty")
        with _opened(file, path, _ForwardSound) as sound:
            _check_header(sound, path)
            rate = sound.samplerate if sample_rate is None else sample_rate
            blocks = _resampled(_blocks(sound, path, max_s), sound, rate)
            audio = _joined(blocks, sound.channels, path)
            promised, container, subtype = sound.frames, sound.format, sound.subtype
            original_rate = sound.samplerate
        held = audio.shape[1] * original_rate / rate
        warnings = _shortfall(file, container, promised - held, original_rate)
    return DecodedAudio(audio, rate, original_rate, container, subtype, warnings)


def read_stem(path: Path, *, start_s: float = 0.0, length_s: float | None = None) -> Audio:
    """A part of a standardised copy at its own rate, read straight from where it starts.

    start_s, length_s: in seconds; what lies outside the file is left out, so the result
    may be shorter than asked for, or empty

    Raises UnreadableAudioError where the file is missing or broken.
    """
    with open_regular(path) as file, _opened(file, path, soundfile.SoundFile) as sound:
        start = min(max(round(start_s * sound.samplerate), 0), sound.frames)
        count = -1 if length_s is None else max(round(length_s * sound.samplerate), 0)
        sound.seek(start)
        audio = sound.read(count, dtype="float32", always_2d=True)
    return np.ascontiguousarray(audio.T)


@dataclass(frozen=True)
class SoundStream:
    """A file that is being read. samples: per channel; blocks: shape (channels, samples)"""

    sample_rate: int
    channels: int
    samples: int
    blocks: Iterator[Audio]


@contextmanager
def sound_stream(path: Path, *, block_samples: int = BLOCK_SAMPLES) -> Iterator[SoundStream]:
    """A file's sound at its own rate, block by block, for as long as the context lasts.

    Raises UnreadableAudioError where the file is missing or broken.
    """
    with open_regular(path) as file, _opened(file, path, soundfile.SoundFile) as sound:
        read = sound.blocks(block_samples, dtype="float32", always_2d=True)
        turned = (np.ascontiguousarray(block.T) for block in read)
        yield SoundStream(sound.samplerate, sound.channels, sound.frames, turned)


@contextmanager
def _opened(
    file: BufferedReader, path: Path, kind: type[soundfile.SoundFile]
) -> Iterator[soundfile.SoundFile]:
    """The file as libsndfile sees it by its content; its errors become ours."""
    os.lseek(file.fileno(), 0, os.SEEK_SET)
    try:
        sound = kind(file.fileno(), closefd=False)
    except soundfile.LibsndfileError as error:
        reason = "not_audio" if error.code == _UNRECOGNISED else "broken_header"
        why = _ODD_MESSAGES.get(error.code, error.error_string)
        told = f"{shown(path)} is no sound that can be read: {why}"
        raise UnreadableAudioError(told, reason=reason) from error
    with sound:
        try:
            yield sound
        except soundfile.LibsndfileError as error:
            told = f"{shown(path)} is damaged: {error.error_string}"
            raise UnreadableAudioError(told, reason="corrupt") from error


def _check_header(sound: soundfile.SoundFile, path: Path) -> None:
    if not 1 <= sound.channels <= MAX_CHANNELS:
        raise UnreadableAudioError(
            f"{shown(path)} has {sound.channels} channels, 1 to {MAX_CHANNELS} are taken",
            reason="channels",
        )
    if not MIN_RATE <= sound.samplerate <= MAX_RATE:
        raise UnreadableAudioError(
            f"{shown(path)} has {sound.samplerate} Hz, {MIN_RATE} to {MAX_RATE} are taken",
            reason="sample_rate",
        )


def _blocks(sound: soundfile.SoundFile, path: Path, max_s: float | None) -> Iterator[_Block]:
    """Blocks of shape (samples, channels) until the sound really ends."""
    samples = 0
    # Of a block that fails nothing is left, so those of a FLAC are as long as its frames.
    length = FLAC_BLOCK_SAMPLES if sound.format == "FLAC" else BLOCK_SAMPLES
    while True:
        try:
            block = sound.read(length, dtype="float32", always_2d=True)
        except soundfile.LibsndfileError:
            if samples and _all_read(sound):
                return
            raise
        if len(block) == 0:
            return
        samples += len(block)
        if max_s is not None and samples > max_s * sound.samplerate:
            raise UnreadableAudioError(
                f"{shown(path)} is longer than {max_s:g} s, the limit set by MAX_STEM_S",
                reason="too_long",
            )
        if not np.isfinite(block).all():
            raise UnreadableAudioError(f"{shown(path)} holds NaN or infinity", reason="non_finite")
        yield block


def _all_read(sound: soundfile.SoundFile) -> bool:
    """Whether the decoder failed at the end of the file (cut short), not before (damaged)."""
    descriptor = int(sound.name)
    return os.lseek(descriptor, 0, os.SEEK_CUR) >= os.fstat(descriptor).st_size


def _resampled(blocks: Iterator[_Block], sound: soundfile.SoundFile, rate: int) -> Iterator[_Block]:
    if rate == sound.samplerate:
        yield from blocks
        return
    stream = soxr.ResampleStream(
        sound.samplerate, rate, sound.channels, dtype="float32", quality="HQ"
    )
    empty = np.zeros((0, sound.channels), np.float32)
    some = False
    for block in blocks:
        some = True
        yield stream.resample_chunk(block)
    if some:
        yield stream.resample_chunk(empty, last=True)


def _joined(blocks: Iterator[_Block], channels: int, path: Path) -> Audio:
    """All blocks side by side, shape (channels, samples)."""
    kept: list[_Block] = []
    values = 0
    for block in blocks:
        kept.append(block)
        values += block.size
        if values > MAX_VALUES:
            raise UnreadableAudioError(
                f"{shown(path)} holds more than {MAX_VALUES} values at the house's rate",
                reason="too_big",
            )
    audio = np.empty((channels, values // channels), np.float32)
    position = 0
    for block in kept:
        audio[:, position : position + len(block)] = block.T
        position += len(block)
    return audio


def _shortfall(file: BufferedReader, container: str, missing: float, rate: int) -> tuple[str, ...]:
    """Whether the file was cut short, as a warning.

    missing: samples that the decoder announced and did not give; of an MP3 the
    announcement is an estimate and says nothing
    """
    lost = sum(chunk.declared - chunk.size for chunk in riff_chunks(file) if _is_cut_data(chunk))
    if lost:
        return (f"cut short: its header promises {lost} bytes more than there are",)
    if container != "MP3" and missing > 0.01 * rate:
        return (f"cut short: {missing / rate:.2f} s less than its header promises",)
    if container == "OGG" and not _ogg_ends(file):
        return ("cut short: the last page does not end the stream",)
    if container == "AIFF" and not _aiff_ends(file):
        return ("cut short: its header promises more bytes than there are",)
    return ()


def _is_cut_data(chunk: Chunk) -> bool:
    return chunk.name == b"data" and chunk.cut_short


def _ogg_ends(file: BufferedReader) -> bool:
    """Whether the last Ogg page is whole and carries the end-of-stream flag."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 131_072))
    tail = file.read()
    page = tail.rfind(b"OggS")
    if page < 0 or page + 27 > len(tail):
        return False
    segments = tail[page + 27 : page + 27 + tail[page + 26]]
    return bool(tail[page + 5] & 4) and page + 27 + tail[page + 26] + sum(segments) <= len(tail)


def _aiff_ends(file: BufferedReader) -> bool:
    """Whether the file is as long as its FORM header says."""
    end = file.seek(0, os.SEEK_END)
    file.seek(4)
    return int.from_bytes(file.read(4), "big") + 8 <= end + 1
