"""The pages of an Ogg file: its links one after the other, and what each of them holds.

Sources: RFC 3533 (Ogg); RFC 5334; RFC 6716, section 3.1 (lengths of Opus packets); Ogg mapping of
FLAC, version 1.0 (xiph.org).
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from src.storage.containers.byte_view import ByteSpan, Part

_BLOCK = 1 << 16
_FIRST, _LAST = 2, 4
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
"""Each byte with its bits the other way round."""

_CODECS = {
    b"\x01vorbis": "vorbis", b"OpusHead": "opus", b"\x7fFLAC": "flac", b"Speex   ": "speex",
    b"\x80theora": "theora", b"fishead\x00": "skeleton",
}  # fmt: skip
_FIRST_HYBRID, _FIRST_CELT = 12, 16
"""Modes of Opus packets, from the speech coder to the one for music."""

_FLAC_MAPPING_BYTES = 9
"""What stands before the native stream in the first packet of an Ogg FLAC."""


@dataclass(frozen=True)
class OggPage:
    """One page. payload: where its data lies; granule: position at its end, -1 for none

    whole: its checksum is right
    segments: how many of its segments there are, where the file ends inside it; else None
    """

    offset: int
    payload: ByteSpan
    serial: int
    first: bool
    last: bool
    granule: int
    whole: bool = True
    segments: int | None = None

    @property
    def end(self) -> int:
        """The byte behind it."""
        return self.payload.offset + self.payload.size


@dataclass
class OggLink:
    """One of the streams that a chained file holds one after the other.

    codecs: of its logical streams by serial number; pages: of all of them, in order
    """

    codecs: dict[int, str] = field(default_factory=dict)
    pages: list[OggPage] = field(default_factory=list)

    @property
    def span(self) -> ByteSpan:
        """Where it lies."""
        start = self.pages[0].offset
        return ByteSpan(start, self.pages[-1].end - start)

    @property
    def ended(self) -> bool:
        """Whether its last page says so."""
        return self.pages[-1].last

    @property
    def damaged(self) -> int:
        """How many pages are hurt or missing in the middle, as far as it shows."""
        pairs = zip(self.pages, self.pages[1:], strict=False)
        torn = sum(one.end != after.offset for one, after in pairs)
        return torn + sum(not page.whole for page in self.pages)

    def repaired(self, file: BinaryIO) -> list[Part]:
        """Return the link without its hurt pages, counted again, with an end.

        A decoder gives up at a hurt or a missing page, and at a stream that does not end.
        """
        kept = [page for page in self.pages if page.whole]
        counted: Counter[int] = Counter()
        reached: Counter[int] = Counter()
        parts: list[Part] = []
        for page in kept:
            file.seek(page.offset)
            head = bytearray(file.read(page.payload.offset - page.offset))
            content = file.read(page.payload.size)
            if page.segments is not None:
                head[26:] = bytes([page.segments]) + head[27 : 27 + page.segments]
                if self.codecs.get(page.serial) == "opus":
                    # A decoder refuses a page that ends later than its packets last.
                    there = reached[page.serial] + _opus_samples(bytes(head[27:]), content)
                    head[6:14] = min(page.granule, there).to_bytes(8, "little", signed=True)
            reached[page.serial] = max(reached[page.serial], page.granule)
            head[5] = head[5] & ~_LAST | _LAST * (page is kept[-1])
            head[18:22] = counted[page.serial].to_bytes(4, "little")
            head[22:26] = bytes(4)
            head[22:26] = _checksum(bytes(head) + content).to_bytes(4, "little")
            counted[page.serial] += 1
            parts += [bytes(head), page.payload]
        return parts

    @property
    def samples(self) -> int:
        """The position at its end, in samples; 0 where it is not stated."""
        return max((page.granule for page in self.pages), default=0)

    def native_flac(self) -> list[ByteSpan]:
        """Return the FLAC stream inside, without its pages."""
        serial = next(number for number, codec in self.codecs.items() if codec == "flac")
        runs = [page.payload for page in self.pages if page.serial == serial]
        first = runs[0]
        head = ByteSpan(first.offset + _FLAC_MAPPING_BYTES, first.size - _FLAC_MAPPING_BYTES)
        return [head, *runs[1:]]


def ogg_links(file: BinaryIO) -> list[OggLink]:
    """Return the links of an Ogg file in order; none for any other file."""
    links: list[OggLink] = []
    opening = False
    for page in _pages(file):
        if page.segments is not None and not (links and page.serial in links[-1].codecs):
            continue
        if page.first and not opening:
            links.append(OggLink())
        opening = page.first
        if not links:
            continue
        link = links[-1]
        if page.first:
            file.seek(page.payload.offset)
            link.codecs[page.serial] = _codec(file.read(min(8, page.payload.size)))
        link.pages.append(page)
    return links


def _codec(start: bytes) -> str:
    return next((name for mark, name in _CODECS.items() if start.startswith(mark)), "unknown")


def _pages(file: BinaryIO) -> Iterator[OggPage]:
    """Whole pages in order; what lies between them is stepped over."""
    end = file.seek(0, 2)
    position = 0
    while position + 27 <= end:
        page = _page_at(file, position, end)
        if page is not None:
            yield page
            position = page.end
            continue
        found = _next_mark(file, position + 1, end)
        if found is None:
            return
        position = found


def _page_at(file: BinaryIO, position: int, end: int) -> OggPage | None:
    file.seek(position)
    head = file.read(27)
    if head[:5] != b"OggS\x00":
        return None
    lacing = file.read(head[26])
    start, size, segments = position + 27 + head[26], sum(lacing), None
    if start + size > end:
        segments = _segments_there(lacing, end - start)
        size = sum(lacing[:segments])
    if len(lacing) < head[26] or segments == 0:
        return None
    payload = ByteSpan(start, size)
    granule = int.from_bytes(head[6:14], "little", signed=True)
    serial = int.from_bytes(head[14:18], "little")
    flags = head[5]
    told = int.from_bytes(head[22:26], "little")
    checked = _checksum(head[:22] + bytes(4) + head[26:] + lacing + file.read(size)) == told
    whole, last = checked or segments is not None, bool(flags & _LAST) and segments is None
    first = bool(flags & _FIRST)
    return OggPage(position, payload, serial, first, last, granule, whole, segments)


def _segments_there(lacing: bytes, size: int) -> int:
    """Count the segments up to the last packet that is whole within a cut payload."""
    there, kept = 0, 0
    for number, length in enumerate(lacing, start=1):
        there += length
        if there > size:
            break
        if length < 255:
            kept = number
    return kept


def _opus_samples(lacing: bytes, payload: bytes) -> int:
    """Count the samples at 48 kHz of the Opus packets of a page, from their first bytes."""
    samples = start = position = 0
    for length in lacing:
        position += length
        if length < 255:
            samples += opus_packet_samples(payload[start : start + 2])
            start = position
    return samples


def opus_packet_samples(head: bytes) -> int:
    """Return the length of a packet in samples at 48 kHz. head: its first two bytes"""
    if not head:
        return 0
    mode, code = head[0] >> 3, head[0] & 3
    if mode < _FIRST_HYBRID:
        frame = (480, 960, 1_920, 2_880)[mode & 3]
    elif mode < _FIRST_CELT:
        frame = (480, 960)[mode & 1]
    else:
        frame = 120 << (mode & 3)
    frames = (1, 2, 2, head[1] & 0x3F if len(head) > 1 else 0)[code]
    return frame * frames


def _checksum(page: bytes) -> int:
    """Ogg's checksum is that of zlib with all bits the other way round, and begins with 0."""
    mirrored = zlib.crc32(page.translate(_REVERSED), 0xFFFF_FFFF) ^ 0xFFFF_FFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def _next_mark(file: BinaryIO, start: int, end: int) -> int | None:
    position = start
    while position + 4 <= end:
        file.seek(position)
        block = file.read(min(_BLOCK, end - position))
        place = block.find(b"OggS")
        if place >= 0:
            return position + place
        position += max(len(block) - 3, 1)
    return None
