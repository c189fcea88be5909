"""What the members of a zip are called: old zips don't say how their names are encoded.

Sources: .ZIP File Format Specification (PKWARE), sections 4.4.4 (bit 11) and 4.6.9 (Unicode
path); JIS X 0208, GB 2312, Big5 and KS X 1001 for which signs are common.
"""

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO
from zipfile import BadZipFile, ZipInfo

from src.storage.containers.byte_view import ByteSpan, ByteView, Part

_UTF8_FLAG = 0x800
_UNICODE_PATH = 0x7075
_LONGEST_END = 22 + 0xFFFF
"""Bytes from the end in which the end record lies."""

_CODECS = (
    "cp932", "gbk", "big5", "cp949", "cp1251", "cp866", "koi8_r", "cp1252", "cp1250", "cp437",
)  # fmt: skip
"""Encodings that a name without the flag may have, the likelier of two equals first."""

_COMMON_SIGNS = frozenset(
    "鼓音低高打击擊贝貝斯吉他钢鋼琴合成器弦乐樂人声聲循环環节節奏旋律氛围圍效果主的一是不中文大小上下新歌曲"
    "电電子军軍踩镲鑔拍手提小号號男女声版本采樣样包套"
)
_COMMON_SYLLABLES = frozenset(
    "드럼루프베이스라인킥네어하햇기타피아노신패보컬리소효과음악비트의에를로고가다는을사운"
)
_WESTERN = frozenset("äöüÄÖÜßéèêëàâáåãçñíîïìóôòõúûùøæœÅÆØÉÈÀÇÑÁÍÓÚ")
_CENTRAL = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžýČĎĚŇŘŠŤŮŽőűŐŰáéíúäöüßÁÉÍÚÄÖÜâîăĂ")
_LONE_ENDING = re.compile(r"\\(\.[A-Za-z0-9]{1,5})$")


def member_names(members: Sequence[ZipInfo]) -> list[str]:
    """Return the names of members, with "/" between folders.

    All names that don't say how they are encoded are read alike, by the encoding in which they
    make most sense; none is lost, since the last one reads any bytes.
    """
    stated = [_stated_name(info) for info in members]
    raw = [_raw(info) for info, name in zip(members, stated, strict=True) if name is None]
    codec = likeliest_codec(raw)
    return [
        _separated(_raw(info).decode(codec) if name is None else name)
        for info, name in zip(members, stated, strict=True)
    ]


def without_false_marks(file: BinaryIO) -> ByteView:
    """Return the archive with no name marked as UTF-8 whose bytes are none.

    Raises BadZipFile where its list of members can't be found.
    """
    size = file.seek(0, 2)
    file.seek(max(size - _LONGEST_END, 0))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    position = int.from_bytes(tail[end + 16 : end + 20], "little")
    if end < 0 or position == 0xFFFFFFFF:
        raise BadZipFile("its list of members can't be found")
    unmarked: dict[int, bytes] = {}
    while position + 46 <= size:
        file.seek(position)
        head = file.read(46)
        if head[:4] != b"PK\x01\x02":
            break
        name_size, extra_size, comment_size = struct.unpack_from("<HHH", head, 28)
        flags, name = int.from_bytes(head[8:10], "little"), file.read(name_size)
        if flags & _UTF8_FLAG and _decoded([name], "utf-8") is None:
            plain = struct.pack("<H", flags & ~_UTF8_FLAG)
            member = int.from_bytes(head[42:46], "little")
            unmarked |= {position + 8: plain, member + 6: plain}
        position += 46 + name_size + extra_size + comment_size
    return _patched(file, size, unmarked)


def _patched(file: BinaryIO, size: int, patches: Mapping[int, bytes]) -> ByteView:
    parts: list[Part] = []
    done = 0
    for offset, data in sorted(patches.items()):
        if done <= offset <= size - len(data):
            parts += [ByteSpan(done, offset - done), data]
            done = offset + len(data)
    return ByteView(file, [*parts, ByteSpan(done, size - done)])


def likeliest_codec(names: Sequence[bytes]) -> str:
    """Return the encoding in which names make most sense, judged by their signs together."""
    if not any(byte > 127 for name in names for byte in name):
        return "utf-8"
    if _decoded(names, "utf-8") is not None:
        return "utf-8"
    best, most = "cp437", float("-inf")
    for codec in _CODECS:
        texts = _decoded(names, codec)
        if texts is not None and (sense := _sense(texts, codec)) > most:
            best, most = codec, sense
    return best


