"""Reading sound of any format, with doubt about everything that a header claims."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from src.audio.basics.validation import Audio
from src.core.errors import UnreadableAudioError
from src.storage.containers.byte_view import ByteView
from src.storage.containers.caf_file import caf_chunks
from src.storage.containers.foreign import ForeignSound, foreign_container, foreign_sound
from src.storage.containers.sound_sources import SoundRun, Sources, sound_sources
from src.storage.files import open_regular
from src.storage.paths import shown
from src.storage.riff import UNKNOWN_SIZE, Chunk, riff_chunks
from src.storage.second_decoder import decoded_stream

BLOCK_SAMPLES = 65_536
MAX_CHANNELS = 32
MIN_RATE, MAX_RATE = 2_000, 768_000
"""Sample rates that are taken, in Hz."""

MAX_VALUES = 2**27
"""Largest clip in memory: values over all channels, half a gigabyte as float32."""

_PRE_ECHO = 0.2
"""Most that a coder spreads in front of a first attack: its level beside that of the attack."""

_ATTACK_SAMPLES = 2_048

_UNRECOGNISED = 1
_UNKNOWN_SAMPLES = 2**62
"""Lengths beyond this one are the decoder's way of saying that it does not know."""

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
    container, subtype: as libsndfile names them ("WAV", "PCM_24"); "FFMPEG" where another
    decoder read it
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
        """Do nothing: nothing was written."""


@dataclass(frozen=True)
class _BlockForm:
    """What all blocks of a sound share."""

    sample_rate: int
    channels: int
    container: str
    subtype: str


@dataclass
class _Reading:
    """One file being read. samples: read so far; missing: announced, and not there"""

    path: Path
    max_s: float | None
    samples: int = 0
    missing: int = 0
    stated: list[str] = field(default_factory=list)

    def checked(self, block: _Block, sample_rate: int) -> _Block:
        """Return the block, shape (samples, channels). Raises for what no sound may hold."""
        self.samples += len(block)
        if self.max_s is not None and self.samples > self.max_s * sample_rate:
            raise UnreadableAudioError(
                f"{shown(self.path)} is longer than {self.max_s:g} s, the limit set by MAX_STEM_S",
                reason="too_long",
            )
        if not np.isfinite(block).all():
            raise UnreadableAudioError(
                f"{shown(self.path)} holds NaN or infinity", reason="non_finite"
            )
        return block


def read_audio(
    path: Path, *, sample_rate: int | None = 48_000, max_s: float | None = None
) -> DecodedAudio:
    """Decode a whole file, whatever its ending says, in blocks.

    sample_rate: what to resample to (soxr HQ), in Hz; None keeps the file's own rate
    max_s: longest sound that is taken, in seconds

    Memory follows what the file really holds, not what its header promises. A file that
    is cut short or damaged gives what is there and a warning. Raises UnreadableAudioError
    whose ``reason`` is one of: missing, no_permission, not_a_file, unreadable, empty, not_audio,
    broken_header, corrupt, unsupported, channels, sample_rate, non_finite, too_long, too_big.
    "unsupported" is a sound of a kind that no decoder here reads.
    """
    reading = _Reading(path, max_s)
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size == 0:
            raise UnreadableAudioError(f"{shown(path)} is empty", reason="empty")
        container = foreign_container(file)
        if container is not None:
            try:
                return _read_foreign(file, container, reading, sample_rate)
            except UnreadableAudioError as error:
                if error.reason != "unsupported" or reading.samples:
                    raise
        try:
            return _read(file, sound_sources(file), reading, sample_rate)
        except UnreadableAudioError as error:
            file.seek(0, os.SEEK_END)  # the decoder moved the descriptor under the buffer
            foreign = foreign_sound(file) if error.reason in _UNDECODED else None
            if foreign is None or reading.samples:
                raise
            return _read_foreign(file, foreign, _Reading(path, max_s), sample_rate)


_UNDECODED = ("not_audio", "broken_header", "corrupt")


def _read(
    file: BufferedReader, sources: Sources, reading: _Reading, sample_rate: int | None
) -> DecodedAudio:
    """Decode the sound by the decoder in the house."""
    with _opened(file, reading.path, _ForwardSound, sources.runs[0]) as sound:
        _check_header(sound.samplerate, sound.channels, reading.path)
        form = _BlockForm(sound.samplerate, sound.channels, sound.format, sound.subtype)
        rate = form.sample_rate if sample_rate is None else sample_rate
        blocks = _all_blocks(file, sound, sources, reading)
        audio = _joined(_resampled(blocks, form, rate), form.channels, reading.path)
    warnings = [*sources.warnings, *reading.stated]
    if not audio.size and any(told.startswith("damaged") for told in warnings):
        told = f"{shown(reading.path)} is {warnings[0]}, and nothing of it can be read"
        raise UnreadableAudioError(told, reason="corrupt")
    if not warnings:
        whole = sources.runs[0].parts is None
        container = form.container if whole else ""
        warnings = _shortfall(file, container, reading.missing, form.sample_rate)
    return DecodedAudio(
        audio, rate, form.sample_rate, form.container, form.subtype, tuple(warnings)
    )


