"""Every file that plays is taken whole, and what is missing is told."""

import struct
from pathlib import Path

import numpy as np
import pytest

from src.core.errors import UnreadableAudioError
from src.storage import second_decoder
from src.storage.decode import DecodedAudio, read_audio
from tests.storage.made_files import (
    RATE,
    SAMPLES,
    ape_tag,
    caf,
    chunk,
    encoded,
    id3v1,
    noise,
    ogg_flac,
    pcm,
    riff,
    wave_format,
)

TAILS = {
    "id3v1": id3v1(), "ape": ape_tag(), "zeros": bytes(100), "both": ape_tag() + id3v1(),
    "words": b"made with love, the encoder " * 40,
}  # fmt: skip


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows needs no second decoder."""
    monkeypatch.setattr(second_decoder, "second_decoder", lambda: None)


def read(folder: Path, data: bytes, name: str = "a.wav") -> DecodedAudio:
    (folder / name).write_bytes(data)
    return read_audio(folder / name, sample_rate=None)


def refusal(folder: Path, data: bytes) -> str:
    with pytest.raises(UnreadableAudioError) as refused:
        read(folder, data)
    return refused.value.reason


def unknown_length(flac: bytes) -> bytes:
    data = bytearray(flac)
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    return bytes(data)


@pytest.mark.parametrize("samples", [SAMPLES, 4_096, 4_097, 100])
@pytest.mark.parametrize("tail", TAILS)
def test_a_flac_is_whole_whatever_stands_behind_it(tmp_path: Path, tail: str, samples: int) -> None:
    audio = noise(samples=samples)
    got = read(tmp_path, encoded(audio, "FLAC") + TAILS[tail])
    np.testing.assert_allclose(got.audio[0], audio, atol=1e-4)
    assert got.warnings == ()


@pytest.mark.parametrize("tail", ["", "id3v1", "ape", "zeros", "both"])
def test_a_flac_of_unknown_length_is_whole(tmp_path: Path, tail: str) -> None:
    got = read(tmp_path, unknown_length(encoded(noise(), "FLAC")) + TAILS.get(tail, b""))
    np.testing.assert_allclose(got.audio[0], noise(), atol=1e-4)
    assert got.warnings == ()


def test_a_flac_cut_short_keeps_all_whole_frames_and_says_so(tmp_path: Path) -> None:
    data = encoded(noise(), "FLAC")
    got = read(tmp_path, data[: len(data) // 2])
    assert 0.4 * SAMPLES < got.audio.shape[1] < 0.6 * SAMPLES
    np.testing.assert_allclose(got.audio[0], noise()[: got.audio.shape[1]], atol=1e-4)
    assert "cut short" in got.warnings[0]


def test_flac_inside_of_ogg_is_read(tmp_path: Path) -> None:
    got = read(tmp_path, ogg_flac(encoded(noise(), "FLAC"), SAMPLES), "a.oga")
    np.testing.assert_allclose(got.audio[0], noise(), atol=1e-4)
    assert got.warnings == ()


def test_ogg_flac_cut_short_gives_what_is_there_and_says_so(tmp_path: Path) -> None:
    data = ogg_flac(encoded(noise(), "FLAC"), SAMPLES)
    got = read(tmp_path, data[: len(data) // 2])
    assert 0.2 * SAMPLES < got.audio.shape[1] < 0.6 * SAMPLES
    assert "cut short" in got.warnings[0]


@pytest.mark.parametrize("subtype", ["VORBIS", "OPUS"])
def test_a_chained_ogg_is_read_to_its_end(tmp_path: Path, subtype: str) -> None:
    rate = 48_000 if subtype == "OPUS" else RATE
    links = [encoded(noise(seed), "OGG", subtype, rate=rate) for seed in (1, 2)]
    got = read(tmp_path, links[0] + links[1])
    singly = [read(tmp_path, link).audio for link in links]
    np.testing.assert_array_equal(got.audio, np.concatenate(singly, axis=1))
    assert got.warnings == ()


def test_a_chain_of_unlike_streams_gives_the_first_and_says_so(tmp_path: Path) -> None:
    stereo = np.stack([noise(), noise(2)], axis=1)
    got = read(tmp_path, encoded(noise(), "OGG") + encoded(stereo, "OGG"))
    assert got.audio.shape == (1, SAMPLES)
    assert got.warnings == ("1 more streams of another form are left out",)


@pytest.mark.parametrize("riff_size", [0, 36])
def test_a_wav_that_its_recorder_never_finished_is_read_to_its_end(
    tmp_path: Path, riff_size: int
) -> None:
    head = b"RIFF" + struct.pack("<I", riff_size) + b"WAVE" + wave_format(1)
    got = read(tmp_path, head + b"data" + bytes(4) + pcm(noise()))
    np.testing.assert_allclose(got.audio[0], noise(), atol=1e-4)
    assert "never finished" in got.warnings[0]


def test_an_unfinished_rf64_is_read_to_its_end(tmp_path: Path) -> None:
    sizes = chunk(b"ds64", bytes(28))
    head = b"RF64\xff\xff\xff\xffWAVE" + sizes + wave_format(1)
    got = read(tmp_path, head + b"data" + bytes(4) + pcm(noise()))
    np.testing.assert_allclose(got.audio[0], noise(), atol=1e-4)


def test_a_wav_that_is_really_empty_stays_so(tmp_path: Path) -> None:
    words = chunk(b"LIST", b"INFOISFT" + struct.pack("<I", 4) + b"none")
    assert read(tmp_path, riff(wave_format(1), chunk(b"data", b""), words)).audio.shape[1] == 0
    assert read(tmp_path, riff(wave_format(1), chunk(b"data", b""))).audio.shape[1] == 0


def test_an_unfinished_au_and_caf_are_read_to_their_end(tmp_path: Path) -> None:
    au = bytearray(encoded(noise(), "AU", "PCM_16"))
    au[8:12] = bytes(4)
    np.testing.assert_allclose(read(tmp_path, bytes(au)).audio[0], noise(), atol=1e-4)
    description = struct.pack(">d4sIIIII", float(RATE), b"lpcm", 2, 2, 1, 1, 16)
    whole = caf(description, data=pcm(noise()), stated=0)
    np.testing.assert_allclose(read(tmp_path, whole).audio[0], noise(), atol=1e-4)


@pytest.mark.parametrize("kind", ["AU", "W64", "CAF", "AIFF", "RF64"])
def test_a_whole_file_is_not_called_cut_short(tmp_path: Path, kind: str) -> None:
    for samples in (SAMPLES, SAMPLES + 1):
        got = read(tmp_path, encoded(noise(samples=samples), kind, "PCM_24"))
        assert got.audio.shape == (1, samples)
        assert got.warnings == ()


@pytest.mark.parametrize(("subtype", "code"), [("MS_ADPCM", 2), ("IMA_ADPCM", 0x11)])
def test_what_pads_the_last_adpcm_block_is_no_sound(
    tmp_path: Path, subtype: str, code: int
) -> None:
    data = bytearray(encoded(noise(), "WAV", subtype))
    assert read(tmp_path, bytes(data)).subtype == subtype
    at = data.index(b"fact") + 8
    data[at : at + 4] = struct.pack("<I", SAMPLES)
    assert read(tmp_path, bytes(data)).audio.shape == (1, SAMPLES)
    data[at : at + 4] = struct.pack("<I", SAMPLES // 2)  # contradicts the data: not believed
    assert read(tmp_path, bytes(data)).audio.shape[1] >= SAMPLES


MP3 = encoded(noise(), "MP3")
"""With an Info frame that counts frames, delay and padding."""


def test_bytes_before_the_first_frame_are_passed_over(tmp_path: Path) -> None:
    whole = read(tmp_path, MP3, "a.mp3").audio
    id3 = b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)
    for start in (b"\0", bytes(64), id3 + bytes(64), ape_tag(), b"junk" * 500, id3 + id3):
        got = read(tmp_path, start + MP3, "a.mp3")
        np.testing.assert_array_equal(got.audio, whole)
        assert got.warnings == ()


def test_a_tag_that_lies_about_its_size_hides_no_mp3(tmp_path: Path) -> None:
    lying = b"ID3\x03\x00\x00\x00\x7f\x7f\x7f" + bytes(100)
    assert read(tmp_path, lying + MP3, "a.mp3").audio.shape == (1, SAMPLES)


@pytest.mark.parametrize("kind", ["FLAC", "OGG", "WAV", "AIFF"])
def test_a_stream_behind_an_old_header_is_found(tmp_path: Path, kind: str) -> None:
    junk = b"\x00\x09old sound" + bytes(117)
    whole = read(tmp_path, encoded(noise(), kind))
    got = read(tmp_path, junk + encoded(noise(), kind))
    assert got.audio.shape == whole.audio.shape == (1, SAMPLES)
    assert got.warnings == ()


def test_an_mp3_that_begins_inside_a_frame_is_taken(tmp_path: Path) -> None:
    got = read(tmp_path, MP3[313:], "a.mp3")
    assert abs(got.audio.shape[1] - SAMPLES) < 4 * 1_152


@pytest.mark.parametrize("ending", ["a.mp3", "a.wav"])
def test_damage_in_the_middle_of_an_mp3_costs_a_frame_or_two_and_is_told(
    tmp_path: Path, ending: str
) -> None:
    middle = len(MP3) // 2
    for hurt in (bytes(1_500), np.random.default_rng(3).bytes(8_000), b"\xff" * 300):
        got = read(tmp_path, MP3[:middle] + hurt + MP3[middle:], ending)
        assert SAMPLES - 3 * 1_152 <= got.audio.shape[1] <= SAMPLES
        assert "damaged" in got.warnings[0]


def test_frames_missing_in_the_middle_are_counted(tmp_path: Path) -> None:
    got = read(tmp_path, MP3[: len(MP3) // 3] + MP3[len(MP3) // 2 :], "a.mp3")
    assert got.audio.shape[1] < 0.9 * SAMPLES
    assert "are missing" in got.warnings[0]


def test_an_mp3_cut_short_says_how_much_is_missing(tmp_path: Path) -> None:
    got = read(tmp_path, MP3[: len(MP3) // 2], "a.mp3")
    assert 0.4 * SAMPLES < got.audio.shape[1] < 0.6 * SAMPLES
    assert got.warnings[0].startswith("cut short")
    assert "are missing" in got.warnings[0]


def test_mp3s_that_were_copied_together_are_read_to_the_end(tmp_path: Path) -> None:
    other = encoded(noise(2), "MP3")
    for between in (b"", id3v1(), id3v1() + b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)):
        got = read(tmp_path, MP3 + between + other, "a.mp3")
        assert got.audio.shape == (1, 2 * SAMPLES)
        assert got.warnings == ()


def test_a_tag_behind_an_mp3_is_no_damage(tmp_path: Path) -> None:
    for tail in (id3v1(), ape_tag(), bytes(5_000) + ape_tag() + bytes(2_000)):
        got = read(tmp_path, MP3 + tail, "a.mp3")
        assert got.audio.shape == (1, SAMPLES)
        assert got.warnings == ()


def test_the_last_frame_of_an_mp3_counts_whatever_stands_behind(tmp_path: Path) -> None:
    got = read(tmp_path, MP3 + np.random.default_rng(5).bytes(20_000), "a.mp3")
    assert got.audio.shape == (1, SAMPLES)
    assert got.warnings == ()


def test_an_mp3_inside_of_a_wav_is_as_long_as_its_info_frame_says(tmp_path: Path) -> None:
    head = wave_format(0x55, block=1, bits=0)
    got = read(tmp_path, riff(head, chunk(b"data", MP3)))
    np.testing.assert_array_equal(got.audio, read(tmp_path, MP3).audio)
    assert got.warnings == ()


def test_frames_that_an_info_frame_does_not_count_are_read_too(tmp_path: Path) -> None:
    data = bytearray(MP3)
    at = data.index(b"Xing") + 8
    frames = int.from_bytes(data[at : at + 4], "big")
    data[at : at + 4] = (frames // 2).to_bytes(4, "big")
    whole = read(tmp_path, MP3, "a.mp3").audio
    got = read(tmp_path, bytes(data), "a.mp3")
    assert got.audio.shape == whole.shape
    assert np.corrcoef(got.audio[0], whole[0])[0, 1] > 0.99


@pytest.mark.parametrize("counted", [SAMPLES, SAMPLES + 1_105])
def test_without_an_info_frame_the_wav_tells_the_length(tmp_path: Path, counted: int) -> None:
    frame = 417 + (MP3[2] >> 1 & 1)
    first_frame = MP3.index(b"\xff\xfb", frame - 1)
    head = wave_format(0x55, block=1, bits=0)
    fact = chunk(b"fact", struct.pack("<I", counted))
    got = read(tmp_path, riff(head, fact, chunk(b"data", MP3[first_frame:])))
    assert got.audio.shape == (1, SAMPLES)
    assert np.corrcoef(got.audio[0], read(tmp_path, MP3).audio[0])[0, 1] > 0.99


def bare_mp3() -> bytes:
    """An MP3 without its Info frame."""
    frame = 417 + (MP3[2] >> 1 & 1)
    return MP3[MP3.index(b"\xff\xfb", frame - 1) :]


def place_of(sound: np.ndarray, whole: np.ndarray) -> int:
    """Where a sound begins in a longer one, in samples."""
    likeness = np.correlate(whole, sound[:4_000], "valid")
    return int(np.argmax(likeness))


def test_without_an_info_frame_the_delay_of_every_encoder_is_left_out(tmp_path: Path) -> None:
    got = read(tmp_path, bare_mp3(), "a.mp3")
    assert 0 <= place_of(noise(), got.audio[0]) < 100
    assert SAMPLES < got.audio.shape[1] < SAMPLES + 2 * 1_152
    assert got.warnings == ()


def test_a_stream_cut_out_of_a_longer_one_keeps_its_beginning(tmp_path: Path) -> None:
    for cut in (len(MP3) // 4, len(MP3) // 3, len(MP3) // 2):
        got = read(tmp_path, MP3[cut:], "a.mp3").audio
        assert got.shape[1] % 1_152 == 1_152 - 529  # the decoder's own delay, and no more


def test_a_stream_that_begins_loudly_keeps_its_beginning(tmp_path: Path) -> None:
    bare = bytearray(bare_mp3())
    later = bare.index(b"\xff\xfb", len(bare) // 2)
    bare[later + 4] = 0  # as if it needed no bits of frames before it
    bare[later + 5] &= 0x7F
    got = read(tmp_path, bytes(bare[later:]), "a.mp3").audio
    assert got.shape[1] % 1_152 == 1_152 - 529


@pytest.mark.parametrize("wide", [False, True])
def test_lengths_in_a_comment_of_itunes_are_kept(tmp_path: Path, wide: bool) -> None:
    bare = bare_mp3()
    decoded = read(tmp_path, bare, "a.mp3").audio.shape[1] + 529 + 576
    told = f" 00000000 {576:08X} {decoded - 576 - SAMPLES:08X} {SAMPLES:016X}" + 8 * " 00000000"
    text = told.encode("utf-16") if wide else told.encode()
    comment = bytes([wide]) + b"eng" + (b"\0\0" if wide else b"\0") + text
    frame = b"COMM" + len(comment).to_bytes(4, "big") + bytes(2) + comment
    size = len(frame)
    tag = b"ID3\x03\x00\x00" + bytes([0, 0, size >> 7, size & 127]) + frame
    got = read(tmp_path, tag + bare, "a.mp3").audio
    assert got.shape == (1, SAMPLES)
    assert place_of(noise(), np.pad(got[0], (0, 100))) == 0
    length = f"{SAMPLES:016X}".encode("utf-16")[2:] if wide else f"{SAMPLES:016X}".encode()
    wrong = tag.replace(length, length[::-1])
    assert read(tmp_path, wrong + bare, "a.mp3").audio.shape[1] > SAMPLES


@pytest.mark.parametrize("subtype", ["ALAC_16", "ALAC_24"])
def test_apple_lossless_whose_description_lacks_its_depth_is_read(
    tmp_path: Path, subtype: str
) -> None:
    data = bytearray(encoded(noise(), "CAF", subtype))
    at = data.index(b"alac") + 4
    data[at : at + 4] = bytes(4)
    np.testing.assert_allclose(read(tmp_path, bytes(data)).audio[0], noise(), atol=1e-4)


def test_ima_adpcm_in_a_caf_is_read_without_its_padding(tmp_path: Path) -> None:
    aiff = encoded(noise(), "AIFF", "IMA_ADPCM")
    at = aiff.index(b"SSND")
    packets = -(-SAMPLES // 64)
    data = aiff[at + 16 : at + 16 + 34 * packets]
    description = struct.pack(">d4sIIIII", float(RATE), b"ima4", 0, 34, 64, 1, 4)
    table = struct.pack(">qqii", packets, SAMPLES, 0, packets * 64 - SAMPLES)
    got = read(tmp_path, caf(description, (b"pakt", table), data=data), "a.caf")
    assert got.audio.shape == (1, SAMPLES)
    assert got.warnings == ()
    assert np.corrcoef(got.audio[0], noise())[0, 1] > 0.9


FOREIGN = {
    "mp4": b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(200),
    "wma": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + bytes(200),
    "ape": b"MAC \x96\x0f" + bytes(200),
    "g726 in wav": riff(wave_format(0x45, block=1, bits=4), chunk(b"data", bytes(400))),
    "aac in caf": caf(
        struct.pack(">d4sIIIII", float(RATE), b"aac ", 0, 0, 1_024, 2, 0), data=bytes(400)
    ),
    "qdm2 in aiff": b"FORM" + struct.pack(">I", 4 + 32 + 16) + b"AIFC" + b"COMM"
    + struct.pack(">IhIh", 24, 1, 10, 16) + bytes.fromhex("400eac44000000000000") + b"QDM2\0\0"
    + b"SSND" + struct.pack(">III", 8, 0, 0),
    "adts behind a tag": b"ID3\x03\x00\x00\x00\x00\x00\x0a" + bytes(10)
    + bytes.fromhex("fff15080020ffc00").ljust(16, b"\0") * 20,
    "adts": bytes.fromhex("fff15080020ffc00") .ljust(16, b"\0") * 20,
}  # fmt: skip


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_sound_of_a_kind_that_is_not_read_is_not_called_broken(tmp_path: Path, kind: str) -> None:
    assert refusal(tmp_path, FOREIGN[kind]) == "unsupported"


def test_a_broken_ogg_of_a_known_kind_is_not_called_unsupported(tmp_path: Path) -> None:
    data = bytearray(encoded(noise(), "OGG"))
    data[58:70] = bytes(12)
    assert refusal(tmp_path, bytes(data)) in ("broken_header", "not_audio", "corrupt")


def test_what_is_no_sound_at_all_is_not_called_unsupported(tmp_path: Path) -> None:
    assert refusal(tmp_path, b"<html>not found</html>" * 50) == "not_audio"
    assert refusal(tmp_path, np.random.default_rng(5).bytes(50_000)) == "not_audio"
    assert refusal(tmp_path, b"RIFF\x24\0\0\0WAVEfmt ") in ("broken_header", "not_audio")
    assert refusal(tmp_path, b"fLaC" + bytes(60)) in ("broken_header", "not_audio")
