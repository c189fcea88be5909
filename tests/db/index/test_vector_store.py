import threading

import numpy as np
import pytest

from src.db.index.vector_codes import (
    bit_error,
    bit_products,
    code_error,
    code_products,
    encode,
    encode_query,
)
from src.db.index.vector_store import CODED_FROM, FEW, VectorStore


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def drawn(count: int, dimension: int, seed: int = 0) -> np.ndarray:
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)))


def filled(vectors: np.ndarray) -> VectorStore:
    store = VectorStore(vectors.shape[1])
    store.write(np.arange(len(vectors)), vectors)
    return store


def best(vectors: np.ndarray, requested: np.ndarray, allowed: np.ndarray, count: int) -> list[int]:
    products = np.where(allowed, vectors @ requested, -np.inf)
    return np.argsort(-products, kind="stable")[: min(count, int(allowed.sum()))].tolist()


def test_estimates_are_unbiased_and_as_wrong_as_is_said() -> None:
    vectors, requested = drawn(3_000, 512), drawn(10, 512, seed=1)
    coded = encode(vectors)
    for one in requested:
        query, exact = encode_query(one), vectors @ one
        by_codes = code_products(query, coded.codes, coded.scales[2:]) - exact
        by_bits = bit_products(query, coded.bits, coded.scales[:2]) - exact
        assert by_codes.std() == pytest.approx(code_error(512), rel=0.15)
        assert by_bits.std() == pytest.approx(bit_error(512), rel=0.15)
        assert abs(by_codes.mean()) < 0.2 * code_error(512)
        assert abs(by_bits.mean()) < 0.2 * bit_error(512)


def test_axes_that_stand_out_do_no_harm() -> None:
    vectors = np.random.default_rng(2).standard_normal((2_000, 200)) * 0.05
    vectors[:, 7] += np.random.default_rng(3).standard_normal(2_000)
    coded = encode(unit(vectors))
    found = code_products(encode_query(unit(vectors)[0]), coded.codes, coded.scales[2:])
    assert np.abs(found - unit(vectors) @ unit(vectors)[0]).max() < 6 * code_error(200)


def test_a_vector_of_zeros_has_products_of_zero() -> None:
    coded = encode(np.zeros((2, 100), dtype=np.float32))
    query = encode_query(drawn(1, 100)[0])
    assert code_products(query, coded.codes, coded.scales[2:]).tolist() == [0.0, 0.0]
    assert bit_products(query, coded.bits, coded.scales[:2]).tolist() == [0.0, 0.0]
    silent = encode_query(np.zeros(100, dtype=np.float32))
    one = encode(drawn(1, 100))
    assert code_products(silent, one.codes, one.scales[2:]).tolist() == [0.0]


@pytest.mark.parametrize("dimension", [CODED_FROM - 40, 200])
@pytest.mark.parametrize("share", [1.0, 0.6, 0.12, 0.01])
def test_the_nearest_of_what_is_allowed_are_found(dimension: int, share: float) -> None:
    vectors = drawn(20_000, dimension)
    store, allowed = filled(vectors), np.random.default_rng(5).random(20_000) < share
    right = 0
    for requested in drawn(10, dimension, seed=6):
        found = store.nearest(requested, allowed, 10).tolist()
        assert len(found) == 10
        assert allowed[found].all()
        assert found[0] == best(vectors, requested, allowed, 1)[0]
        right += len(set(found) & set(best(vectors, requested, allowed, 10)))
    assert right >= 98


def test_close_neighbours_in_clusters_are_found() -> None:
    rng = np.random.default_rng(7)
    centres = rng.standard_normal((40, 256))
    vectors = unit(
        centres[rng.integers(40, size=12_000)] + 0.2 * rng.standard_normal((12_000, 256))
    )
    store, everything = filled(vectors), np.ones(12_000, dtype=bool)
    for requested in vectors[:10]:
        found = store.nearest(requested, everything, 10).tolist()
        assert len(set(found) & set(best(vectors, requested, everything, 10))) >= 9
        assert (vectors[found] @ requested)[0] == pytest.approx(1.0, abs=1e-5)


def test_fewer_than_wanted_are_all_of_them() -> None:
    store = filled(drawn(50, 200))
    allowed = np.zeros(50, dtype=bool)
    assert store.nearest(drawn(1, 200)[0], allowed, 5).tolist() == []
    allowed[[3, 8]] = True
    assert sorted(store.nearest(drawn(1, 200)[0], allowed, 5).tolist()) == [3, 8]
    assert VectorStore(200).nearest(drawn(1, 200)[0], np.zeros(0, dtype=bool), 5).tolist() == []


def test_equal_vectors_come_by_slot() -> None:
    store = filled(np.repeat(drawn(1, 200), 3 * FEW, axis=0))
    assert store.nearest(drawn(1, 200)[0], np.ones(3 * FEW, dtype=bool), 4).tolist() == [0, 1, 2, 3]


def test_what_is_written_later_is_found_and_what_is_overwritten_is_not() -> None:
    vectors = drawn(6_000, 200)
    store, target = filled(vectors), drawn(1, 200, seed=9)[0]
    everything = np.ones(9_000, dtype=bool)
    store.write(np.arange(6_000, 9_000), drawn(3_000, 200, seed=10))
    store.write(np.array([8_500, 17]), np.stack([target, target]))
    assert store.nearest(target, everything, 2).tolist() == [17, 8_500]
    store.write(np.array([17]), np.zeros((1, 200), dtype=np.float32))
    assert store.nearest(target, everything, 1).tolist() == [8_500]
    assert not store.vectors_of(np.array([17])).any()


def test_growing_copies_nothing_that_is_there() -> None:
    store = filled(drawn(1_024, 128))
    before = next(iter(store.rows(1_024)))[0]
    store.write(np.arange(1_024, 50_000), drawn(48_976, 128, seed=1))
    assert np.shares_memory(next(iter(store.rows(1_024)))[0], before)
    assert sum(len(vectors) for vectors, _ in store.rows(40_000)) == 40_000


def test_searches_go_on_while_vectors_are_added() -> None:
    vectors = drawn(30_000, 128)
    store, stop, wrong = filled(vectors[:10_000]), threading.Event(), []
    known = np.ones(10_000, dtype=bool)

    def look() -> None:
        while not stop.is_set():
            for number in range(20):
                if store.nearest(vectors[number], known, 1).tolist() != [number]:
                    wrong.append(number)

    readers = [threading.Thread(target=look) for _ in range(2)]
    for reader in readers:
        reader.start()
    for start in range(10_000, 30_000, 100):
        store.write(np.arange(start, start + 100), vectors[start : start + 100])
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert store.nearest(vectors[29_999], np.ones(30_000, dtype=bool), 1).tolist() == [29_999]


def test_looking_through_codes_loses_none_of_the_nearest() -> None:
    """Larger than one scan, so that what was found before sets the bar for the rest."""
    vectors = drawn(80_000, CODED_FROM)
    store, everything = filled(vectors), np.ones(80_000, dtype=bool)
    right = 0
    for requested in drawn(40, CODED_FROM, seed=6):
        products = vectors @ requested
        nearest = np.argpartition(-products, 10)[:10]
        right += len(np.intersect1d(store.nearest(requested, everything, 10), nearest))
    assert right >= 398