def _read_foreign(
    file: BufferedReader, foreign: ForeignSound, reading: _Reading, sample_rate: int | None
) -> DecodedAudio:
    """Decode the sound by the second decoder, where there is one."""
    with decoded_stream(foreign, reading.path) as stream:
        _check_header(stream.sample_rate, stream.channels, reading.path)
        form = _BlockForm(stream.sample_rate, stream.channels, "FFMPEG", foreign.name)
        rate = form.sample_rate if sample_rate is None else sample_rate
        blocks = (reading.checked(block, form.sample_rate) for block in stream.blocks)
        audio = _joined(_resampled(blocks, form, rate), form.channels, reading.path)
        warnings = stream.warnings() or tuple(_shortfall(file, "", 0, form.sample_rate))
    return DecodedAudio(audio, rate, form.sample_rate, form.container, form.subtype, warnings)


def read_stem(path: Path, *, start_s: float = 0.0, length_s: float | None = None) -> Audio:
    """Read a part of a standardised copy at its own rate, straight from where it starts.

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
    """Stream a file's sound at its own rate, block by block, for as long as the context lasts.

    Raises UnreadableAudioError where the file is missing or broken.
    """
    with open_regular(path) as file, _opened(file, path, soundfile.SoundFile) as sound:
        read = sound.blocks(block_samples, dtype="float32", always_2d=True)
        turned = (np.ascontiguousarray(block.T) for block in read)
        yield SoundStream(sound.samplerate, sound.channels, sound.frames, turned)


@contextmanager
def _opened(
    file: BufferedReader,
    path: Path,
    kind: type[soundfile.SoundFile],
    source: SoundRun | None = None,
) -> Iterator[soundfile.SoundFile]:
    """Open the file by its content; libsndfile's errors become ours."""
    view = None if source is None or source.parts is None else ByteView(file, source.parts)
    if view is None:
        os.lseek(file.fileno(), 0, os.SEEK_SET)
    try:
        sound = kind(file.fileno(), closefd=False) if view is None else kind(view)
    except soundfile.LibsndfileError as error:
        _raise_failure(view)
        reason = "not_audio" if error.code == _UNRECOGNISED else "broken_header"
        why = _ODD_MESSAGES.get(error.code, error.error_string)
        stated = f"{shown(path)} is no sound that can be read: {why}"
        raise UnreadableAudioError(stated, reason=reason) from error
    with sound:
        try:
            yield sound
        except soundfile.LibsndfileError as error:
            _raise_failure(view)
            stated = f"{shown(path)} is damaged: {error.error_string}"
            raise UnreadableAudioError(stated, reason="corrupt") from error
    _raise_failure(view)


def _raise_failure(view: ByteView | None) -> None:
    """Raise what the disk refused while the decoder read, if it did."""
    if view is not None and view.failure is not None:
        raise view.failure


def _check_header(sample_rate: int, channels: int, path: Path) -> None:
    if not 1 <= channels <= MAX_CHANNELS:
        raise UnreadableAudioError(
            f"{shown(path)} has {channels} channels, 1 to {MAX_CHANNELS} are taken",
            reason="channels",
        )
    if not MIN_RATE <= sample_rate <= MAX_RATE:
        raise UnreadableAudioError(
            f"{shown(path)} has {sample_rate} Hz, {MIN_RATE} to {MAX_RATE} are taken",
            reason="sample_rate",
        )


def _all_blocks(
    file: BufferedReader, first: soundfile.SoundFile, sources: Sources, reading: _Reading
) -> Iterator[_Block]:
    """Return blocks of shape (samples, channels) of all runs of sound, as long as they are
    alike.
    """
    yield from _run_blocks(first, sources.runs[0], reading)
    for number, source in enumerate(sources.runs[1:], start=1):
        left = len(sources.runs) - number
        try:
            with _opened(file, reading.path, _ForwardSound, source) as sound:
                if (sound.samplerate, sound.channels) != (first.samplerate, first.channels):
                    reading.stated.append(f"{left} more streams of another form are left out")
                    return
                yield from _run_blocks(sound, source, reading)
        except UnreadableAudioError as error:
            if error.reason not in _UNDECODED:
                raise
            reading.stated.append(f"damaged: {left} more streams can't be read")
            return


