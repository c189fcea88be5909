"""Tags of every format, written by hand as their specifications say."""

import struct
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from src.storage.tags import LONGEST_TEXT, read_tags, vorbis_comments


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


def ogg_page(*packets: bytes) -> bytes:
    """One page of whole packets; its checksum is not set, since no reader of tags asks."""
    lacing = b"".join(b"\xff" * (len(p) // 255) + bytes([len(p) % 255]) for p in packets)
    return b"OggS" + bytes(22) + bytes([len(lacing)]) + lacing + b"".join(packets)


def tags_of(data: bytes) -> dict[str, str]:
    return read_tags(BytesIO(data))


@pytest.mark.parametrize("version", [3, 4])
def test_id3_tells_tempo_key_and_title_in_every_encoding(version: int) -> None:
    data = id3(
        frame(b"APIC", bytes(300), version),
        frame(b"TIT2", b"\x01" + "Düster".encode("utf-16"), version),
        frame(b"TBPM", b"\x00174", version),
        frame(b"TKEY", b"\x03F#m\x00", version),
        frame(b"COMM", b"\x00engtitle\x00made by hand", version),
        frame(b"TXXX", b"\x03initialkey\x008A", version),
        version=version,
    )
    expected = {"TITLE": "Düster", "BPM": "174", "KEY": "F#m", "COMMENT": "made by hand"}
    assert tags_of(data + bytes(100)) == expected | {"INITIALKEY": "8A"}


def test_the_old_id3_of_three_letters_is_read() -> None:
    body = b"TBP\x00\x00\x04\x00128" + b"TKE\x00\x00\x03\x00Am"
    assert tags_of(b"ID3\x02\x00\x00" + synchsafe(len(body)) + body) == {"BPM": "128", "KEY": "Am"}


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


@pytest.mark.parametrize("magic", [b"\x03vorbis", b"OpusTags", b"\x84\x00\x00\x99"])
def test_ogg_comments_are_the_second_packet(magic: bytes) -> None:
    pages = ogg_page(b"\x01vorbis" + bytes(23)) + ogg_page(magic + comments("TEMPO=140.5"))
    assert tags_of(pages) == {"TEMPO": "140.5"}


def test_comments_longer_than_a_page_are_put_together() -> None:
    packet = b"\x03vorbis" + comments("TITLE=" + "x" * 3_000, "BPM=99")
    cut = 255 * 5
    first = b"OggS" + bytes(22) + bytes([5]) + b"\xff" * 5 + packet[:cut]
    assert tags_of(ogg_page(b"\x01vorbis") + first + ogg_page(packet[cut:]))["BPM"] == "99"


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
    told = read_tags(BytesIO(path.read_bytes()))
    assert (told["TITLE"], told["ARTIST"], told["LICENSE"]) == ("Tür", "somebody", "CC0")


def test_an_endless_text_is_cut_and_a_lying_count_ends() -> None:
    block = comments("COMMENT=" + "y" * 100_000)
    assert len(vorbis_comments(block)["COMMENT"]) == LONGEST_TEXT
    assert vorbis_comments(b"\x00" * 4 + b"\xff" * 4) == {}
    assert vorbis_comments(b"\x00" * 4 + b"\xff" * 8 + b"A=b") == {}


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
