"""Tags in audio files: ID3 version 2, Vorbis comments, and the AIFF chunks around them.

Own readers of the few tags that matter here, since nothing may be believed: every size is
bounded by what the file holds and by a limit, pictures are stepped over unread, and what is
broken tells nothing.

Sources: ID3v2.2 to 2.4 (id3.org, 1998 to 2000); Vorbis I comment field and header
specification; FLAC format, METADATA_BLOCK_VORBIS_COMMENT; RFC 3533 (Ogg); RFC 7845 (Opus);
Audio Interchange File Format AIFF-C (Apple 1991).
"""

from io import BytesIO
from typing import BinaryIO

from src.storage.riff import chunk_bytes, iff_chunks

MOST_TAGS = 256
LONGEST_TEXT = 4_096
"""Bytes of one tag that are read; longer ones are cut."""

_LARGEST_TAG = 4 << 20
_LARGEST_COMMENTS = 1 << 18
_ID3_NAMES = {
    "TIT2": "TITLE", "TPE1": "ARTIST", "TCON": "GENRE", "TBPM": "BPM", "TKEY": "KEY",
    "COMM": "COMMENT", "TCOP": "COPYRIGHT", "WCOP": "LICENSE", "TXXX": "",
    "TT2": "TITLE", "TP1": "ARTIST", "TCO": "GENRE", "TBP": "BPM", "TKE": "KEY",
    "COM": "COMMENT", "TCR": "COPYRIGHT", "TXX": "",
}  # fmt: skip
_AIFF_NAMES = {b"NAME": "TITLE", b"AUTH": "ARTIST", b"(c) ": "COPYRIGHT", b"ANNO": "COMMENT"}
_CODECS = ("latin-1", "utf-16", "utf-16-be", "utf-8")

Tags = dict[str, str]


def read_tags(file: BinaryIO) -> Tags:
    """Tags of an MP3, FLAC, Ogg or AIFF file by name in capitals; empty for other files.

    Names are those of Vorbis comments ("TITLE", "ARTIST", "GENRE", "COMMENT", "BPM", "KEY",
    "COPYRIGHT", "LICENSE"), whatever the format calls them; the first of each name counts.
    The position of the file is anywhere afterwards.
    """
    file.seek(0)
    head = file.read(12)
    tags: Tags = {}
    start = 0
    if head[:3] == b"ID3":
        tags, start = id3_tags(file, 0)
        file.seek(start)
        head = file.read(12)
    if head[:4] == b"fLaC":
        return _flac_tags(file, start + 4) | tags
    if head[:4] == b"OggS":
        return _ogg_tags(file) | tags
    if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
        return _aiff_tags(file)
    return tags


def id3_tags(file: BinaryIO, start: int) -> tuple[Tags, int]:
    """Tags of an ID3v2 header at a byte of the file, and where it ends."""
    file.seek(start)
    head = file.read(10)
    if len(head) < 10 or head[:3] != b"ID3" or head[3] not in (2, 3, 4):
        return {}, start
    version, flags, size = head[3], head[5], _synchsafe(head[6:10])
    end = start + 10 + size
    if flags & 0x80 and version < 4:
        data = file.read(min(size, _LARGEST_TAG)).replace(b"\xff\x00", b"\xff")
        return _id3_frames(BytesIO(data), 0, len(data), version), end
    position = file.tell()
    if flags & 0x40 and version > 2:
        extended = file.read(4)
        length = _synchsafe(extended) if version == 4 else int.from_bytes(extended, "big") + 4
        position += min(length, size)
    return _id3_frames(file, position, end, version), end


def vorbis_comments(data: bytes) -> Tags:
    """Tags of a Vorbis comment block: vendor, count, then "NAME=text" each with its length."""
    tags: Tags = {}
    position = 4 + int.from_bytes(data[:4], "little")
    count = int.from_bytes(data[position : position + 4], "little")
    position += 4
    for _ in range(min(count, MOST_TAGS)):
        size = int.from_bytes(data[position : position + 4], "little")
        if position + 4 > len(data) or size > len(data):
            break
        name, is_pair, text = data[position + 4 : position + 4 + size].partition(b"=")
        if is_pair:
            _add(
                tags,
                name.decode("ascii", "replace"),
                text[:LONGEST_TEXT].decode("utf-8", "replace"),
            )
        position += 4 + size
    return tags


