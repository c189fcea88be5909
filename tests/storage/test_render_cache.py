"""The cache of rendered sound: right or not there, and never larger than it may be."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.storage.render_cache import RenderCache, file_digest


def cache(folder: Path, *, max_bytes: int = 10_000_000) -> RenderCache:
    return RenderCache(folder / "cache", max_bytes=max_bytes)


def sound(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((2, samples)).astype(np.float32)


def entry(kept: RenderCache, name: str) -> Path:
    return kept.folder / f"{name}.sound"


def test_what_is_kept_comes_back_bit_for_bit(tmp_path: Path) -> None:
    kept = cache(tmp_path)
    arrays = [sound(1000), sound(7)[:1], np.arange(5, dtype=np.float32), sound(10)[:, ::2]]
    arrays.append(np.zeros((2, 0), np.float32))
    arrays[0][0, :3] = (np.float32(-0.0), np.float32(1e-42), np.float32(np.inf))
    kept.put("a", arrays)
    found = cache(tmp_path).get("a")
    assert found is not None
    assert [one.shape for one in found] == [(2, 1000), (1, 7), (5,), (2, 5), (2, 0)]
    for one, before in zip(found, arrays, strict=True):
        assert one.tobytes() == before.tobytes()


def test_what_was_never_kept_is_not_there(tmp_path: Path) -> None:
    assert cache(tmp_path).get("a") is None


@settings(max_examples=60)
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_single_wrong_bit_makes_an_entry_vanish(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    kept = cache(tmp_path_factory.mktemp("bits"))
    kept.put("a", [sound(50), sound(10)])
    data = bytearray(entry(kept, "a").read_bytes())
    data[place % len(data)] ^= 1 << bit
    entry(kept, "a").write_bytes(data)
    assert kept.get("a") is None
    assert not entry(kept, "a").exists()


@pytest.mark.parametrize("left", [0, 5, 16, 40, 200])
def test_an_entry_that_was_cut_short_vanishes(tmp_path: Path, left: int) -> None:
    kept = cache(tmp_path)
    kept.put("a", [sound(50)])
    os.truncate(entry(kept, "a"), left)
    assert kept.get("a") is None


def test_entries_that_were_not_used_for_longest_go_first(tmp_path: Path) -> None:
    kept = cache(tmp_path, max_bytes=40_000)
    for number, name in enumerate("abcd"):
        kept.put(name, [sound(1000, number)])
        os.utime(entry(kept, name), (number, number))
    assert kept.get("a") is not None
    kept.put("e", [sound(1000)])
    kept.trim()
    there = {name for name in "abcde" if kept.get(name) is not None}
    assert {"a", "e"} <= there
    assert "b" not in there
    assert kept.size().size_bytes <= 40_000


def test_the_limit_holds_while_much_is_kept(tmp_path: Path) -> None:
    kept = cache(tmp_path, max_bytes=100_000)
    for number in range(100):
        kept.put(str(number), [sound(500, number)])
        assert kept.size().size_bytes <= 1.2 * 100_000
    assert kept.get("99") is not None


def test_what_is_too_large_for_the_cache_is_not_kept(tmp_path: Path) -> None:
    kept = cache(tmp_path, max_bytes=10_000)
    kept.put("a", [sound(1000)])
    assert kept.get("a") is None
    assert kept.size().entries == 0


def test_everything_can_be_forgotten(tmp_path: Path) -> None:
    kept = cache(tmp_path)
    kept.put("a", [sound(10)])
    kept.put("b", [sound(10)])
    assert kept.size().entries == 2
    assert kept.clear() == 2
    assert (kept.get("a"), kept.size().size_bytes) == (None, 0)


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    kept = cache(tmp_path)
    kept.put("a", [sound(10)])
    assert kept.get("a") is None
    assert (kept.clear(), kept.size().entries) == (0, 0)


def test_many_writers_of_one_entry_leave_one_whole_entry(tmp_path: Path) -> None:
    kept, audio = [cache(tmp_path), cache(tmp_path)], sound(5000)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept[number % 2].put("a", [audio]), range(64)))
    assert [path.name for path in kept[0].folder.iterdir()] == ["a.sound"]
    found = kept[0].get("a")
    assert found is not None
    np.testing.assert_array_equal(found[0], audio)


def test_what_killed_writers_left_is_removed_after_an_hour(tmp_path: Path) -> None:
    kept = cache(tmp_path)
    kept.put("a", [sound(10)])
    old, new = kept.folder / ".part-1-0.sound", kept.folder / ".part-2-0.sound"
    old.write_bytes(b"half")
    new.write_bytes(b"half")
    os.utime(old, (0, 0))
    kept.trim()
    assert (old.exists(), new.exists()) == (False, True)
    assert kept.size().entries == 1


def test_files_are_told_apart_by_their_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"abc")
    other.write_bytes(b"abc")
    assert file_digest(one) == file_digest(other)
    other.write_bytes(b"abd")
    assert file_digest(one) != file_digest(other)
