"""Reading sound whatever its header and its name claim."""

import os
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.audio.basics.validation import Audio
from src.core.errors import UnreadableAudioError
from src.storage.decode import read_audio, read_stem, sound_stream
from src.storage.encode import write_wav

FORMATS = {
    "pcm16.wav": {"subtype": "PCM_16"},
    "pcm24.wav": {"subtype": "PCM_24"},
    "pcm32.wav": {"subtype": "PCM_32"},
    "float.wav": {"subtype": "FLOAT"},
    "double.wav": {"subtype": "DOUBLE"},
    "extensible.wav": {"format": "WAVEX", "subtype": "PCM_24"},
    "rf64.wav": {"format": "RF64", "subtype": "PCM_24"},
    "a.aiff": {"subtype": "PCM_24"},
    "a.flac": {"subtype": "PCM_24"},
}


@pytest.mark.parametrize("name", FORMATS)
def test_lossless_formats_give_the_same_sound(tmp_path: Path, tone: Audio, name: str) -> None:
    soundfile.write(tmp_path / name, tone.T, 48_000, **FORMATS[name])
    read = read_audio(tmp_path / name)
    np.testing.assert_allclose(read.audio, tone, atol=2 / 2**15)
    assert read.warnings == ()


@pytest.mark.parametrize("ending", ["ogg", "mp3"])
def test_lossy_formats_are_read_by_content_not_by_name(
    tmp_path: Path, tone: Audio, ending: str
) -> None:
    long = np.tile(tone, 20)
    soundfile.write(tmp_path / f"a.{ending}", long.T, 48_000)
    renamed = (tmp_path / f"a.{ending}").rename(tmp_path / "renamed.wav")
    read = read_audio(renamed).audio
    assert read.shape == long.shape
    assert np.sqrt(np.mean(read**2)) == pytest.approx(np.sqrt(np.mean(long**2)), rel=0.05)


def test_another_rate_is_resampled_with_pitch_and_length_kept(tmp_path: Path) -> None:
    time = np.arange(44_100) / 44_100
    soundfile.write(tmp_path / "a.wav", 0.5 * np.sin(2 * np.pi * 1_000 * time), 44_100)
    read = read_audio(tmp_path / "a.wav")
    assert read.audio.shape == (1, 48_000)
    assert read.original_sample_rate == 44_100
    expected = 0.5 * np.sin(2 * np.pi * 1_000 * np.arange(48_000) / 48_000)
    np.testing.assert_allclose(read.audio[0, 2_000:-2_000], expected[2_000:-2_000], atol=2e-4)
    assert read_audio(tmp_path / "a.wav", sample_rate=None).audio.shape == (1, 44_100)


def test_a_header_that_promises_gigabytes_allocates_none(tmp_path: Path, tone: Audio) -> None:
    path = tmp_path / "lies.wav"
    soundfile.write(path, tone.T, 48_000)
    data = bytearray(path.read_bytes())
    position = data.index(b"data") + 4
    data[position : position + 4] = struct.pack("<I", 2_000_000_000)
    path.write_bytes(data)
    tracemalloc.start()
    read = read_audio(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read.audio.shape == tone.shape
    assert "cut short" in read.warnings[0]
    assert peak < 5_000_000


def test_a_streamed_wav_of_unknown_length_is_whole(tmp_path: Path, tone: Audio) -> None:
    path = tmp_path / "stream.wav"
    soundfile.write(path, tone.T, 48_000)
    data = bytearray(path.read_bytes())
    position = data.index(b"data") + 4
    data[position : position + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    read = read_audio(path)
    assert read.audio.shape == tone.shape
    assert read.warnings == ()


@pytest.mark.parametrize("ending", ["wav", "aiff", "flac", "ogg", "au", "w64", "caf", "rf64"])
def test_a_file_that_is_cut_short_gives_what_is_there_and_says_so(
    tmp_path: Path, ending: str
) -> None:
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, 96_000)
    path = tmp_path / f"a.{ending}"
    soundfile.write(path, noise, 48_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    read = read_audio(path)
    assert 0.15 * 96_000 < read.audio.shape[1] < 0.6 * 96_000
    assert any("cut short" in warning for warning in read.warnings)


def test_each_refusal_has_its_reason(tmp_path: Path, tone: Audio) -> None:
    def reason(name: str, max_s: float | None = None) -> str:
        with pytest.raises(UnreadableAudioError) as refused:
            read_audio(tmp_path / name, max_s=max_s)
        return refused.value.reason

    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("not a sound, just words " * 30)
    (tmp_path / "link.wav").symlink_to(tmp_path / "gone.wav")
    os.mkfifo(tmp_path / "pipe.wav")
    soundfile.write(tmp_path / "nan.wav", np.array([0.1, np.nan]), 48_000, subtype="FLOAT")
    soundfile.write(tmp_path / "slow.wav", np.zeros(100), 1_000)
    soundfile.write(tmp_path / "wide.wav", np.zeros((100, 40)), 48_000)
    write_wav(tmp_path / "long.wav", tone)
    assert reason("empty.wav") == "empty"
    assert reason("text.wav") == "not_audio"
    assert reason("link.wav") == "missing"
    assert reason("pipe.wav") == "not_a_file"
    assert reason("nan.wav") == "non_finite"
    assert reason("slow.wav") == "sample_rate"
    assert reason("wide.wav") == "channels"
    assert reason("long.wav", max_s=0.05) == "too_long"


def test_a_part_of_a_stem_is_read_from_where_it_starts(tmp_path: Path, tone: Audio) -> None:
    write_wav(tmp_path / "a.wav", tone)
    part = read_stem(tmp_path / "a.wav", start_s=0.01, length_s=0.02)
    np.testing.assert_allclose(part, tone[:, 480:1_440], atol=1e-6)
    assert read_stem(tmp_path / "a.wav").shape == tone.shape
    assert read_stem(tmp_path / "a.wav", start_s=0.09, length_s=5.0).shape == (2, 480)
    assert read_stem(tmp_path / "a.wav", start_s=9.0).shape == (2, 0)


def test_a_stream_gives_a_file_block_by_block(tmp_path):
    audio = np.random.default_rng(1).uniform(-0.9, 0.9, (2, 100_001)).astype(np.float32)
    write_wav(tmp_path / "a.wav", audio, sample_rate=44_100)
    with sound_stream(tmp_path / "a.wav", block_samples=30_000) as sound:
        blocks = list(sound.blocks)
        assert (sound.sample_rate, sound.channels, sound.samples) == (44_100, 2, 100_001)
    assert [block.shape[1] for block in blocks] == [30_000, 30_000, 30_000, 10_001]
    np.testing.assert_allclose(np.concatenate(blocks, axis=1), audio, atol=1e-6)


def test_a_stream_of_what_is_not_there_says_so(tmp_path):
    with (
        pytest.raises(UnreadableAudioError, match="is not there"),
        sound_stream(tmp_path / "a.wav"),
    ):
        pass
