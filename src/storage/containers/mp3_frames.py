"""The frames of an MPEG audio stream: where they lie, what lies between, what is missing.

Sources: ISO/IEC 11172-3 and 13818-3 (frame header); Xing and LAME tag (Info frame of
encoders, revision 1 of the "Mp3 Info Tag" specification); the comment of iTunes ("iTunSMPB").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from src.storage.containers.byte_view import ByteSpan

_LEAST_CHAIN = 3
"""Frames in a row that make a stream of bytes from which nothing else is known."""

_BLOCK = 1 << 16
_ROOMY = 9
"""Index of a bit rate at which a frame of any form holds an Info tag."""

_ITUNES_LENGTHS = re.compile(
    rb" 00000000 ([0-9A-F]{8}) ([0-9A-F]{8}) ([0-9A-F]{16})(?: [0-9A-F]{8}){2}"
)
_TAG_MARKS = (b"TAG", b"APETAGEX", b"LYRICSBE", b"ID3")
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_KBITS = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


@dataclass(frozen=True)
class FrameHead:
    """What a frame's header says. size: in bytes; samples: per channel; layer: 1 to 3

    form: version, layer and rate, which all frames of a stream share
    """

    size: int
    samples: int
    sample_rate: int
    layer: int
    form: int


@dataclass(frozen=True)
class InfoFrame:
    """What an encoder wrote of the whole stream; None where it did not.

    frames: that hold sound; delay, padding: samples at start and end that are none
    own_frame: whether it stands in a frame, the first one, and not in a tag
    """

    frames: int | None
    delay: int | None
    padding: int | None
    own_frame: bool = True


@dataclass(frozen=True)
class Mp3Stream:
    """A run of frames of one form. spans: where they lie, the Info frame among them

    frames: that hold sound; left_out: bytes between the frames that are none
    cut: the last frame is not whole
    """

    spans: tuple[ByteSpan, ...]
    frames: int
    head: FrameHead
    info: InfoFrame | None = None
    left_out: int = 0
    cut: bool = False


def mp3_streams(file: BinaryIO, start: int, end: int) -> list[Mp3Stream]:
    """Return the streams between two bytes of a file, usually one; none where there are no frames.

    A frame counts where the next one follows it, or the end does. An Info frame in the
    middle, or frames of another form, begin another stream: files are joined by copying.
    """
    builder = _StreamBuilder()
    for offset, data, head in _frames(file, start, end):
        builder.add(offset, data, head)
    return builder.streams(file, end)


def frame_head(data: bytes) -> FrameHead | None:
    """Return what the four bytes of a frame header say; None where they are no header."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return None
    version, layer = data[1] >> 3 & 3, 4 - (data[1] >> 1 & 3)
    rate_index, kbit_index = data[2] >> 2 & 3, data[2] >> 4
    if version == 1 or layer == 4 or rate_index == 3 or kbit_index in (0, 15):
        return None
    rate = _RATES[version][rate_index]
    bits = 1000 * _KBITS[1 if version == 3 else 2, layer][kbit_index]
    padding = data[2] >> 1 & 1
    form = data[1] & 0x1E | rate_index << 5
    if layer == 1:
        return FrameHead((12 * bits // rate + padding) * 4, 384, rate, layer, form)
    samples = 576 if layer == 3 and version != 3 else 1_152
    return FrameHead(samples // 8 * bits // rate + padding, samples, rate, layer, form)


def frame_size(file: BinaryIO, offset: int) -> int:
    """Return how many bytes the frame at an offset has; 0 where there is none."""
    head = _head_at(file, offset)
    return 0 if head is None else head.size


def info_frame(data: bytes) -> InfoFrame | None:
    """Return what an encoder's first frame tells, None for a frame of sound.

    data: the whole frame, from its header on
    """
    mono, newest = data[3] >> 6 == 3, data[1] & 8
    side = (17 if mono else 32) if newest else (9 if mono else 17)
    mark = data[4 + side : 8 + side]
    if data[36:40] == b"VBRI":
        return InfoFrame(int.from_bytes(data[50:54], "big") or None, None, None)
    if mark not in (b"Xing", b"Info"):
        return None
    flags = int.from_bytes(data[8 + side : 12 + side], "big")
    position = 12 + side
    frames = int.from_bytes(data[position : position + 4], "big") if flags & 1 else 0
    position += 4 * (flags & 1) + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1)
    position += 4 * (flags >> 3 & 1)
    encoder, packed = data[position : position + 4], data[position + 21 : position + 24]
    if len(packed) < 3 or not encoder.isalnum():
        return InfoFrame(frames or None, None, None)
    number = int.from_bytes(packed, "big")
    return InfoFrame(frames or None, number >> 12, number & 0xFFF)


def itunes_info(tags: bytes, decoded: int) -> InfoFrame | None:
    """Return what iTunes wrote into a comment, where it fits what is there; else None.

    tags: the ID3v2 tags in front of the frames; decoded: samples that the frames hold

    iTunes writes no Info frame, but delay, padding and length in hexadecimal numbers.
    """
    found = _ITUNES_LENGTHS.search(tags.replace(b"\x00", b""))
    if found is None:
        return None
    delay, padding, samples = (int(number, 16) for number in found.groups())
    if delay + padding + samples != decoded:
        return None
    return InfoFrame(None, delay, padding, own_frame=False)


def begins_afresh(data: bytes) -> bool:
    """Tell whether a frame needs no bits of frames before it, as an encoder's first one.

    data: the frame, from its header on
    """
    side = 4 if data[1] & 1 else 6
    return data[side : side + 1] == b"\x00" and (not data[1] & 8 or data[side + 1] < 0x80)


def counting_frame(header: bytes, frames: int) -> bytes:
    """Write an Info frame for a stream that has none, so that a decoder need not guess its length.

    header: the four bytes of a frame of the stream
    """
    # No checksum, the same bit rate throughout: what is left of the header names the form.
    plain = bytes([header[0], header[1] | 1, header[2] & 0x0C | _ROOMY << 4, header[3]])
    head = frame_head(plain)
    assert head is not None, "the header is that of a frame"
    mono, newest = plain[3] >> 6 == 3, plain[1] & 8
    side = (17 if mono else 32) if newest else (9 if mono else 17)
    count = b"Info" + (1).to_bytes(4, "big") + frames.to_bytes(4, "big")
    return (plain + bytes(side) + count).ljust(head.size, b"\x00")


class _StreamBuilder:
    """Gathers frames into streams."""

    def __init__(self) -> None:
        self._done: list[Mp3Stream] = []
        self._spans: list[ByteSpan] = []
        self._frames = self._left_out = 0
        self._head: FrameHead | None = None
        self._info: InfoFrame | None = None

    def add(self, offset: int, data: bytes, head: FrameHead) -> None:
        info = info_frame(data)
        if self._head is not None and (info is not None or head.form != self._head.form):
            self._close()
        if self._head is None:
            self._head, self._info = head, info
        self._frames += info is None
        last = self._spans[-1] if self._spans else None
        if last is not None and last.offset + last.size == offset:
            self._spans[-1] = ByteSpan(last.offset, last.size + head.size)
            return
        if last is not None:
            self._left_out += offset - last.offset - last.size
        self._spans.append(ByteSpan(offset, head.size))

    def _close(self) -> None:
        if self._head is not None and self._frames:
            spans = tuple(self._spans)
            stream = Mp3Stream(spans, self._frames, self._head, self._info, self._left_out)
            self._done.append(stream)
        self._spans, self._frames, self._left_out = [], 0, 0
        self._head = self._info = None

    def streams(self, file: BinaryIO, end: int) -> list[Mp3Stream]:
        self._close()
        if not self._done:
            return []
        last = self._done[-1]
        if not _is_cut(file, last, end):
            return self._done
        cut = Mp3Stream(last.spans, last.frames, last.head, last.info, last.left_out, cut=True)
        return [*self._done[:-1], cut]


def _is_cut(file: BinaryIO, stream: Mp3Stream, end: int) -> bool:
    """Tell whether a frame begins behind the last whole one and the file ends inside it."""
    after = stream.spans[-1].offset + stream.spans[-1].size
    file.seek(after)
    head = frame_head(file.read(4))
    return head is not None and head.form == stream.head.form and after + head.size > end


def _frames(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, bytes, FrameHead]]:
    """Frames in order, each with its offset, its bytes and its header."""
    position, form = start, -1
    while position + 4 <= end:
        head = _head_at(file, position)
        if head is None or not _is_followed(file, position, end, known_form=form):
            found = _next_frame(file, position + 1, end, form)
            if found is not None:
                position = found
                continue
            if head is None or head.form != form or position + head.size > end:
                return
            # The last frame: whatever stands behind it is none of the stream.
        form = head.form
        file.seek(position)
        yield position, file.read(head.size), head
        position += head.size


def _next_frame(file: BinaryIO, start: int, end: int, form: int) -> int | None:
    """Return where the next frame begins that others follow; None where there is none."""
    position = start
    while position + 4 <= end:
        file.seek(position)
        block = file.read(min(_BLOCK, end - position))
        place = block.find(b"\xff")
        while 0 <= place < len(block) - 3:
            at = position + place
            head = frame_head(block[place : place + 4])
            if head is not None and _is_followed(file, at, end, known_form=form):
                return at
            place = block.find(b"\xff", place + 1)
        position += max(len(block) - 3, 1)
    return None


def _is_followed(file: BinaryIO, position: int, end: int, *, known_form: int) -> bool:
    """Tell whether the frame at a byte is followed by others of its form, or by an end.

    known_form: of the frames before it, -1 at the start; then one more frame is proof enough
    """
    head = _head_at(file, position)
    known = head is not None and head.form == known_form
    for _ in range(1 if known else _LEAST_CHAIN - 1):
        if head is None:
            return False
        position += head.size
        if position >= end:
            return position == end
        following = _head_at(file, position)
        if following is None or following.form != head.form:
            return known and _ends_there(file, position, end)
        head = following
    return True


def _ends_there(file: BinaryIO, position: int, end: int) -> bool:
    """Tell whether what follows is a tag, padding, or another stream, as they stand behind a
    frame.
    """
    file.seek(position)
    tail = file.read(min(16, end - position))
    if tail.startswith(_TAG_MARKS) or not any(tail):
        return True
    return _is_followed(file, position, end, known_form=-1)


def _head_at(file: BinaryIO, position: int) -> FrameHead | None:
    file.seek(position)
    return frame_head(file.read(4))
