import io
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from src.storage.zips.writing import write_zip, zip_stream


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(bytes(range(256)) * 4096)
    return path


def test_a_stream_is_a_zip_with_its_members_stored(sound):
    data = b"".join(zip_stream([("t/stems/Größe.wav", sound), ("t/a.txt", b"hello")]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["t/stems/Größe.wav", "t/a.txt"]
        assert archive.read("t/stems/Größe.wav") == sound.read_bytes()
        assert archive.getinfo("t/stems/Größe.wav").compress_type == zipfile.ZIP_STORED


def test_a_stream_never_holds_its_files(tmp_path):
    big = tmp_path / "big.wav"
    with big.open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    largest = max(len(piece) for piece in zip_stream([("one.wav", big), ("two.wav", big)]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert largest < 1 << 20
    assert peak < 4 << 20


def test_the_same_members_give_the_same_bytes(sound, tmp_path):
    members = [("a.wav", sound), ("b.txt", b"text")]
    for name in ("one.zip", "two.zip"):
        write_zip(tmp_path / name, members)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert b"".join(zip_stream(members)) == b"".join(zip_stream(members))


def test_texts_in_a_file_are_packed_and_sound_is_not(sound, tmp_path):
    write_zip(tmp_path / "p.zip", [("project.xml", b"<a/>" * 1000), ("audio/a.wav", sound)])
    with zipfile.ZipFile(tmp_path / "p.zip") as archive:
        assert archive.testzip() is None
        assert archive.getinfo("project.xml").compress_size < 200
        assert archive.getinfo("audio/a.wav").compress_type == zipfile.ZIP_STORED


def test_no_members_give_an_empty_zip():
    with zipfile.ZipFile(io.BytesIO(b"".join(zip_stream([])))) as archive:
        assert archive.namelist() == []


def test_a_file_that_is_gone_ends_the_stream(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(zip_stream([("x", tmp_path / "gone.wav")]))
