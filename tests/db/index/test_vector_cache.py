from pathlib import Path

import numpy as np
import pytest

from src.db.index.vector_cache import VectorCache
from src.db.index.vector_store import VectorStore

WIDTH = 128


def drawn(count: int) -> np.ndarray:
    rows = np.random.default_rng(0).standard_normal((count, WIDTH))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def saved(folder: Path, count: int = 3_000) -> VectorCache:
    store = VectorStore(WIDTH)
    store.write(np.arange(1_000), drawn(count)[:1_000])
    store.write(np.arange(1_000, count), drawn(count)[1_000:])
    cache = VectorCache(folder, "model", WIDTH)
    cache.save([f"id{number}" for number in range(count - 1)] + [""], 77, "id5", store)
    return cache


def test_what_was_saved_is_searched_again(tmp_path: Path) -> None:
    found = saved(tmp_path).load()
    assert found is not None
    assert (found.seq, found.seq_stem, found.ids[0], found.ids[-1]) == (77, "id5", "id0", "")
    store, vectors = VectorStore(WIDTH), drawn(3_000)
    store.adopt(found.vectors, found.coded)
    assert np.array_equal(store.vectors_of(np.arange(3_000)), vectors)
    assert store.nearest(vectors[2_500], np.ones(3_000, dtype=bool), 1).tolist() == [2_500]


def test_writing_into_mapped_vectors_leaves_the_file_alone(tmp_path: Path) -> None:
    cache = saved(tmp_path)
    before = cache.path.read_bytes()
    found = cache.load()
    assert found is not None
    store = VectorStore(WIDTH)
    store.adopt(found.vectors, found.coded)
    store.write(np.array([3]), np.zeros((1, WIDTH), dtype=np.float32))
    assert not store.vectors_of(np.array([3])).any()
    assert cache.path.read_bytes() == before


def test_no_file_is_no_file(tmp_path: Path) -> None:
    assert VectorCache(tmp_path / "none", "model", WIDTH).load() is None


@pytest.mark.parametrize("damage", ["cut", "header", "codes", "vectors", "empty", "other"])
def test_a_damaged_file_is_passed_over(
    tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = saved(tmp_path)
    data = bytearray(cache.path.read_bytes())
    places = {"codes": 250_000, "header": len(data) - 40}
    if damage == "cut":
        data = data[:-1_000]
    elif damage == "empty":
        data = bytearray()
    elif damage == "other":
        data = bytearray(b"not a file of ours" * 100)
    elif damage == "vectors":
        data[-WIDTH * 4 * 400 : -WIDTH * 4 * 100] = bytes(WIDTH * 4 * 300)
    else:
        data[places[damage]] ^= 0x55
    cache.path.write_bytes(data)
    assert cache.load() is None
    assert "made anew" in caplog.text


def test_a_file_of_another_length_of_vectors_is_passed_over(tmp_path: Path) -> None:
    cache = saved(tmp_path)
    other = VectorCache(tmp_path, "model", 256)
    assert other.path == cache.path
    assert other.load() is None


def test_each_model_has_a_file_of_its_own(tmp_path: Path) -> None:
    cache = saved(tmp_path)
    assert VectorCache(tmp_path, "another", WIDTH).path != cache.path
