"""What chunks tell, and what they can't be believed."""

import struct
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.storage.metadata import FileMetadata, metadata_of, read_metadata
from src.storage.riff import riff_chunks


def chunk(name: bytes, data: bytes) -> bytes:
    """One RIFF chunk with its padding."""
    return name + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) % 2)


def wav(path: Path, *chunks: bytes) -> Path:
    """A WAV file made of chunks, format and a little silence included."""
    fmt = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 48_000, 96_000, 2, 16))
    body = b"WAVE" + fmt + b"".join(chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def acid(flags: int, root: int, beats: int, tempo: float) -> bytes:
    """An acid chunk in 4/4."""
    return chunk(b"acid", struct.pack("<IHHfIHHf", flags, root, 0x8000, 0.0, beats, 4, 4, tempo))


def test_acid_tells_tempo_beats_and_root(tmp_path: Path) -> None:
    stated = read_metadata(wav(tmp_path / "a.wav", acid(2, 57, 16, 138.0), chunk(b"data", b"\0\0")))
    assert stated.acid is not None
    assert (stated.acid.tempo_bpm, stated.acid.beats, stated.acid.root_note) == (138.0, 16, 57)
    assert not stated.acid.one_shot


def test_acid_after_an_odd_data_chunk_is_found(tmp_path: Path) -> None:
    stated = read_metadata(wav(tmp_path / "a.wav", chunk(b"data", b"\0\0\0"), acid(1, 60, 0, 0.0)))
    assert stated.acid is not None
    assert stated.acid.one_shot
    assert stated.acid.root_note is None


@pytest.mark.parametrize("tempo", [float("nan"), float("inf"), 0.0, -120.0, 1e30])
def test_an_impossible_tempo_is_not_told(tmp_path: Path, tempo: float) -> None:
    stated = read_metadata(wav(tmp_path / "a.wav", acid(2, 57, 16, tempo)))
    assert stated.acid is not None
    assert stated.acid.tempo_bpm is None


def test_sampler_loops_are_bounded_by_what_is_there(tmp_path: Path) -> None:
    head = struct.pack("<9I", 0, 0, 0, 64, 0, 0, 0, 4_000_000_000, 0)
    loop = struct.pack("<6I", 0, 0, 10, 99, 0, 0)
    stated = read_metadata(wav(tmp_path / "a.wav", chunk(b"smpl", head + loop)))
    assert stated.sampler_root_note == 64
    assert stated.loops == ((10, 99),)


def test_info_and_broadcast_texts_are_read_in_any_encoding(tmp_path: Path) -> None:
    info = b"INFO" + chunk(b"INAM", b"D\xfcster\x00") + chunk(b"ICOP", "© CC0".encode() + b"\x00")
    extension = b"made for a test".ljust(256, b"\x00") + b"somebody".ljust(32, b"\x00")
    stated = read_metadata(wav(tmp_path / "a.wav", chunk(b"LIST", info), chunk(b"bext", extension)))
    assert stated.info["INAM"] == "Düster"
    assert stated.licence == "© CC0"
    assert (stated.description, stated.originator) == ("made for a test", "somebody")


def test_files_without_chunks_tell_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"fLaC" + bytes(100))
    assert read_metadata(tmp_path / "a.flac") == FileMetadata()


def test_a_forgotten_padding_byte_hides_no_later_chunk(tmp_path: Path) -> None:
    odd = b"data" + struct.pack("<I", 3) + b"\x01\x02\x03"
    path = wav(tmp_path / "a.wav", odd, chunk(b"LIST", b"INFO" + chunk(b"INAM", b"here\x00")))
    assert read_metadata(path).info == {"INAM": "here"}


