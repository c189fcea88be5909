"""Where the sound of a file begins and ends, and in which form the decoder is to read it.

The decoder (libsndfile) believes headers, reads on across the end of the sound into tags, and
knows some streams only outside of the container in which they came. So each file is looked
through first; a sound file as it should be is read as it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from src.storage.containers.aiff_file import unfinished_aiff
from src.storage.containers.byte_view import ByteSpan, Part
from src.storage.containers.caf_file import caf_sound
from src.storage.containers.flac_stream import flac_info
from src.storage.containers.mp3_frames import (
    Mp3Stream,
    begins_afresh,
    counting_frame,
    frame_size,
    itunes_info,
    mp3_streams,
)
from src.storage.containers.ogg_pages import OggLink, ogg_links
from src.storage.containers.wave_file import UNFINISHED, WaveSound, wave_sound

_OTHER_STARTS = (
    b"FORM", b"riff\x2e\x91", b"Creative Voice File", b"NIST_1A", b"2BIT", b" paf", b"fap ",
    b"PVF1", b"Extended Instrument", b"MATLAB", b"\x64\xa3", b"\x00\x01\xa3\x64",
)  # fmt: skip
"""How files begin that the decoder reads and nothing has to be known of here."""

_STREAM_START = re.compile(
    rb"fLaC[\x00\x80]\x00\x00\x22|OggS\x00\x02|RIFF....WAVEfmt |FORM....AIF[FC]|caff\x00\x01", re.S
)
_MOST_JUNK = 1 << 16
"""Bytes at the start in which the beginning of a stream is sought."""

_LARGEST_TAG = 4 << 20
_ENCODER_DELAY = 576
"""Samples at the start of an MP3 that are no sound, of the usual encoder."""

_MPEG_DELAY = _ENCODER_DELAY + 529
"""The same with those that any decoder adds; ours leaves them out where a frame counts frames."""


@dataclass(frozen=True)
class SoundRun:
    """One run of sound in a file.

    parts: its bytes; None: the file as it is
    skip: samples at the start that are no sound; samples: how many follow that are, None
    where only the decoder finds out
    quiet_skip: samples behind these that are no sound either, if they are quiet
    promises: whether the length that the decoder announces may be believed
    block_samples: how many to read at a time, None for any number
    """

    parts: tuple[Part, ...] | None = None
    skip: int = 0
    samples: int | None = None
    promises: bool = True
    block_samples: int | None = None
    quiet_skip: int = 0


@dataclass(frozen=True)
class Sources:
    """All runs of sound of a file, and what is odd about it, in words."""

    runs: tuple[SoundRun, ...]
    warnings: tuple[str, ...] = ()


def sound_sources(file: BinaryIO) -> Sources:
    """Return what the decoder is to read of a file, by what its content says."""
    start = behind_tags(file)
    file.seek(start)
    head = file.read(16)
    if head[:4] == b"fLaC":
        return _flac(file, start)
    if head[:4] == b"OggS":
        return _ogg(file)
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return _wave(file, start)
    if head[:4] == b"caff":
        sound = caf_sound(file)
        if sound is None:
            return _plain()
        stated = f"cut short: its header promises {sound.lost} bytes more than there are"
        return _one(SoundRun(sound.parts, samples=sound.samples), *([stated] if sound.lost else []))
    if head[:4] == b".snd" and head[8:12] == bytes(4):
        end = file.seek(0, 2)
        return _one(SoundRun((ByteSpan(0, 8), b"\xff\xff\xff\xff", ByteSpan(12, end - 12))))
    if head[:4] == b"FORM" and (parts := unfinished_aiff(file)) is not None:
        return _one(SoundRun(parts), UNFINISHED)
    if head.startswith(_OTHER_STARTS):
        return _plain()
    end = file.seek(0, 2)
    # A tag may lie about its size: then the frames are sought from the start.
    return _mpeg(file, start, end) or _mpeg(file, 0, end) or _behind_junk(file) or _plain()


def _behind_junk(file: BinaryIO) -> Sources | None:
    """Return a stream behind bytes of another kind, such as the header of an old Macintosh file."""
    end = file.seek(0, 2)
    file.seek(0)
    found = _STREAM_START.search(file.read(_MOST_JUNK))
    if found is None:
        return None
    if found[0].startswith(b"fLaC"):
        info = flac_info(file, found.start())
        samples, block = (None, None) if info is None else (info.samples, info.block_samples)
        parts = (ByteSpan(found.start(), end - found.start()),)
        return _one(SoundRun(parts, 0, samples, samples is not None, block))
    return _one(SoundRun((ByteSpan(found.start(), end - found.start()),)))


def _plain() -> Sources:
    return _one(SoundRun())


def _one(source: SoundRun, *warnings: str) -> Sources:
    return Sources((source,), warnings)


def behind_tags(file: BinaryIO) -> int:
    """Return the byte behind the ID3v2 tags at the start of a file."""
    position = 0
    while True:
        file.seek(position)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            return position
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        position += 10 + size + (10 if head[5] & 0x10 else 0)


def _flac(file: BinaryIO, start: int) -> Sources:
    """Return a native stream, read in steps of its frames and not across its end."""
    info = flac_info(file, start)
    if info is None:
        return _plain()
    if info.samples is not None:
        return _one(SoundRun(samples=info.samples, block_samples=info.block_samples))
    end = _before_tags(file)
    parts = (ByteSpan(start, end - start),)
    return _one(SoundRun(parts, promises=False, block_samples=info.block_samples))


def _before_tags(file: BinaryIO) -> int:
    """Return the byte behind which a file holds nothing but tags and zeros."""
    end = file.seek(0, 2)
    for _ in range(4):
        file.seek(max(end - 1_024, 0))
        tail = file.read(min(1_024, end))
        if tail[-128:-125] == b"TAG":
            end -= 128
        elif tail[-32:-24] == b"APETAGEX":
            end -= 32 + max(int.from_bytes(tail[-20:-16], "little") - 32, 0)
        elif len(tail) - len(tail.rstrip(b"\x00")) >= 16:
            end -= len(tail) - len(tail.rstrip(b"\x00"))
        else:
            break
    return max(end, 0)


def _ogg(file: BinaryIO) -> Sources:
    """Return the links of a chained file one after the other, as long as they are alike."""
    links = ogg_links(file)
    if not links:
        return _plain()
    damaged = sum(link.damaged for link in links)
    whole = not damaged and links[-1].ended
    if whole and len(links) == 1 and "flac" not in links[0].codecs.values():
        return _plain()
    warnings = [f"damaged: {damaged} of its pages are hurt or missing"] if damaged else []
    if not links[-1].ended:
        warnings.append("cut short: the last page does not end the stream")
    return Sources(tuple(_link(file, link) for link in links), tuple(warnings))


def _link(file: BinaryIO, link: OggLink) -> SoundRun:
    if "flac" not in link.codecs.values():
        if link.damaged or not link.ended:
            return SoundRun(tuple(link.repaired(file)), promises=False)
        return SoundRun((link.span,))
    parts = link.native_flac()
    info = flac_info(file, parts[0].offset)
    block_samples = None if info is None else info.block_samples
    return SoundRun(tuple(parts), 0, link.samples or None, False, block_samples)


def _wave(file: BinaryIO, start: int) -> Sources:
    sound = wave_sound(file, start)
    if sound.mpeg is not None:
        inside = _mpeg(file, sound.mpeg.offset, sound.mpeg.offset + sound.mpeg.size)
        return _plain() if inside is None else _counted(inside, sound)
    return _one(SoundRun(sound.parts, samples=sound.samples), *sound.warnings)


def _counted(inside: Sources, sound: WaveSound) -> Sources:
    """Return an MP3 in a WAV, with the length of the sound from the WAV where the MP3 tells none.

    An encoder needs more room than the sound: where the stream is not longer than what was
    counted by as much as every encoder adds, the delay was counted too.
    """
    (first, *more), counted = inside.runs, sound.fact_samples
    decoded = first.samples
    if more or first.skip or counted is None or decoded is None or counted > decoded:
        return inside
    delay_counted = decoded - counted < _MPEG_DELAY
    samples = counted - _MPEG_DELAY if delay_counted else counted
    if samples <= 0:
        return inside
    return Sources(
        (SoundRun(first.parts, _ENCODER_DELAY, samples, promises=False),), inside.warnings
    )


def _mpeg(file: BinaryIO, start: int, end: int) -> Sources | None:
    """Return the frames between two bytes without what lies between them; None where there are
    none.
    """
    streams = mp3_streams(file, start, end)
    if not streams:
        return None
    if len(streams) == 1:
        streams = [_with_tagged_lengths(file, start, streams[0])]
    warnings = [warning for stream in streams for warning in _missing(stream)]
    return Sources(tuple(_stream(file, stream) for stream in streams), tuple(warnings))


def _with_tagged_lengths(file: BinaryIO, start: int, stream: Mp3Stream) -> Mp3Stream:
    """Return a stream without an Info frame, with what iTunes tells of it in the tags before it."""
    if stream.info is not None or stream.head.layer != 3:
        return stream
    file.seek(0)
    tags = file.read(min(start, _LARGEST_TAG))
    return replace(stream, info=itunes_info(tags, stream.frames * stream.head.samples))


def _stream(file: BinaryIO, stream: Mp3Stream) -> SoundRun:
    """Return the frames of a stream, behind a frame that counts them where none does rightly.

    Where nobody tells the encoder's delay, what the usual one (LAME) delays by is left out, if
    it is quiet and the encoder's first frame is there: a stream may be cut out of a longer one.
    """
    info, decoded = stream.info, stream.frames * stream.head.samples
    trimmed = info is not None and info.delay is not None and info.padding is not None
    quiet = 0 if trimmed or not _has_its_start(file, stream) else _ENCODER_DELAY
    if stream.head.layer != 3 or (info is not None and stream.frames <= (info.frames or 0)):
        samples = _without_padding(stream) if trimmed and _reaches_end(stream) else None
        return SoundRun(stream.spans, samples=samples, promises=False, quiet_skip=quiet)
    first, *others = stream.spans
    passed = frame_size(file, first.offset) if info is not None and info.own_frame else 0
    file.seek(first.offset)
    parts: tuple[Part, ...] = (
        counting_frame(file.read(4), stream.frames),
        ByteSpan(first.offset + passed, first.size - passed),
        *others,
    )
    if not trimmed or info is None or info.delay is None:
        return SoundRun(parts, samples=decoded, promises=False, quiet_skip=quiet)
    return SoundRun(parts, info.delay, _without_padding(stream), promises=False)


def _has_its_start(file: BinaryIO, stream: Mp3Stream) -> bool:
    """Tell whether the first frame of sound may be the first one of an encoder."""
    first = stream.spans[0].offset
    if stream.info is not None and stream.info.own_frame:
        first += frame_size(file, first)
    file.seek(first)
    return stream.head.layer == 3 and begins_afresh(file.read(8))


def _without_padding(stream: Mp3Stream) -> int:
    """Return how many samples are sound, of a stream whose encoder stated its padding."""
    assert stream.info is not None
    padding = (stream.info.delay or 0) + (stream.info.padding or 0)
    return max(stream.frames * stream.head.samples - padding, 0)


def _reaches_end(stream: Mp3Stream) -> bool:
    """Tell whether the last frame is the last one of the encoder, with its padding."""
    info = stream.info
    whole = info is None or info.frames is None or stream.frames >= info.frames
    return not stream.cut and (whole or stream.left_out > 0)


def _missing(stream: Mp3Stream) -> Sequence[str]:
    """Return what a stream should hold and does not, in words."""
    promised = None if stream.info is None else stream.info.frames
    lost = 0 if promised is None else max(promised - stream.frames, 0)
    frame_s = stream.head.samples / stream.head.sample_rate
    stated = f", {lost * frame_s:.2f} s of {(promised or 0) * frame_s:.2f} s are missing"
    if stream.left_out:
        damage = f"damaged: {stream.left_out} bytes between its frames are no sound"
        return [damage + (stated if lost else "")]
    if lost:
        return [f"cut short{stated}"]
    return ["cut short: its last frame is not whole"] if stream.cut else []