def _id3_frames(file: BinaryIO, position: int, end: int, version: int) -> Tags:
    """The text frames between two bytes; all others are stepped over."""
    tags: Tags = {}
    letters, header = (3, 6) if version == 2 else (4, 10)
    for _ in range(MOST_TAGS):
        if position + header > end:
            break
        file.seek(position)
        head = file.read(header)
        name = head[:letters].decode("latin-1")
        if len(head) < header or not name.isalnum():
            break
        counted = head[letters : letters + (3 if version == 2 else 4)]
        size = _synchsafe(counted) if version == 4 else int.from_bytes(counted, "big")
        if name in _ID3_NAMES and 0 < size <= end - position - header:
            _add_frame(tags, name, file.read(min(size, LONGEST_TEXT)))
        position += header + size
    return tags


def _add_frame(tags: Tags, frame: str, data: bytes) -> None:
    """The text of one ID3 frame. Comments start with a language, both kinds with a title."""
    if frame == "WCOP":
        return _add(tags, "LICENSE", data.decode("latin-1"))
    is_comment = frame in ("COMM", "COM")
    codec = _CODECS[data[0]] if data[0] < len(_CODECS) else "latin-1"
    text = data[4 if is_comment else 1 :].decode(codec, "replace")
    parts = [part.lstrip("\ufeff") for part in text.split("\x00")]
    if is_comment:
        return _add(tags, "COMMENT", " ".join(parts[1:]) if len(parts) > 1 else parts[0])
    if frame in ("TXXX", "TXX"):
        return _add(tags, parts[0], parts[1] if len(parts) > 1 else "")
    return _add(tags, _ID3_NAMES[frame], parts[0])


def _flac_tags(file: BinaryIO, position: int) -> Tags:
    """The comment block among the metadata blocks of a FLAC file."""
    for _ in range(MOST_TAGS):
        file.seek(position)
        head = file.read(4)
        if len(head) < 4:
            break
        size = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 4:
            return vorbis_comments(file.read(min(size, _LARGEST_COMMENTS)))
        if head[0] & 0x80:
            break
        position += 4 + size
    return {}


def _ogg_tags(file: BinaryIO) -> Tags:
    """The comment packet, the second one, of an Ogg Vorbis, Opus or FLAC stream."""
    packet = _second_packet(file)
    for magic, length in ((b"\x03vorbis", 7), (b"OpusTags", 8)):
        if packet.startswith(magic):
            return vorbis_comments(packet[length:])
    if packet[:1] in (b"\x04", b"\x84"):
        return vorbis_comments(packet[4:])
    return {}


def _second_packet(file: BinaryIO) -> bytes:
    """Bytes of the second packet of an Ogg file, at most 256 KiB; empty where it has none."""
    file.seek(0)
    packet, number = bytearray(), 0
    while len(packet) < _LARGEST_COMMENTS:
        head = file.read(27)
        if len(head) < 27 or head[:4] != b"OggS":
            break
        for lacing in file.read(head[26]):
            part = file.read(lacing)
            if number == 1:
                packet += part
            if lacing < 255:
                number += 1
            if number == 2:
                return bytes(packet)
    return bytes(packet)


def _aiff_tags(file: BinaryIO) -> Tags:
    """Tags of an AIFF file: its text chunks, and the ID3 tag that players put into it."""
    tags: Tags = {}
    chunks = iff_chunks(file)
    for chunk in chunks:
        if chunk.name in _AIFF_NAMES:
            text = chunk_bytes(file, chunk, LONGEST_TEXT).decode("utf-8", "replace")
            _add(tags, _AIFF_NAMES[chunk.name], text)
    for chunk in chunks:
        if chunk.name.upper() == b"ID3 ":
            tags = id3_tags(file, chunk.offset)[0] | tags
    return tags


def _add(tags: Tags, name: str, text: str) -> None:
    """Keep a tag if it says something and is the first of its name."""
    clean = "".join(character for character in text if character.isprintable()).strip()
    label = "".join(character for character in name.upper() if character.isalnum())
    if clean and label and len(label) <= 32 and len(tags) < MOST_TAGS:
        tags.setdefault(label, clean)


def _synchsafe(data: bytes) -> int:
    """A number of seven bits a byte."""
    value = 0
    for byte in data:
        value = value << 7 | byte & 0x7F
    return value
