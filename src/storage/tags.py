"""Tags of sound files under one set of names, whatever the format calls them.

Read by tinytag, which knows ID3 in all versions, Vorbis comments, MP4, Windows Media, RIFF and
AIFF; what it says is bounded and cleaned here, since nothing in a file may be believed.
"""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO

from tinytag import TinyTag, TinyTagException

MOST_TAGS = 256
LONGEST_TEXT = 4_096
"""Characters of one tag that are kept; longer ones are cut."""

LONGEST_LYRICS = 65_536
"""Characters of embedded lyrics that are kept."""

_LARGEST_TAG = 4 << 20
_NAMED = ("title", "artist", "genre", "comment")

Tags = dict[str, str]


def read_tags(file: BinaryIO) -> Tags:
    """Return tags of a sound file by name in capitals; empty for a file without, or of another
    kind.

    Names are those of Vorbis comments ("TITLE", "ARTIST", "GENRE", "COMMENT", "BPM",
    "INITIALKEY", "COPYRIGHT", "LICENSE"). Of each name the first one counts, but comments are
    all kept, in one text. The position of the file is anywhere afterwards.
    """
    found = _found(file)
    if found is None:
        return {}
    tags: Tags = {}
    for name, values in _all(found):
        clean = [text for text in map(_printable, values) if text]
        label = "".join(sign for sign in name.upper() if sign.isalnum())
        if clean and label and len(label) <= 32 and len(tags) < MOST_TAGS:
            text = "; ".join(clean) if label == "COMMENT" else clean[0]
            tags.setdefault(label, text[:LONGEST_TEXT])
    return tags


def read_embedded_lyrics(file: BinaryIO) -> str:
    """Return the lyrics that a file carries, with their lines; "" for none.

    Of ID3 (plain and timed, the latter with times in brackets), Vorbis comments, MP4 and Windows
    Media. The position of the file is anywhere afterwards.
    """
    found = _found(file)
    texts = [] if found is None else found.other.get("lyrics", [])
    return next((text.strip("\x00 \r\n") for text in texts if text.strip()), "")[:LONGEST_LYRICS]


def _found(file: BinaryIO) -> TinyTag | None:
    """Read the tags; None for a file of another kind."""
    file.seek(0)
    head = file.read(10)
    source = _unstuffed(file, head) if _is_stuffed(head) else file
    source.seek(0)
    try:
        return TinyTag.get(file_obj=source, duration=False)
    except TinyTagException:
        return None


def _is_stuffed(head: bytes) -> bool:
    return len(head) == 10 and head[:3] == b"ID3" and head[3] in (2, 3) and head[5] >= 0x80


def _unstuffed(file: BinaryIO, head: bytes) -> BinaryIO:
    """Return an ID3 tag without the zeros that keep players from taking it for sound; tinytag
    keeps them.

    Source: ID3v2.3, section 5 (unsynchronisation).
    """
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    data = file.read(min(size, _LARGEST_TAG)).replace(b"\xff\x00", b"\xff")
    sizes = bytes(len(data) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return BytesIO(head[:5] + bytes([head[5] & 0x7F]) + sizes + data)


def _all(found: TinyTag) -> Iterator[tuple[str, Iterable[str]]]:
    """Return names and values, those with a field of their own first."""
    more = found.other
    for name in _NAMED:
        value = getattr(found, name)
        yield name, [*([value] if value else []), *more.get(name, [])]
    yield from more.items()


def _printable(text: str) -> str:
    spaced = " ".join(text.split())
    return "".join(sign for sign in spaced if sign.isprintable()).strip()
