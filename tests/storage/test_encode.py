"""Written sound comes back as it was, and only whole."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.audio.validation import Audio
from src.core.errors import InvalidInputError
from src.storage.decode import read_audio
from src.storage.encode import AudioSink, write_wav


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
