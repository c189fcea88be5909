"""Names in zips of all countries: none is lost, and most are read right."""

import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from src.storage.zips.names import likeliest_codec
from src.storage.zips.reading import extract_zip

NAMES = {
    "cp932": ["キック 120bpm.wav", "ソ.wav", "表.wav", "シンセソロ.wav", "能/十.wav"],
    "big5": ["鼓組/低音鼓.wav", "貝斯循環 120bpm.wav", "功能.wav", "許.wav", "合成器主音.wav"],
    "gbk": ["鼓组/底鼓.wav", "军鼓.wav", "贝斯循环 120bpm.wav", "合成器.wav", "钢琴.wav"],
    "cp1251": ["Барабаны/Бочка 120.wav", "Бас.wav", "Гитара.wav", "Ёлка.wav"],
    "cp866": ["Барабаны/Бочка 120.wav", "Бас.wav", "Гитара.wav"],
    "koi8_r": ["Барабаны/Бочка 120.wav", "Бас линия.wav", "Гитара.wav"],
    "cp949": ["드럼/킥 120bpm.wav", "베이스 라인.wav", "피아노 루프.wav"],
    "cp1250": ["Zażółć gęślą.wav", "Głośna pętla 120.wav"],
    "cp1252": ["Bässe/Bass 01.wav", "Fläche.wav", "Übergang.wav", "Été.wav", "coração.wav"],
    "cp437": ["Bässe.wav", "Größe.wav", "señal.wav"],
    "utf-8": ["キック.wav", "Бас.wav", "Bässe.wav", "drums/🥁.wav"],
}


def archive(names: list[bytes], *, flags: int = 0, extra: bytes = b"") -> bytes:
    """A zip of stored members whose content is their number."""
    body = table = b""
    for number, name in enumerate(names):
        data = bytes([number])
        fields = struct.pack(
            "<HHHHIIIHH", flags, 0, 0, 0x5A21, zlib.crc32(data), 1, 1, len(name), len(extra)
        )
        head = b"PK\x01\x02" + struct.pack("<HH", 20, 20) + fields
        table += head + struct.pack("<HHHII", 0, 0, 0, 0, len(body)) + name + extra
        body += b"PK\x03\x04" + struct.pack("<H", 20) + fields + name + extra + data
    end = struct.pack("<HHHHIIH", 0, 0, len(names), len(names), len(table), len(body), 0)
    return body + table + b"PK\x05\x06" + end


def unpacked(folder: Path, data: bytes) -> list[str]:
    (folder / "a.zip").write_bytes(data)
    files = extract_zip(folder / "a.zip", folder / "out")
    return [file.relative_to(folder / "out").as_posix() for file in files]


@pytest.mark.parametrize("flags", [0, 0x800])
@pytest.mark.parametrize("codec", NAMES)
def test_names_of_all_encodings_are_read_whatever_the_flag_says(
    tmp_path: Path, codec: str, flags: int
) -> None:
    data = archive([name.encode(codec) for name in NAMES[codec]], flags=flags)
    assert unpacked(tmp_path, data) == NAMES[codec]


@pytest.mark.parametrize("codec", NAMES)
def test_one_name_alone_mostly_tells_its_encoding(codec: str) -> None:
    for name in NAMES[codec]:
        assert name.encode(codec).decode(likeliest_codec([name.encode(codec)])) == name


def test_a_unicode_path_beside_the_name_counts(tmp_path: Path) -> None:
    raw = b"?????.wav"
    stated = b"\x01" + struct.pack("<I", zlib.crc32(raw)) + "Größe.wav".encode()
    assert unpacked(
        tmp_path, archive([raw], extra=struct.pack("<HH", 0x7075, len(stated)) + stated)
    ) == ["Größe.wav"]
    stale = b"\x01" + bytes(4) + b"other.wav"
    data = archive([b"a.wav"], extra=struct.pack("<HH", 0x7075, len(stale)) + stale)
    (tmp_path / "more").mkdir()
    assert unpacked(tmp_path / "more", data) == ["a.wav"]


def test_backslashes_part_folders_but_lose_no_file(tmp_path: Path) -> None:
    assert unpacked(tmp_path, archive([b"Kit\\Drums\\kick.wav", b"a\\.wav"])) == [
        "Kit/Drums/kick.wav", "a_.wav",
    ]  # fmt: skip


def test_reserved_names_are_renamed_and_refuse_nothing_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
        for name in ("Song/AUX.wav", "con/Drums.wav", "COM1", "Song/nul.tar.wav", "LPT9 .wav"):
            made.writestr(name, b"x")
    files = extract_zip(tmp_path / "a.zip", tmp_path / "out")
    assert [file.relative_to(tmp_path / "out").as_posix() for file in files] == [
        "Song/_AUX.wav", "_con/Drums.wav", "_COM1", "Song/_nul.tar.wav", "_LPT9 .wav",
    ]  # fmt: skip
