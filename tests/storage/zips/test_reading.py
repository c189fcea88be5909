"""Zips from strangers."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from src.core.errors import InvalidInputError
from src.storage.zips.reading import ZipLimits, extract_zip


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A zip in memory."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return memory


def test_folders_are_kept_and_rubbish_left_out(tmp_path: Path) -> None:
    archive = zipped(
        {"Kit/kick.wav": b"k", "Kit/.DS_Store": b"-", "__MACOSX/Kit/._kick.wav": b"-", "Kit/": b""}
    )
    assert extract_zip(archive, tmp_path) == [tmp_path / "Kit" / "kick.wav"]
    assert (tmp_path / "Kit" / "kick.wav").read_bytes() == b"k"


@pytest.mark.parametrize("name", ["../evil.wav", "a/../../evil.wav", "/evil.wav", "C:/evil.wav"])
def test_a_member_that_would_leave_the_folder_stops_everything(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    with pytest.raises(InvalidInputError):
        extract_zip(zipped({"good.wav": b"g", name: b"e"}), folder)
    assert list(tmp_path.rglob("*")) == [folder]


def test_a_bomb_that_conceals_its_size_leaves_nothing(tmp_path: Path) -> None:
    bomb = bytearray(zipped({"small.wav": b"s", "bomb.wav": bytes(10_000_000)}).getvalue())
    size = bomb.rindex(b"PK\x01\x02") + 24
    bomb[size : size + 4] = (10).to_bytes(4, "little")
    with pytest.raises(InvalidInputError, match="can't be unpacked"):
        extract_zip(io.BytesIO(bomb), tmp_path / "in", limits=ZipLimits(total_bytes=1_000_000))
    assert list(tmp_path.rglob("*.wav")) == []


def test_a_bomb_that_tells_its_size_never_begins(tmp_path: Path) -> None:
    bomb = zipped({"small.wav": b"s", "bomb.wav": bytes(10_000_000)})
    with pytest.raises(InvalidInputError, match="1000000 bytes are left"):
        extract_zip(bomb, tmp_path / "in", limits=ZipLimits(total_bytes=1_000_000))
    assert not (tmp_path / "in").exists()


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    crowd = zipped({f"{n}.wav": b"" for n in range(20)})
    with pytest.raises(InvalidInputError, match="may hold 10 files, this one holds 20"):
        extract_zip(crowd, tmp_path, limits=ZipLimits(members=10))


def test_links_are_not_unpacked(tmp_path: Path) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        link = zipfile.ZipInfo("link.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert extract_zip(memory, tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_zip_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="can't be unpacked"):
        extract_zip(io.BytesIO(b"no zip at all"), tmp_path)


def test_a_damaged_member_leaves_nothing_behind(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.wav": b"a" * 50, "b.wav": b"b" * 5_000}, 0).getvalue())
    data[1_000] ^= 0xFF
    with pytest.raises(InvalidInputError, match="can't be unpacked"):
        extract_zip(io.BytesIO(data), tmp_path / "in")
    assert list(tmp_path.rglob("*.wav")) == []


def test_names_in_utf8_without_the_flag_are_understood(tmp_path: Path) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("XXXXX.wav", b"u")
    raw = memory.getvalue().replace(b"XXXXX", "ünï".encode())
    assert extract_zip(io.BytesIO(raw), tmp_path) == [tmp_path / "ünï.wav"]


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "kick.wav").write_bytes(b"mine")
    assert extract_zip(zipped({"kick.wav": b"theirs"}), tmp_path) == [tmp_path / "kick (2).wav"]
    assert (tmp_path / "kick.wav").read_bytes() == b"mine"


def test_only_what_is_wanted_is_unpacked(tmp_path: Path) -> None:
    archive = zipped({"a.wav": b"a", "readme.txt": b"r"})
    found = extract_zip(archive, tmp_path, wanted=lambda name: name.endswith(".wav"))
    assert found == [tmp_path / "a.wav"]


@pytest.mark.parametrize(
    "packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_damage_is_told_and_leaves_no_folder_however_it_is_packed(
    tmp_path: Path, packing: int
) -> None:
    noise = bytes(range(256)) * 400
    damaged = bytearray(zipped({"a/b/c/x.wav": noise, "a/y.wav": noise}, packing).getvalue())
    start = damaged.index(b"a/y.wav") + len(b"a/y.wav") + 14
    damaged[start : start + 12] = b"\xff" * 12
    with pytest.raises(InvalidInputError, match="can't be unpacked"):
        extract_zip(io.BytesIO(damaged), tmp_path)
    assert list(tmp_path.rglob("*")) == []


def test_a_name_that_claims_to_be_utf8_and_is_not_is_told(tmp_path: Path) -> None:
    raw = zipped({"äöü.wav": b"x"}).getvalue().replace("äöü".encode(), b"\xff\xfe\xfd\xfc\xfb\xfa")
    with pytest.raises(InvalidInputError, match="can't be unpacked"):
        extract_zip(io.BytesIO(raw), tmp_path)


@pytest.mark.parametrize("names", [("a", "a/x.wav"), ("a/" * 2500 + "x.wav",)])
def test_names_that_no_file_system_takes_are_told(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError, match="can't be a file here"):
        extract_zip(zipped(dict.fromkeys(names, b"x")), tmp_path)
    assert list(tmp_path.rglob("*")) == []
