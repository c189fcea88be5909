"""Tags of every format, written by hand as their specifications say."""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from src.storage.tags import LONGEST_TEXT, read_tags


def synchsafe(value: int) -> bytes:
    return bytes(value >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: bytes, data: bytes, version: int) -> bytes:
    """One ID3v2 frame of version 3 or 4."""
    size = synchsafe(len(data)) if version == 4 else struct.pack(">I", len(data))
    return name + size + b"\x00\x00" + data


def id3(*frames: bytes, version: int = 4, flags: int = 0) -> bytes:
    body = b"".join(frames) + bytes(20)
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(len(body)) + body


def comments(*pairs: str) -> bytes:
    """A Vorbis comment block."""
    block = struct.pack("<I", 4) + b"test" + struct.pack("<I", len(pairs))
    return block + b"".join(struct.pack("<I", len(p.encode())) + p.encode() for p in pairs)


def tags_of(data: bytes) -> dict[str, str]:
    return read_tags(BytesIO(data))


@pytest.mark.parametrize("version", [3, 4])
def test_id3_tells_tempo_key_and_title_in_every_encoding(version: int) -> None:
    data = id3(
        frame(b"APIC", bytes(300), version),
        frame(b"TIT2", b"\x01" + "Düster".encode("utf-16"), version),
        frame(b"TBPM", b"\x00174", version),
        frame(b"TKEY", b"\x03F#m\x00", version),
        frame(b"COMM", b"\x00eng\x00made by hand", version),
        frame(b"TXXX", b"\x03mood\x00dark", version),
        version=version,
    )
    expected = {"TITLE": "Düster", "BPM": "174", "INITIALKEY": "F#m", "COMMENT": "made by hand"}
    assert tags_of(data + bytes(100)) == expected | {"MOOD": "dark"}


def test_the_old_id3_of_three_letters_is_read() -> None:
    body = b"TBP\x00\x00\x04\x00128" + b"TKE\x00\x00\x03\x00Am" + bytes(20)
    assert tags_of(b"ID3\x02\x00\x00" + synchsafe(len(body)) + body) == {
        "BPM": "128",
        "INITIALKEY": "Am",
    }


def test_a_tag_without_false_synchronisation_is_undone() -> None:
    content = frame(b"TIT2", b"\x01\xff\xfeA\x00", 3)
    stuffed = content.replace(b"\xff", b"\xff\x00")
    data = b"ID3\x03\x00\x80" + synchsafe(len(stuffed)) + stuffed
    assert tags_of(data) == {"TITLE": "A"}


def test_flac_comments_are_found_behind_other_blocks_and_an_id3_tag() -> None:
    block = comments("bpm=87", "Initial_Key=Ebm", "LICENSE=CC0-1.0")
    flac = b"fLaC" + b"\x00\x00\x00\x22" + bytes(34) + b"\x84" + struct.pack(">I", len(block))[1:]
    expected = {"BPM": "87", "INITIALKEY": "Ebm", "LICENSE": "CC0-1.0"}
    assert tags_of(flac + block) == expected
    assert tags_of(id3(frame(b"TCON", b"\x03Dub", 4)) + flac + block) == expected | {"GENRE": "Dub"}


def test_aiff_tells_by_its_own_chunks_and_by_id3() -> None:
    tag = id3(frame(b"TBPM", b"\x03126", 4))
    chunks = (
        b"NAME" + struct.pack(">I", 3) + b"Pad\x00" + b"ID3 " + struct.pack(">I", len(tag)) + tag
    )
    form = b"FORM" + struct.pack(">I", len(chunks) + 4) + b"AIFF" + chunks
    assert tags_of(form) == {"TITLE": "Pad", "BPM": "126"}


@pytest.mark.parametrize(("suffix", "subtype"), [("flac", "PCM_16"), ("ogg", "VORBIS")])
def test_what_other_software_writes_is_read(tmp_path: Path, suffix: str, subtype: str) -> None:
    path = tmp_path / f"a.{suffix}"
    with soundfile.SoundFile(path, "w", 48_000, 1, subtype) as file:
        file.title, file.artist, file.license = "Tür", "somebody", "CC0"
        file.write(np.zeros(4_800, np.float32))
    stated = read_tags(BytesIO(path.read_bytes()))
    assert (stated["TITLE"], stated["ARTIST"], stated["LICENSE"]) == ("Tür", "somebody", "CC0")


def flac_with(*pairs: str) -> bytes:
    block = comments(*pairs)
    head = b"fLaC" + b"\x00\x00\x00\x22" + bytes(34) + b"\x84"
    return head + struct.pack(">I", len(block))[1:] + block


def test_an_endless_text_is_cut_and_a_lying_count_ends() -> None:
    assert len(tags_of(flac_with("COMMENT=" + "y" * 100_000))["COMMENT"]) == LONGEST_TEXT
    lying = bytearray(flac_with("TITLE=T"))
    lying[50:54] = b"\xff" * 4
    assert tags_of(bytes(lying)) in ({}, {"TITLE": "T"})


def test_all_comments_are_kept_and_numbers_for_players_are_none() -> None:
    norm = frame(b"COMM", b"\x00engiTunNORM\x00 00000210 000005AD", 3)
    first = frame(b"COMM", b"\x00eng\x0085 BPM, key of Am", 3)
    second = frame(b"COMM", b"\x00deu\x00von Hand", 3)
    for frames in ((norm, first, second), (first, norm, second)):
        assert tags_of(id3(*frames, version=3))["COMMENT"] == "85 BPM, key of Am; von Hand"


def test_plain_sizes_in_the_newest_id3_are_understood() -> None:
    title = b"TIT2" + struct.pack(">I", 200) + b"\x00\x00\x03" + b"a" * 199
    tempo = b"TBPM" + struct.pack(">I", 3) + b"\x00\x00\x0385"
    body = title + tempo
    tags = tags_of(b"ID3\x04\x00\x00" + synchsafe(len(body)) + body)
    assert tags == {"TITLE": "a" * 199, "BPM": "85"}


def test_an_id3_chunk_of_a_wav_is_read() -> None:
    tag = id3(frame(b"TBPM", b"\x0385", 4))
    chunks = b"fmt \x10\0\0\0\x01\0\x01\0" + bytes(8) + b"\x02\0\x10\0"
    chunks += b"id3 " + struct.pack("<I", len(tag)) + tag
    assert tags_of(b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks)["BPM"] == "85"


@settings(max_examples=200)
@given(
    st.sampled_from(
        [b"ID3\x02", b"ID3\x03", b"ID3\x04", b"fLaC", b"OggS", b"FORM\0\0\0\0AIFF", b""]
    ),
    st.binary(max_size=400),
)
def test_no_bytes_break_the_reader(head: bytes, rest: bytes) -> None:
    for name, text in tags_of(head + rest).items():
        assert name.isalnum()
        assert text.isprintable()
