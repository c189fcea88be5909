"""The pages of an Ogg file: its links one after the other, and what each of them holds.

Sources: RFC 3533 (Ogg); RFC 5334; Ogg mapping of FLAC, version 1.0 (xiph.org).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from src.storage.containers.byte_view import ByteSpan

_BLOCK = 1 << 16
_FIRST, _LAST = 2, 4
_CODECS = {
    b"\x01vorbis": "vorbis", b"OpusHead": "opus", b"\x7fFLAC": "flac", b"Speex   ": "speex",
    b"\x80theora": "theora", b"fishead\x00": "skeleton",
}  # fmt: skip
_FLAC_MAPPING_BYTES = 9
"""What stands before the native stream in the first packet of an Ogg FLAC."""


@dataclass(frozen=True)
class OggPage:
    """One page. payload: where its data lies; granule: position at its end, -1 for none"""

    offset: int
    payload: ByteSpan
    serial: int
    first: bool
    last: bool
    granule: int

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
    def samples(self) -> int:
        """The position at its end, in samples; 0 where it is not reported."""
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
    payload = ByteSpan(position + 27 + head[26], sum(lacing))
    if payload.offset + payload.size > end or len(lacing) < head[26]:
        return None
    granule = int.from_bytes(head[6:14], "little", signed=True)
    serial = int.from_bytes(head[14:18], "little")
    flags = head[5]
    return OggPage(position, payload, serial, bool(flags & _FIRST), bool(flags & _LAST), granule)


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
