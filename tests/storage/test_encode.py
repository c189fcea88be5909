"""Written sound comes back as it was, and only whole."""

import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.audio.basics.validation import Audio
from src.core.errors import InvalidInputError
from src.storage.decode import read_audio
from src.storage.encode import (
    FLAC_24,
    MP3_320,
    WAV_24,
    WAV_FLOAT,
    AudioSink,
    Encoding,
    write_wav,
)
from src.storage.tag_writing import Tags


def test_a_written_clip_is_read_back_within_24_bit(tmp_path: Path, tone: Audio) -> None:
    write_wav(tmp_path / "a.wav", tone)
    read = read_audio(tmp_path / "a.wav")
    assert read.subtype == "PCM_24"
    assert read.original_sample_rate == 48_000
    np.testing.assert_allclose(read.audio, tone, atol=3 / 2**24)


def test_the_same_sound_gives_the_same_bytes_whole_or_in_blocks(
    tmp_path: Path, tone: Audio
) -> None:
    write_wav(tmp_path / "whole.wav", tone)
    with AudioSink(tmp_path / "blocks.wav", sample_rate=48_000) as sink:
        for start in range(0, tone.shape[1], 777):
            sink.write(tone[:, start : start + 777])
    assert sink.samples == tone.shape[1]
    assert (tmp_path / "blocks.wav").read_bytes() == (tmp_path / "whole.wav").read_bytes()


@pytest.mark.parametrize("level", [1e-6, 1e-3, 0.4, 2.0])
def test_the_bytes_are_those_that_the_encoder_makes_of_floats(tmp_path: Path, level: float) -> None:
    sound = np.random.default_rng(1).standard_normal((2, 5_000)).astype(np.float32)
    sound = np.clip(level * sound, -1.2, 1.2)
    sound[:, :4] = [1.0, -1.0, 0.99999994, -0.99999994]
    write_wav(tmp_path / "ours.wav", sound)
    soundfile.write(tmp_path / "theirs.wav", sound.T, 48_000, subtype="PCM_24")
    assert (tmp_path / "ours.wav").read_bytes() == (tmp_path / "theirs.wav").read_bytes()


def test_beyond_full_scale_is_clipped_and_never_wraps(tmp_path: Path) -> None:
    loud = np.array([[1.5, -1.5, 0.5]], np.float32)
    write_wav(tmp_path / "loud.wav", loud)
    read = read_audio(tmp_path / "loud.wav").audio
    np.testing.assert_allclose(read, [[1.0, -1.0, 0.5]], atol=1e-6)


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_channels_are_kept(tmp_path: Path, channels: int) -> None:
    audio = np.linspace(-0.5, 0.5, channels * 100, dtype=np.float32).reshape(channels, 100)
    write_wav(tmp_path / "a.wav", audio)
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav").audio, audio, atol=1e-6)


def test_an_interrupted_sink_leaves_nothing(tmp_path: Path, tone: Audio) -> None:
    def interrupted() -> None:
        with AudioSink(tmp_path / "track.wav", sample_rate=48_000) as sink:
            sink.write(tone)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_a_block_of_other_channels_is_refused(tmp_path: Path, tone: Audio) -> None:
    with (
        pytest.raises(InvalidInputError, match="1 channels like its file, got 2"),
        AudioSink(tmp_path / "track.wav", sample_rate=48_000, channels=1) as sink,
    ):
        sink.write(tone)
    with pytest.raises(InvalidInputError, match="inside its with"):
        AudioSink(tmp_path / "track.wav", sample_rate=48_000).write(tone)


def test_an_empty_clip_is_a_file_without_samples(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", np.zeros((2, 0), np.float32))
    assert soundfile.info(tmp_path / "a.wav").frames == 0


# other formats


def sine(samples: int = 48_000, level: float = 0.5) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * 440 * np.arange(samples) / 48_000)
    return np.repeat(wave[None].astype(np.float32), 2, axis=0)


def encoded(path: Path, audio: np.ndarray, encoding: Encoding, tags: Tags | None = None) -> Path:
    with AudioSink(path, sample_rate=48_000, encoding=encoding, tags=tags) as sink:
        for start in range(0, audio.shape[1], 10_000):
            sink.write(audio[:, start : start + 10_000])
    return path


def test_flac_holds_the_very_samples_of_the_wav(tmp_path):
    wav = encoded(tmp_path / "a.wav", sine(), WAV_24)
    flac = encoded(tmp_path / "a.flac", sine(), FLAC_24)
    info = soundfile.info(flac)
    assert (info.format, info.subtype, info.frames) == ("FLAC", "PCM_24", 48_000)
    np.testing.assert_array_equal(
        soundfile.read(flac, dtype="int32")[0], soundfile.read(wav, dtype="int32")[0]
    )


def test_mp3_has_320_kbit_throughout_and_the_length_of_its_sound(tmp_path):
    path = encoded(tmp_path / "a.mp3", sine(480_000), MP3_320)
    info = soundfile.info(path)
    assert (info.format, info.frames, info.samplerate) == ("MP3", 480_000, 48_000)
    assert path.stat().st_size * 8 / 10.0 == pytest.approx(320_000, rel=0.02)
    error = soundfile.read(path, dtype="float32")[0].T - sine(480_000)
    assert np.sqrt(np.mean(error[:, 4_800:-4_800] ** 2)) < 0.5 * 10 ** (-50 / 20)


def test_float_keeps_what_goes_beyond_full_scale(tmp_path):
    path = encoded(tmp_path / "a.wav", sine(level=3.0), WAV_FLOAT)
    assert soundfile.info(path).subtype == "FLOAT"
    np.testing.assert_array_equal(soundfile.read(path, dtype="float32")[0].T, sine(level=3.0))


@pytest.mark.parametrize(("suffix", "encoding"), [(".wav", WAV_24), (".flac", FLAC_24),
                                                  (".mp3", MP3_320)])  # fmt: skip
def test_files_say_what_they_are(tmp_path, suffix, encoding):
    tags = Tags(title="Größe", genre="techno", comment="138 BPM, Am")
    path = encoded(tmp_path / f"a{suffix}", sine(), encoding, tags)
    with soundfile.SoundFile(path) as sound:
        assert (sound.title, sound.comment) == ("Größe", "138 BPM, Am")
        assert "echno" in sound.genre


@pytest.mark.parametrize("encoding", [WAV_24, FLAC_24, MP3_320, WAV_FLOAT])
def test_the_same_sound_gives_the_same_bytes_at_another_time(tmp_path, encoding):
    one = encoded(tmp_path / "one", sine(), encoding, Tags(title="a"))
    time.sleep(1.05)
    two = encoded(tmp_path / "two", sine(), encoding, Tags(title="a"))
    assert one.read_bytes() == two.read_bytes()


def test_mp3_is_clipped_and_never_wraps(tmp_path):
    path = encoded(tmp_path / "a.mp3", sine(level=4.0), MP3_320)
    sound = soundfile.read(path, dtype="float32")[0].T
    loud = sine(level=4.0)
    assert np.all(sound[np.abs(loud) > 3.0] * loud[np.abs(loud) > 3.0] > 0)