def _run_blocks(
    sound: soundfile.SoundFile, source: SoundRun, reading: _Reading
) -> Iterator[_Block]:
    """Return blocks of one run until its sound ends, never across the end that is known."""
    promised = sound.frames if source.samples is None else source.samples
    left = source.samples
    skip, quiet = source.skip, source.quiet_skip
    read = 0
    while left is None or left > 0:
        most = BLOCK_SAMPLES if source.block_samples is None else source.block_samples
        block = _next_block(sound, most if left is None else min(most, left + skip), read)
        if len(block) == 0:
            break
        if quiet:
            skip, quiet = skip + (quiet if _begins_quietly(block[skip:], quiet) else 0), 0
        kept = block[skip:]
        skip -= len(block) - len(kept)
        read += len(kept)
        left = None if left is None else left - len(kept)
        yield reading.checked(kept, sound.samplerate)
    if source.promises and promised < _UNKNOWN_SAMPLES:
        reading.missing += max(promised - read, 0)


def _begins_quietly(block: _Block, count: int) -> bool:
    """Tell whether the first samples hold no more than the echo of a coder before an attack
    (RMS).
    """
    before, after = block[:count], block[count : count + _ATTACK_SAMPLES]
    if not after.size:
        return False
    levels = [float(np.sqrt(np.mean(np.square(part)))) for part in (before, after)]
    return levels[0] <= _PRE_ECHO * levels[1]


def _next_block(sound: soundfile.SoundFile, count: int, read: int) -> _Block:
    """Return the next samples, shape (samples, channels); none at the end, also one that fails."""
    try:
        return np.asarray(sound.read(count, dtype="float32", always_2d=True))
    except soundfile.LibsndfileError:
        if read and _all_read(sound):
            return np.zeros((0, sound.channels), np.float32)
        raise


def _all_read(sound: soundfile.SoundFile) -> bool:
    """Tell whether the decoder failed at the end of the file (cut short), not before (damaged)."""
    if isinstance(sound.name, ByteView):
        return sound.name.tell() >= sound.name.size
    descriptor = int(sound.name)
    return os.lseek(descriptor, 0, os.SEEK_CUR) >= os.fstat(descriptor).st_size


def _resampled(blocks: Iterator[_Block], form: _BlockForm, rate: int) -> Iterator[_Block]:
    if rate == form.sample_rate:
        yield from blocks
        return
    stream = soxr.ResampleStream(
        form.sample_rate, rate, form.channels, dtype="float32", quality="HQ"
    )
    empty = np.zeros((0, form.channels), np.float32)
    some = False
    for block in blocks:
        some = True
        yield stream.resample_chunk(block)
    if some:
        yield stream.resample_chunk(empty, last=True)


def _joined(blocks: Iterator[_Block], channels: int, path: Path) -> Audio:
    """Join all blocks, shape (channels, samples)."""
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


def _shortfall(file: BufferedReader, container: str, missing: int, rate: int) -> list[str]:
    """Warn where the file was cut short.

    container: as libsndfile names it, "" where it did not read the file as it is
    missing: samples that the decoder announced and did not give
    """
    lost = sum(chunk.declared - chunk.size for chunk in riff_chunks(file) if _is_cut_data(chunk))
    if lost:
        return [f"cut short: its header promises {lost} bytes more than there are"]
    if missing > 0.01 * rate:
        return [f"cut short: {missing / rate:.2f} s less than its header promises"]
    if container == "OGG" and not _ogg_ends(file):
        return ["cut short: the last page does not end the stream"]
    if container in ("AIFF", "AU", "W64", "CAF") and not _ends(file, container):
        return ["cut short: its header promises more bytes than there are"]
    return []


def _is_cut_data(chunk: Chunk) -> bool:
    return chunk.name == b"data" and chunk.cut_short


def _ogg_ends(file: BufferedReader) -> bool:
    """Tell whether the last Ogg page is whole and carries the end-of-stream flag."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 131_072))
    tail = file.read()
    page = tail.rfind(b"OggS")
    if page < 0 or page + 27 > len(tail):
        return False
    segments = tail[page + 27 : page + 27 + tail[page + 26]]
    return bool(tail[page + 5] & 4) and page + 27 + tail[page + 26] + sum(segments) <= len(tail)


def _ends(file: BufferedReader, container: str) -> bool:
    """Tell whether the file is as long as its header says; unknown lengths promise nothing."""
    end = file.seek(0, os.SEEK_END)
    if container == "CAF":
        return not any(chunk.cut_short for chunk in caf_chunks(file))
    file.seek(0)
    head = file.read(24)
    if container == "W64":
        return int.from_bytes(head[16:24], "little") <= end + 8
    if container == "AIFF":
        return int.from_bytes(head[4:8], "big") + 8 <= end + 1
    order: Literal["little", "big"] = "big" if head[:4] == b".snd" else "little"
    start, size = (int.from_bytes(head[at : at + 4], order) for at in (4, 8))
    return size == UNKNOWN_SIZE or start + size <= end + 1