def _stated_name(info: ZipInfo) -> str | None:
    """Return the name, where the archive says how it is encoded."""
    if info.flag_bits & _UTF8_FLAG:
        return info.orig_filename
    position = 0
    while position + 4 <= len(info.extra):
        kind, size = (int.from_bytes(info.extra[position + n : position + n + 2], "little")
                      for n in (0, 2))  # fmt: skip
        field = info.extra[position + 4 : position + 4 + size]
        checksum = int.from_bytes(field[1:5], "little")
        if kind == _UNICODE_PATH and field[:1] == b"\x01" and checksum == zlib.crc32(_raw(info)):
            try:
                return field[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
        position += 4 + size
    return None


def _raw(info: ZipInfo) -> bytes:
    """Return the bytes of a name without the flag: the reader took them for the first PC's."""
    return info.orig_filename.encode("cp437")


def _decoded(names: Iterable[bytes], codec: str) -> list[str] | None:
    try:
        return [name.decode(codec) for name in names]
    except UnicodeDecodeError:
        return None


def _sense(texts: Iterable[str], codec: str) -> float:
    """Return how much sense the signs beyond ASCII make on the whole, at most about 1."""
    worth = [
        _worth(text, place, codec)
        for text in texts
        for place, sign in enumerate(text)
        if not sign.isascii()
    ]
    return sum(worth) / max(len(worth), 1)


def _worth(text: str, place: int, codec: str) -> float:
    """Return how likely a sign is in a name: letters of one script together, common signs."""
    sign, after = text[place], text[place + 1 : place + 2]
    if codec in ("cp932", "gbk", "big5", "cp949"):
        inside = place > 0 and all(c.isascii() and c.isalpha() for c in (text[place - 1], after))
        return _eastern_worth(sign, codec) - 0.8 * (inside and after != "")
    if after == "\\":  # rather the second half of an Eastern sign than a folder's end
        return -1.0
    if not unicodedata.category(sign).startswith("L"):
        return -1.0
    beside = text[max(place - 1, 0) : place] + after
    cyrillic = "\u0400" <= sign <= "\u04ff"
    if cyrillic:
        common = "\u0410" <= sign <= "\u044f" or sign in "Ёё"
        mixed = any(other.isascii() and other.isalpha() for other in beside)
        shouts = sign.isupper() and place > 0 and text[place - 1].islower()
        return (0.8 if common else -0.5) - 1.5 * mixed - 0.5 * shouts
    usual = 0.6 * (sign in _CENTRAL) if codec == "cp1250" else 0.7 * (sign in _WESTERN)
    return max(usual, 0.1) - 0.5 * (sign.isupper() and place > 0 and text[place - 1].islower())


def _eastern_worth(sign: str, codec: str) -> float:
    if "\u3040" <= sign <= "\u30ff":
        return 1.0 if codec == "cp932" else 0.2
    if "\uff61" <= sign <= "\uff9f" or not unicodedata.category(sign).startswith("L"):
        return 0.3 if sign in "　、。・ー「」（）！？" else -0.5
    if codec == "cp949":
        hangul = "\uac00" <= sign <= "\ud7a3"
        return (0.5 if hangul else -0.3) + 0.8 * (sign in _COMMON_SYLLABLES)
    code = sign.encode(codec)
    first, second = code[0], code[-1]
    common = {
        "cp932": 0x88 <= first <= 0x97,
        "gbk": 0xB0 <= first <= 0xD7 and second >= 0xA1,
        "big5": 0xA4 <= first <= 0xC6,
    }[codec]
    rare = codec == "gbk" and (first < 0xB0 or second < 0xA1)
    usual = 0.7 if common else (-0.3 if rare else 0.2)
    return usual + 0.8 * (sign in _COMMON_SIGNS and codec != "cp932")


def _separated(name: str) -> str:
    r"""Return the name with "/" between its folders, where old Windows programs wrote "\".

    Before what is only an ending a backslash parts no folder: it is half of a sign.
    """
    return _LONE_ENDING.sub(r"_\1", name).replace("\\", "/")
