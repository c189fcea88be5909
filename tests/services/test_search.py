import threading
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from src.audio.analysis.attributes import tags_of
from src.audio.analysis.descriptors import describe
from src.core.errors import InvalidInputError
from src.db.database import Database
from src.db.models import Embedding, Kit, Stem
from src.db.rows.cards import StemCards
from src.embeddings.acoustic import AcousticEmbedder
from src.music.theory.library import StemCard
from src.services.search import SearchQuery, SearchService
from tests.audio.analysis.test_attributes import RATE, drone, hiss, kick

EMBEDDER = AcousticEmbedder()
FEATURES = {
    name: describe(clip, sample_rate=RATE)
    for name, clip in {"kick": kick(), "hiss": hiss(), "drone": drone()}.items()
}
SOUND_OF = {
    "k1": "kick", "k2": "kick", "h1": "hiss", "h2": "hiss", "d1": "drone", "d2": "drone",
}  # fmt: skip


def stem(stem_id: str, sound: str, **values: object) -> Stem:
    features = FEATURES[sound]
    fields: dict[str, object] = {
        "id": stem_id, "path": f"stems/{stem_id}.wav", "original_file": stem_id,
        "name": f"sound {stem_id}", "content_hash": stem_id, "channels": 1,
        "duration_s": features["duration_s"], "original_sample_rate": RATE, "is_loop": False,
        "category": "other", "tags": tags_of(features), "features": features, "analysis": {},
        "analysis_version": "1",
    }  # fmt: skip
    made = Stem(**(fields | values))
    vector = EMBEDDER.embed_features([features])[0].astype("<f4").tobytes()
    made.embeddings = [Embedding(model_id=EMBEDDER.model_id, vector=vector)]
    return made


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    return made


@pytest.fixture
def service(database: Database) -> SearchService:
    with database.transaction() as session:
        session.add(Kit(id="kit1", path="Berlin", name="Berlin Nights"))
        session.add_all([
            stem("k1", "kick", category="kick", kit_id="kit1"),
            stem("k2", "kick"),
            stem("h1", "hiss", category="hihat", is_loop=True, bpm=138.0),
            stem("h2", "hiss", name="Zebra"),
            stem("d1", "drone", category="pad", is_loop=True, bpm=124.0, key="Am"),
            stem("d2", "drone", category="atmo", key="Em", kit_id="kit1"),
        ])  # fmt: skip
    return SearchService(database, EMBEDDER)


def found(service: SearchService, **query: object) -> list[str]:
    return [hit.stem.id for hit in service.search(SearchQuery(**query))]  # type: ignore[arg-type]


def test_an_empty_library_has_no_hits(database: Database) -> None:
    service = SearchService(database, EMBEDDER)
    assert service.search(SearchQuery("dark kick")) == []
    assert service.search(SearchQuery()) == []


@pytest.mark.parametrize(
    ("prompt", "sound"),
    [
        ("deep, punchy", "kick"),
        ("bass drum", "kick"),
        ("helles Zischen, hi-hat", "hiss"),
        ("протяжный атмосферный", "drone"),
        ("wide sustained, not noisy", "drone"),
    ],
)
def test_sound_alone_ranks_first(service: SearchService, prompt: str, sound: str) -> None:
    best = found(service, prompt=prompt, limit=2)
    assert {SOUND_OF[stem_id] for stem_id in best} == {sound}


def test_a_word_of_the_name_lifts_a_stem(service: SearchService) -> None:
    assert found(service, prompt="zebra", limit=1) == ["h2"]
    hits = service.search(SearchQuery("zebra noisy", limit=1))
    assert hits[0].stem.id == "h2"
    assert hits[0].words > 0.5
    assert "name says zebra" in hits[0].reasons


def test_a_kit_and_a_category_are_found_by_their_words(service: SearchService) -> None:
    assert set(found(service, prompt="berlin", limit=2)) == {"k1", "d2"}
    assert found(service, prompt="kick", limit=2)[0] == "k1"