def test_a_chunk_that_promises_too_much_is_cut_at_the_end_of_the_file(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", b"data" + struct.pack("<I", 9_999) + b"\0" * 10)
    with path.open("rb") as file:
        data = riff_chunks(file)[-1]
    assert (data.name, data.size, data.declared, data.cut_short) == (b"data", 10, 9_999, True)


@given(st.binary(max_size=300))
def test_no_rubbish_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.mktemp("rubbish") / "a.wav"
    path.write_bytes(b"RIFF\xff\xff\xff\x7fWAVE" + raw)
    with path.open("rb") as file:
        metadata_of(file)
        assert file.tell() == 0


def text_info(name: bytes, text: str) -> bytes:
    return chunk(b"LIST", b"INFO" + chunk(name, text.encode() + b"\x00"))


@pytest.mark.parametrize(
    ("content", "tempo_bpm", "key"),
    [
        (text_info(b"IBPM", "165"), 165.0, None),
        (text_info(b"ICMT", "128.5 BPM, key: F# minor"), 128.5, "F#m"),
        (text_info(b"ICMT", "made in 1998 on 8 tracks"), None, None),
        (text_info(b"IBPM", "0"), None, None),
        (chunk(b"bext", b"drums at 93 bpm".ljust(602, b"\x00")), 93.0, None),
        (chunk(b"iXML", b"<BWFXML><TEMPO>140.00</TEMPO><KEY>8A</KEY></BWFXML>"), 140.0, "Am"),
        (
            chunk(b"iXML", b"<ATTR><NAME>MediaTempo</NAME><VALUE>99,5</VALUE></ATTR>"),
            99.5,
            None,
        ),
        (chunk(b"id3 ", b"ID3\x04\0\0\0\0\0\x0eTBPM\0\0\0\x04\0\0\x03174"), 174.0, None),
    ],
)
def test_tempo_and_key_are_read_wherever_a_writer_put_them(
    tmp_path: Path, content: bytes, tempo_bpm: float | None, key: str | None
) -> None:
    stated = read_metadata(wav(tmp_path / "a.wav", chunk(b"data", b"\0\0"), content))
    assert (stated.tempo_bpm, stated.initial_key) == (tempo_bpm, key)


def test_an_apple_loop_tells_beats_root_and_meter(tmp_path: Path) -> None:
    data = struct.pack(">IIHHHHH", 1, 12, 57, 1, 3, 4, 1) + bytes(66)
    body = b"AIFF" + b"basc" + struct.pack(">I", len(data)) + data
    (tmp_path / "a.aif").write_bytes(b"FORM" + struct.pack(">I", len(body)) + body)
    stated = read_metadata(tmp_path / "a.aif").acid
    assert stated is not None
    assert (stated.beats, stated.root_note, stated.meter) == (12, 57, (3, 4))
    assert not stated.one_shot


def test_a_licence_in_a_tag_is_the_file_s_licence(tmp_path: Path) -> None:
    pair = b"LICENSE=CC0-1.0"
    block = bytes(4) + struct.pack("<II", 1, len(pair)) + pair
    head = b"fLaC\x84" + struct.pack(">I", len(block))[1:]
    (tmp_path / "a.flac").write_bytes(head + block)
    assert read_metadata(tmp_path / "a.flac").licence == "CC0-1.0"


def tagged(folder: Path, name: bytes, text: str) -> FileMetadata:
    """What an MP3 with one text frame tells."""
    data = b"\x00" + text.encode("latin-1")
    frame = name + struct.pack(">I", len(data)) + bytes(2) + data + bytes(20)
    path = folder / "a.mp3"
    path.write_bytes(b"ID3\x03\x00\x00\x00\x00\x00" + bytes([len(frame)]) + frame)
    return read_metadata(path)


@pytest.mark.parametrize(
    ("text", "tempo_bpm"),
    [("85", 85.0), ("8500", 85.0), ("850", 85.0), ("12850", 128.5), ("1280", 128.0),
     ("85.0000000", 85.0), ("85,5", 85.5), ("174 BPM", 174.0), ("300", 300.0), ("0", None),
     ("7", None), ("100000", None)],
)  # fmt: skip
def test_a_tempo_without_its_point_is_understood(
    tmp_path: Path, text: str, tempo_bpm: float | None
) -> None:
    assert tagged(tmp_path, b"TBPM", text).tempo_bpm == tempo_bpm


@pytest.mark.parametrize(
    ("text", "key"),
    [("11A/F#m", "F#m"), ("11A - F#m", "F#m"), ("F#m (11A)", "F#m"), ("Am|8A", "Am"),
     ("F#min 11A", "F#m"), ("F# minor", "F#m"), ("8A/F#m", None), ("o", None),
     ("4A - Energy 6", "Fm"), ("Energy 6", None)],
)  # fmt: skip
def test_a_key_in_two_notations_is_one_key_unless_they_differ(
    tmp_path: Path, text: str, key: str | None
) -> None:
    assert tagged(tmp_path, b"TKEY", text).initial_key == key


def flac_with_blocks(*blocks: bytes) -> bytes:
    """A FLAC's metadata with APPLICATION blocks."""
    parts = [b"\x00\x00\x00\x22" + bytes(34)]
    parts += [b"\x02" + struct.pack(">I", len(block))[1:] + block for block in blocks]
    last = b"\x81\x00\x00\x04" + bytes(4)
    return b"fLaC" + b"".join(parts) + last


def test_the_chunks_of_a_wav_survive_in_a_flac(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    sampler = chunk(b"smpl", struct.pack("<9I", 0, 0, 0, 64, 0, 0, 0, 0, 0))
    path.write_bytes(flac_with_blocks(b"riff" + acid(2, 57, 16, 85.0), b"riff" + sampler))
    stated = read_metadata(path)
    assert stated.acid is not None
    assert (stated.acid.tempo_bpm, stated.acid.root_note, stated.sampler_root_note) == (
        85.0,
        57,
        64,
    )


def test_the_chunks_of_an_aiff_survive_in_a_flac(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    instrument = b"INST" + struct.pack(">I", 20) + bytes([57]) + bytes(19)
    path.write_bytes(flac_with_blocks(b"aiff" + instrument))
    assert read_metadata(path).instrument_root_note == 57


def test_the_instrument_chunk_of_an_aiff_tells_its_root(tmp_path: Path) -> None:
    path = tmp_path / "a.aif"
    instrument = b"INST" + struct.pack(">I", 20) + bytes([57]) + bytes(19)
    path.write_bytes(b"FORM" + struct.pack(">I", len(instrument) + 4) + b"AIFF" + instrument)
    assert read_metadata(path).instrument_root_note == 57


def caf_with(*parts: tuple[bytes, bytes]) -> bytes:
    """A Core Audio file of these chunks."""
    chunks = b"".join(name + struct.pack(">q", len(body)) + body for name, body in parts)
    return b"caff\x00\x01\x00\x00" + chunks


def test_a_caf_tells_tempo_key_and_root(tmp_path: Path) -> None:
    path = tmp_path / "a.caf"
    words = struct.pack(">I", 3) + b"tempo\x0070\x00key signature\x00Cm\x00title\x00Mist\x00"
    path.write_bytes(caf_with((b"info", words), (b"inst", struct.pack(">f", 57.0) + bytes(16))))
    stated = read_metadata(path)
    assert (stated.tempo_bpm, stated.initial_key, stated.instrument_root_note) == (70.0, "Cm", 57)
    assert stated.tags["TITLE"] == "Mist"


def test_an_apple_loop_in_a_caf_tells_beats_and_key(tmp_path: Path) -> None:
    path = tmp_path / "a.caf"
    words = struct.pack(">I", 3) + b"beat count\x0016\x00key signature\x00F#\x00key type\x00minor\0"
    loop = bytes.fromhex("29819273b5bf4aefb78d62d1ef90bb2c") + words
    path.write_bytes(caf_with((b"uuid", loop)))
    stated = read_metadata(path)
    assert stated.acid is not None
    assert (stated.acid.beats, stated.initial_key) == (16, "F#m")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_readers_of_caf_and_flac(rest: bytes) -> None:
    for head in (b"caff\x00\x01\x00\x00", b"fLaC\x00\x00\x00\x22" + bytes(34), b"FORM\0\0\0\0AIFF"):
        metadata_of(BytesIO(head + rest))
        metadata_of(BytesIO(head + b"info" + struct.pack(">q", len(rest)) + rest))
