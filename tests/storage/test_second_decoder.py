"""The second decoder: asked for what libsndfile does not know, and never trusted."""

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.core.errors import UnreadableAudioError
from src.storage.decode import read_audio
from tests.storage.made_files import RATE, SAMPLES, chunk, encoded, noise, riff, wave_format

MP4 = b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(200)
FFMPEG = shutil.which("ffmpeg")


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: str) -> Path:
    """A program called ffmpeg that runs these lines of Python; what it was given lies beside."""
    folder.mkdir(exist_ok=True)
    program = folder / "ffmpeg"
    program.write_text(
        f"#!{sys.executable}\nimport struct, sys\n"
        f"open({str(folder / 'given')!r}, 'w').write('\\n'.join(sys.argv))\n{lines}\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return folder / "given"


def au(rate: int, channels: int, count: int) -> str:
    head = struct.pack(">4sIIIII", b".snd", 28, 0xFFFFFFFF, 6, rate, channels) + bytes(4)
    return f"sys.stdout.buffer.write({head!r} + struct.pack('>f', 0.25) * {count})"


def test_its_samples_are_the_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = stand_in(tmp_path / "bin", monkeypatch, au(RATE, 2, 2 * 200_000))
    (tmp_path / "a\nb.wav").write_bytes(MP4)
    read = read_audio(tmp_path / "a\nb.wav", sample_rate=None)
    assert read.audio.shape == (2, 200_000)
    assert (read.audio == 0.25).all()
    assert (read.original_sample_rate, read.container, read.warnings) == (RATE, "FFMPEG", ())
    words = given.read_text()
    assert "-f\nmov" in words
    assert "-protocol_whitelist\nfile\n" in words


@pytest.mark.parametrize("inside", ["FLAC", "MP3"])
def test_a_container_is_asked_before_what_looks_known_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, au(RATE, 2, 2 * 50_000))
    head = MP4 if inside == "MP3" else b"\x1a\x45\xdf\xa3" + bytes(60)
    (tmp_path / "a.wav").write_bytes(head + encoded(noise(), inside))
    assert read_audio(tmp_path / "a.wav", sample_rate=None).audio.shape == (2, 50_000)


def test_a_cut_wav_that_it_reads_without_a_word_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, au(RATE, 1, 1_000))
    whole = riff(wave_format(0x45, block=1, bits=4), chunk(b"data", bytes(8_000)))
    (tmp_path / "a.wav").write_bytes(whole)
    assert read_audio(tmp_path / "a.wav").warnings == ()
    (tmp_path / "a.wav").write_bytes(whole[:5_000])
    assert "cut short" in read_audio(tmp_path / "a.wav").warnings[0]


def test_what_it_complains_of_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = "sys.stderr.write('[aac @ 0x55] channel element 1.0\\n')\n"
    stand_in(tmp_path / "bin", monkeypatch, stated + au(RATE, 1, 1_000))
    (tmp_path / "a.m4a").write_bytes(MP4)
    read = read_audio(tmp_path / "a.m4a")
    assert read.warnings == ("damaged: channel element 1.0",)


def test_a_file_that_it_can_not_read_is_unsupported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path / "bin", monkeypatch, "sys.stderr.write('moov atom not found'); sys.exit(1)")
    (tmp_path / "a.m4a").write_bytes(MP4)
    with pytest.raises(UnreadableAudioError, match="moov atom not found") as refused:
        read_audio(tmp_path / "a.m4a")
    assert refused.value.reason == "unsupported"


def test_its_sound_is_held_to_the_same_limits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.m4a").write_bytes(MP4)
    stand_in(tmp_path / "bin", monkeypatch, au(RATE, 1, 10 * RATE))
    with pytest.raises(UnreadableAudioError, match="longer than 2 s"):
        read_audio(tmp_path / "a.m4a", max_s=2.0)
    stand_in(tmp_path / "bin", monkeypatch, au(RATE, 64, 64))
    with pytest.raises(UnreadableAudioError, match="64 channels"):
        read_audio(tmp_path / "a.m4a")


def test_without_it_the_refusal_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "a.m4a").write_bytes(MP4)
    with pytest.raises(UnreadableAudioError, match="with ffmpeg installed it is"):
        read_audio(tmp_path / "a.m4a")


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not here")
@pytest.mark.parametrize(
    ("ending", "codec"),
    [("m4a", "aac"), ("m4a", "alac"), ("wma", "wmav2"), ("wv", "wavpack"), ("tta", "tta"),
     ("mka", "libopus"), ("aac", "aac")],
)  # fmt: skip
def test_the_real_one_reads_what_producers_have(tmp_path: Path, ending: str, codec: str) -> None:
    smooth = np.sin(2 * np.pi * 440 * np.arange(SAMPLES) / RATE) * 0.3 + 0.1 * noise()
    soundfile.write(tmp_path / "in.wav", smooth, RATE)
    out = tmp_path / f"-a {ending}.{ending}"
    subprocess.run(
        [str(FFMPEG), "-v", "error", "-i", tmp_path / "in.wav", "-c:a", codec, f"file:{out}"],
        check=True,
    )
    out = out.rename(tmp_path / "-named otherwise.wav")
    read = read_audio(out, sample_rate=RATE)
    assert abs(read.audio.shape[1] - SAMPLES) < 4_200
    assert read.container == "FFMPEG"
    assert np.abs(read.audio).max() > 0.2
