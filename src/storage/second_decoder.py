"""Sounds that libsndfile does not know, through the ffmpeg program where the user has one.

A program of its own, not a library: what crashes or hangs there does so alone, and nothing of
it has to be shipped (docs/decisions/0010-second-decoder.md).
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from src.core.errors import UnreadableAudioError
from src.storage.containers.foreign import ForeignSound
from src.storage.paths import shown

BLOCK_SAMPLES = 65_536
CPU_LIMIT_S = 600
"""CPU time after which the program gives up by itself, should nobody be left to end it."""

WOULD_BE_READ = "with ffmpeg installed it is"
"""Said of a sound that only waits for the program."""

_AU_HEAD_BYTES = 24


@dataclass(frozen=True)
class ForeignStream:
    """A sound being decoded. blocks: shape (samples, channels), in order

    errors: what the program wrote about the file
    """

    sample_rate: int
    channels: int
    blocks: Iterator[NDArray[np.float32]]
    errors: IO[bytes]

    def warnings(self) -> tuple[str, ...]:
        """Return what the decoder complained of, once all blocks are read."""
        stated = _first_line(self.errors)
        return (f"damaged: {stated}",) if stated else ()


def second_decoder() -> str | None:
    """Return the path of the ffmpeg program, None where there is none."""
    return shutil.which("ffmpeg")


@contextmanager
def decoded_stream(foreign: ForeignSound, path: Path) -> Iterator[ForeignStream]:
    """Return the first sound stream of a file, as 32-bit float at its own rate.

    The container is named to the program by what the file's content says, and it may open
    nothing but the file. Raises UnreadableAudioError ("unsupported") where there is no such
    program, or it can't make sense of the file either.
    """
    program = second_decoder()
    if program is None or not foreign.demuxer:
        hint = f" ({WOULD_BE_READ})" if foreign.demuxer else ""
        raise UnreadableAudioError(
            f"{shown(path)} is {foreign.name}, which is not read{hint}", reason="unsupported"
        )
    with tempfile.TemporaryFile() as errors:
        running = subprocess.Popen(
            _command(program, foreign, path), stdout=subprocess.PIPE, stderr=errors,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert running.stdout is not None
            yield _stream(running.stdout, errors, foreign, path)
        finally:
            running.kill()
            running.communicate()


def _command(program: str, foreign: ForeignSound, path: Path) -> list[str | bytes]:
    return [
        program, "-nostdin", "-v", "error", "-timelimit", f"{CPU_LIMIT_S}",
        "-protocol_whitelist", "file", "-f", foreign.demuxer,
        "-i", b"file:" + os.fsencode(path.absolute()),
        "-map", "0:a:0", "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
    ]  # fmt: skip


def _stream(
    output: IO[bytes], errors: IO[bytes], foreign: ForeignSound, path: Path
) -> ForeignStream:
    head = output.read(_AU_HEAD_BYTES)
    if len(head) < _AU_HEAD_BYTES or head[:4] != b".snd":
        why = _first_line(errors) or "it holds no sound"
        raise UnreadableAudioError(
            f"{shown(path)} is {foreign.name} that ffmpeg can't read: {why}", reason="unsupported"
        )
    output.read(int.from_bytes(head[4:8], "big") - _AU_HEAD_BYTES)
    rate, channels = (int.from_bytes(head[at : at + 4], "big") for at in (16, 20))
    return ForeignStream(rate, channels, _blocks(output, channels), errors)


def _blocks(output: IO[bytes], channels: int) -> Iterator[NDArray[np.float32]]:
    frame = 4 * channels
    while data := output.read(BLOCK_SAMPLES * frame):
        whole = len(data) - len(data) % frame
        yield np.frombuffer(data[:whole], ">f4").astype(np.float32).reshape(-1, channels)


def _first_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    text = errors.read(2_000).decode("utf-8", "replace")
    line = next((line for line in text.splitlines() if line.strip()), "")
    return "".join(sign for sign in line.partition("] ")[2] or line if sign.isprintable())[:200]
