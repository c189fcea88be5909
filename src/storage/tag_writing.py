"""Tags where players and DJ programs look for them: ID3v2 in MP3 and WAV, comments in FLAC.

libsndfile writes neither tempo, key nor pictures. Sources: ID3v2.3 (id3.org, 1999); FLAC (RFC
9639), sections 8.6 and 8.8; Vorbis I comment field.
"""

import shutil
import struct
from dataclasses import dataclass
from pathlib import Path

from src.core.errors import InvalidInputError
from src.storage.containers.flac_stream import metadata_blocks

_COMMENTS, _PICTURE, _PADDING = 4, 6, 1
_FRONT_COVER = 3
_PNG = "image/png"
_LARGEST_BLOCK = (1 << 24) - 1


@dataclass(frozen=True)
class Tags:
    """What a file says about itself; what is empty is left out.

    bpm, key: as text ("138", "Am"); cover: a picture as PNG
    """

    title: str = ""
    genre: str = ""
    comment: str = ""
    artist: str = ""
    bpm: str = ""
    key: str = ""
    cover: bytes = b""


def id3_tag(tags: Tags) -> bytes:
    """Write an ID3v2.3 tag, the version that all players read."""
    texts = (
        ("TIT2", tags.title), ("TPE1", tags.artist), ("TCON", tags.genre), ("TBPM", tags.bpm),
        ("TKEY", tags.key),
    )  # fmt: skip
    frames = [_frame(name, _text(text)) for name, text in texts if text]
    if tags.comment:
        coded = _text(tags.comment)
        mark = b"\xff\xfe\x00\x00" if coded[:1] == b"\x01" else b"\x00"
        frames.append(_frame("COMM", coded[:1] + b"eng" + mark + coded[1:]))
    if tags.cover:
        head = b"\x00" + _PNG.encode() + b"\x00" + bytes([_FRONT_COVER]) + b"\x00"
        frames.append(_frame("APIC", head + tags.cover))
    body = b"".join(frames)
    return b"ID3\x03\x00\x00" + bytes(len(body) >> bits & 0x7F for bits in (21, 14, 7, 0)) + body


def vorbis_comments(tags: Tags) -> bytes:
    """Write a Vorbis comment block."""
    names = (
        ("TITLE", tags.title), ("ARTIST", tags.artist), ("GENRE", tags.genre), ("BPM", tags.bpm),
        ("INITIALKEY", tags.key), ("COMMENT", tags.comment),
    )  # fmt: skip
    pairs = [f"{name}={text}".encode() for name, text in names if text]
    vendor = b"Traum-Engine"
    parts = [struct.pack("<I", len(vendor)) + vendor, struct.pack("<I", len(pairs))]
    return b"".join([*parts, *(struct.pack("<I", len(pair)) + pair for pair in pairs)])


def tag_file(path: Path, container: str, tags: Tags) -> None:
    """Put tags into a finished file, in place of those it has. container: "MP3", "FLAC" or "WAV"

    Raises InvalidInputError for another container.
    """
    if container == "MP3":
        _put_before(path, id3_tag(tags))
    elif container == "FLAC":
        _put_into_flac(path, tags)
    elif container == "WAV":
        _append_chunk(path, id3_tag(tags))
    else:
        raise InvalidInputError(f"tags go into MP3, FLAC or WAV, got {container!r}")


def _put_before(path: Path, head: bytes, *, start: int = 0) -> None:
    """Replace what stands before a byte of a file."""
    rewritten = path.with_name(f"{path.name}.tagged")
    with path.open("rb") as source, rewritten.open("wb") as target:
        target.write(head)
        source.seek(start)
        shutil.copyfileobj(source, target, 1 << 20)
    rewritten.replace(path)


def _put_into_flac(path: Path, tags: Tags) -> None:
    kept: list[tuple[int, bytes]] = []
    with path.open("rb") as file:
        blocks = metadata_blocks(file, 0)
        for kind, span in blocks:
            if kind not in (_COMMENTS, _PICTURE, _PADDING):
                file.seek(span.offset)
                kept.append((kind, file.read(span.size)))
    kept.append((_COMMENTS, vorbis_comments(tags)))
    if 0 < len(tags.cover) < _LARGEST_BLOCK - 1_024:
        kept.append((_PICTURE, _picture(tags.cover)))
    head = [b"fLaC"]
    for number, (kind, data) in enumerate(kept):
        last = 0x80 if number == len(kept) - 1 else 0
        head.append(bytes([kind | last]) + struct.pack(">I", len(data))[1:] + data)
    last_span = blocks[-1][1]
    _put_before(path, b"".join(head), start=last_span.offset + last_span.size)


def _picture(png: bytes) -> bytes:
    width, height = struct.unpack_from(">II", png, 16)
    mime = _PNG.encode()
    return b"".join((
        struct.pack(">II", _FRONT_COVER, len(mime)), mime, struct.pack(">I", 0),
        struct.pack(">IIIII", width, height, 24, 0, len(png)), png,
    ))  # fmt: skip


def _append_chunk(path: Path, tag: bytes) -> None:
    """Add an ``id3 `` chunk behind the sound; players find it there, loop editors step over it."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        data = tag + bytes(len(tag) % 2)
        file.write(bytes(size % 2) + b"id3 " + struct.pack("<I", len(tag)) + data)
        total = file.tell() - 8
        file.seek(0)
        if file.read(4) == b"RIFF" and total < 1 << 32:
            file.write(struct.pack("<I", total))


def _frame(name: str, data: bytes) -> bytes:
    return name.encode() + struct.pack(">I", len(data)) + b"\x00\x00" + data


def _text(text: str) -> bytes:
    """Return text of a frame: Latin-1 where that is enough, else UTF-16, as version 2.3 has it."""
    try:
        return b"\x00" + text.encode("latin-1")
    except UnicodeEncodeError:
        return b"\x01\xff\xfe" + text.encode("utf-16-le")