def test_scores_fall_and_stay_between_nought_and_one(service: SearchService) -> None:
    for prompt in ("dark kick", "zebra", "nicht hell", "very very dark punchy kick 138 bpm Am"):
        scores = [hit.score for hit in service.search(SearchQuery(prompt, limit=10))]
        assert scores == sorted(scores, reverse=True)
        assert all(0.0 <= score <= 1.0 for score in scores)


def test_hits_say_why(service: SearchService) -> None:
    hit = service.search(SearchQuery("dark kick", limit=1))[0]
    assert "is a kick" in hit.reasons
    assert any(reason.startswith("sounds dark") for reason in hit.reasons)
    assert all(hit.reasons for hit in service.search(SearchQuery("foo", limit=10)))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"category": "kick"}, {"k1"}),
        ({"categories": ("kick", "pad")}, {"k1", "d1"}),
        ({"bpm_min": 130}, {"h1"}),
        ({"bpm_max": 130}, {"d1"}),
        ({"bpm_min": 124, "bpm_max": 138}, {"h1", "d1"}),
        ({"key": "Am"}, {"d1"}),
        ({"key": "8A"}, {"d1"}),
        ({"key": "A minor", "compatible": True}, {"d1", "d2"}),
        ({"is_loop": True}, {"h1", "d1"}),
        ({"is_loop": False}, {"k1", "k2", "h2", "d2"}),
        ({"duration_min_s": 5}, {"d1", "d2"}),
        ({"duration_max_s": 0.2}, {"h1", "h2"}),
        ({"kit": "kit1"}, {"k1", "d2"}),
        ({"kit": "berlin nights"}, {"k1", "d2"}),
        ({"kit": "nowhere"}, set()),
        ({"category": "pad", "is_loop": False}, set()),
    ],
)
def test_filters_hold_with_and_without_a_prompt(
    service: SearchService, query: dict[str, object], ids: set[str]
) -> None:
    assert set(found(service, limit=50, **query)) == ids
    assert set(found(service, prompt="dark kick", limit=50, **query)) == ids


def test_an_empty_prompt_lists_by_name(service: SearchService) -> None:
    assert found(service, limit=10) == ["d1", "d2", "h1", "k1", "k2", "h2"]


def test_pages_follow_each_other_without_gap_or_double(service: SearchService) -> None:
    for prompt in ("", "dark kick"):
        whole = found(service, prompt=prompt, limit=6)
        pages = [found(service, prompt=prompt, limit=2, offset=at) for at in (0, 2, 4, 6)]
        assert [stem_id for page in pages for stem_id in page] == whole


def test_tempo_and_key_of_the_prompt_lift_what_fits(service: SearchService) -> None:
    assert found(service, prompt="loop 124 bpm", limit=1) == ["d1"]
    hit = service.search(SearchQuery("sustained in Am", limit=1))[0]
    assert hit.stem.id == "d1"
    assert "Am is Am" in hit.reasons


def test_denied_words_push_down(service: SearchService, database: Database) -> None:
    with database.transaction() as session:
        session.add(stem("k3", "kick", name="reverb kick", category="kick"))
    assert found(service, prompt="kick without reverb", limit=2)[0] == "k1"


def test_what_others_change_is_seen_by_the_next_search(
    service: SearchService, database: Database
) -> None:
    assert found(service, prompt="giraffe", limit=1) != ["n1"]
    with database.transaction() as session:
        session.add(stem("n1", "hiss", name="giraffe"))
    assert found(service, prompt="giraffe", limit=1) == ["n1"]
    with database.transaction() as session:
        row = session.get(Stem, "n1")
        assert row is not None
        row.category = "fx"
    assert found(service, category="fx") == ["n1"]
    with database.transaction() as session:
        session.delete(session.get(Stem, "n1"))
    assert found(service, category="fx") == []


