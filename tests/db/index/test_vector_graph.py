import numpy as np

from src.db.index.vector_graph import VectorGraph
from src.db.index.vector_store import VectorStore

WIDTH = 128


def clustered(count: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(50).standard_normal((30, WIDTH))
    rows = centres[rng.integers(30, size=count)] + 0.5 * rng.standard_normal((count, WIDTH))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def built(vectors: np.ndarray) -> tuple[VectorStore, VectorGraph]:
    store = VectorStore(WIDTH)
    store.write(np.arange(len(vectors)), vectors)
    graph = VectorGraph(store)
    graph.build(np.arange(len(vectors)))
    graph.wait()
    return store, graph


def test_it_finds_nearly_all_that_the_exact_search_finds_and_says_how_many() -> None:
    vectors = clustered(3_000)
    store, graph = built(vectors)
    assert graph.ready
    assert graph.recall >= 0.98
    allowed = np.random.default_rng(1).random(3_000) < 0.8
    right = 0
    for requested in clustered(20, seed=2):
        found = graph.nearest(requested, allowed, 10)
        assert found is not None
        assert allowed[found].all()
        right += len(set(found.tolist()) & set(store.nearest(requested, allowed, 10).tolist()))
    assert right >= 190


def test_a_narrow_filter_is_left_to_the_exact_search() -> None:
    _, graph = built(clustered(500))
    allowed = np.zeros(500, dtype=bool)
    allowed[:100] = True
    assert graph.nearest(clustered(1)[0], allowed, 5) is None


def test_it_is_not_asked_before_it_is_measured() -> None:
    store = VectorStore(WIDTH)
    store.write(np.arange(100), clustered(100))
    graph = VectorGraph(store)
    assert np.isnan(graph.recall)
    assert graph.nearest(clustered(1)[0], np.ones(100, dtype=bool), 5) is None


def test_slots_that_change_and_new_ones_are_found_anew() -> None:
    vectors = clustered(500)
    store, graph = built(vectors)
    target = clustered(1, seed=9)[0]
    store.write(np.array([7, 500]), np.stack([target, target]))
    graph.put(np.array([7, 500]))
    found = graph.nearest(target, np.ones(501, dtype=bool), 2)
    assert found is not None
    assert found.tolist() == [7, 500]
    store.write(np.array([7]), np.zeros((1, WIDTH), dtype=np.float32))
    graph.put(np.array([7]))
    found = graph.nearest(target, np.ones(501, dtype=bool), 1)
    assert found is not None
    assert found.tolist() == [500]