class RemovingCards(StemCards):
    """Cards of a library from which somebody removes a stem between ranking and showing it."""

    def __init__(self, database: Database, stem_id: str) -> None:
        super().__init__(database)
        self.stem_id = stem_id
        self.removed_from = database

    def by_id(self, ids: Iterable[str]) -> dict[str, StemCard]:
        with self.removed_from.transaction() as session:
            stem = session.get(Stem, self.stem_id)
            if stem is not None:
                session.delete(stem)
        return super().by_id(ids)


@pytest.mark.parametrize("query", [{}, {"prompt": "dark kick"}, {"fits": "h1"}])
def test_a_stem_that_is_removed_during_a_search_is_left_out(
    service: SearchService,  # which fills the library
    database: Database,
    query: dict[str, object],
) -> None:
    assert "k2" in found(service, limit=50, **query)
    removing = SearchService(database, EMBEDDER, cards=RemovingCards(database, "k2"))
    left = set(found(removing, limit=50, **query))
    assert left == set(found(service, limit=50, **query))
    assert "k2" not in left


def test_equal_scores_go_by_id_whenever_a_stem_came_in(database: Database) -> None:
    service = SearchService(database, EMBEDDER)
    for stem_id in ("b", "c", "a"):
        with database.transaction() as session:
            session.add(stem(stem_id, "kick", name="same"))
        service.search(SearchQuery())
    assert found(service, prompt="dark kick", limit=2) == ["a", "b"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": 10_001}, {"offset": -1}, {"category": "kik"},
        {"categories": ("kick", "nope")}, {"key": "H#"}, {"bpm_min": 140.0, "bpm_max": 120.0},
        {"bpm_min": float("nan")}, {"duration_min_s": -1.0}, {"prompt": "x" * 2001},
    ],
)  # fmt: skip
def test_bad_queries_name_the_rule(service: SearchService, query: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        found(service, **query)


@pytest.mark.parametrize(
    "prompt", ["qwertz", "   ", "\x00'; DROP TABLE stems;--", "😀", "(((", "%"]
)
def test_strange_prompts_do_no_harm(service: SearchService, prompt: str) -> None:
    assert len(found(service, prompt=prompt, limit=10)) == 6


def test_many_threads_search_while_stems_arrive(service: SearchService, database: Database) -> None:
    problems: list[BaseException] = []

    def look() -> None:
        try:
            for _ in range(15):
                hits = service.search(SearchQuery("dark kick", limit=3))
                assert len(hits) == 3
        except BaseException as problem:
            problems.append(problem)
            raise

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(10):
        with database.transaction() as session:
            session.add(stem(f"new{number}", "hiss"))
    for thread in threads:
        thread.join()
    assert not problems
    assert len(found(service, limit=50)) == 16


class OtherEmbedder:
    """A stand-in of another kind of model: three axes, no knowledge of its best."""

    model_id = "other"
    dimension = 3

    def embed_audio(self, clips: object) -> np.ndarray:
        raise NotImplementedError

    def embed_text(self, texts: list[str]) -> np.ndarray:
        return np.tile(np.array([[0.0, 1.0, 0.0]], dtype=np.float32), (len(texts), 1))


def test_any_embedder_ranks_by_its_own_vectors_alone(
    service: SearchService, database: Database
) -> None:
    with database.transaction() as session:
        for stem_id, value in (("k1", 0.1), ("h1", 0.9), ("d1", 0.4)):
            vector = np.array([0.0, value, 0.0], dtype="<f4").tobytes()
            session.add(Embedding(stem_id=stem_id, model_id="other", vector=vector))
    other = SearchService(database, OtherEmbedder())
    hits = other.search(SearchQuery("whatever", limit=3))
    assert [hit.stem.id for hit in hits] == ["h1", "d1", "k1"]
    assert hits[0].similarity == pytest.approx(0.9)
