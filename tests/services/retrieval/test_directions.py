"""Likes, examples, fit, feedback, folding, spreading and pages, over a real database."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.core.errors import InvalidInputError, NotFoundError
from src.db.database import Database
from src.db.models import CollectedStem, Kit, Stem, TrackRow
from src.music.model.palette import Palette
from src.services.retrieval.example import ExampleService
from src.services.retrieval.facets import facets
from src.services.retrieval.space import SearchSpaces
from src.services.retrieval.suggestions import Suggestions
from src.services.search import SearchQuery, SearchService
from tests.audio.analysis.test_attributes import drone, hiss, kick
from tests.services.test_search import EMBEDDER, SOUND_OF, stem


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    with made.transaction() as session:
        session.add(Kit(id="kit1", path="Berlin", name="Berlin Nights"))
        session.add_all([
            stem("k1", "kick", category="kick", kit_id="kit1", name="Piano Kick",
                 loudness_lufs=-9.0, licence="CC0-1.0"),
            stem("k2", "kick", category="kick", loudness_lufs=-20.0, user_rating=2),
            stem("h1", "hiss", category="hihat", is_loop=True, bpm=138.0, user_rating=5),
            stem("h2", "hiss", category="hihat", name="Zebra distorted"),
            stem("d1", "drone", category="pad", is_loop=True, bpm=124.0, key="Am"),
            stem("d2", "drone", category="atmo", key="Em", kit_id="kit1"),
        ])  # fmt: skip
    return made


@pytest.fixture
def service(database: Database) -> SearchService:
    return SearchService(database, EMBEDDER)


def found(service: SearchService, **query: object) -> list[str]:
    return [hit.stem.id for hit in service.search(SearchQuery(**{"limit": 50, **query}))]  # type: ignore[arg-type]


def test_what_is_liked_comes_first_and_is_left_out_itself(service: SearchService) -> None:
    ids = found(service, like=("k1",))
    assert ids[0] == "k2"
    assert "k1" not in ids
    assert SOUND_OF[found(service, like=("h1", "h2"))[-1]] != "hiss"


def test_what_is_disliked_goes_last(service: SearchService) -> None:
    assert found(service, unlike=("k1",))[-1] == "k2"
    assert found(service, unlike=("bright hiss noise",))[-1] in {"h1", "h2"}
    liked = found(service, like=("d1",))
    assert liked[0] == "d2"
    assert found(service, like=("d1",), unlike=("k1",))[-1] == "k2"


def test_likes_and_a_prompt_are_added(service: SearchService) -> None:
    page = service.find(SearchQuery("zebra", like=("k1",), limit=10))
    by_id = {hit.stem.id: hit for hit in page.hits}
    assert by_id["h2"].parts.words == pytest.approx(1.0)
    assert by_id["k2"].parts.sound > by_id["d1"].parts.sound  # type: ignore[operator]


def test_parts_add_up_to_the_score(service: SearchService) -> None:
    for hit in service.search(SearchQuery("dark kick", limit=10)):
        parts = hit.parts
        assert parts.fit is None
        assert parts.sound is not None
        assert parts.words is not None
        fused = 0.25 * parts.sound + 0.75 * parts.words
        assert hit.score == pytest.approx(fused, abs=1e-5)


@pytest.mark.parametrize(
    ("prompt", "corrected", "first"),
    [
        ("zebar", "zebra", "h2"),
        ("Zebra", None, "h2"),
        ("distrotion zebra", "distortion zebra", "h2"),
        ("dunkle bassdrumm", None, None),
        ("klavier", None, "k1"),
        ("пианино", None, "k1"),
        ("xq zebra 138 bpm", None, "h2"),
        ("Berlim", "berlin", None),
    ],
)
def test_typos_are_mended_and_other_languages_understood(
    service: SearchService, prompt: str, corrected: str | None, first: str | None
) -> None:
    page = service.find(SearchQuery(prompt, limit=3))
    assert page.did_you_mean == corrected
    if first is not None:
        assert page.hits[0].stem.id == first


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"loudness_min_lufs": -10.0}, {"k1"}),
        ({"loudness_max_lufs": -10.0}, {"k2"}),
        ({"rating_min": 3.0}, {"h1"}),
        ({"rating_max": 3.0}, {"k2"}),
        ({"licence": "cc0"}, {"k1"}),
        ({"licence": "none"}, {"k2", "h1", "h2", "d1", "d2"}),
        ({"palette": Palette((), ("berlin nights",))}, {"k1", "d2"}),
        ({"palette": Palette(("favourites",), ("kit1",))}, {"k1", "d2", "h2"}),
        ({"palette": Palette(("favourites",))}, {"h2"}),
        ({"collection": "favourites"}, {"h2"}),
    ],
)
def test_filters_hold(
    service: SearchService, database: Database, query: dict[str, object], ids: set[str]
) -> None:
    with database.transaction() as session:
        session.add(CollectedStem(collection_id="favourites", stem_id="h2"))
    for prompt in ("", "dark kick", "zebra"):
        assert set(found(service, prompt=prompt, **query)) == ids
    counted = facets(SearchSpaces(database, EMBEDDER), database, SearchQuery(**query))  # type: ignore[arg-type]
    assert counted.total == len(ids)


def test_what_fits_a_stem_has_its_tempo_or_key(service: SearchService) -> None:
    hits = service.search(SearchQuery(fits="d1", limit=10))
    assert "d1" not in {hit.stem.id for hit in hits}
    scores = [hit.score for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(hit.parts.fit is not None for hit in hits)
    assert any(reason.startswith("goes with") for reason in hits[0].reasons)


def test_what_fits_a_track_goes_with_its_stems(service: SearchService, database: Database) -> None:
    report = {"stems": [{"stem_id": "d1"}, {"stem_id": "gone"}]}
    with database.transaction() as session:
        session.add(TrackRow(id="t1", path="t.wav", bpm=124.0, key="Am", seed=0, duration_s=1.0,
                             plan={}, report=report))  # fmt: skip
    assert len(found(service, fits="t1")) == 6
    with pytest.raises(NotFoundError, match="no stem and no track"):
        found(service, fits="nobody")


def test_ratings_and_use_count_only_when_asked(service: SearchService, database: Database) -> None:
    with database.transaction() as session:
        session.add(TrackRow(id="t1", path="t.wav", bpm=124.0, key="Am", seed=0, duration_s=1.0,
                             plan={}, report={"stems": [{"stem_id": "d2"}]}))  # fmt: skip
    plain = service.search(SearchQuery("kick", limit=6))
    assert all(hit.parts.feedback is None for hit in plain)
    reported = {
        hit.stem.id: hit for hit in service.search(SearchQuery("kick", limit=6, feedback=True))
    }
    parts = {stem_id: hit.parts.feedback for stem_id, hit in reported.items()}
    assert parts["h1"] > parts["d2"] > parts["h2"] > parts["k2"]  # type: ignore[operator]
    assert "rated 5 of 5" in reported["h1"].reasons
    assert "plays in 1 track" in reported["d2"].reasons


def test_the_same_sound_is_folded_into_its_best(service: SearchService) -> None:
    whole = found(service, prompt="zebra")
    page = service.find(SearchQuery("zebra", limit=10, fold=True))
    leaders = [hit.stem.id for hit in page.hits]
    folded = {twin for hit in page.hits for twin in hit.duplicates}
    assert {*leaders, *folded} == set(whole)
    assert folded in ({"k1"}, {"k2"})  # the others differ in kind or as loop and hit
    assert leaders == [stem_id for stem_id in whole if stem_id in leaders]


def test_spread_hits_differ_from_each_other(service: SearchService) -> None:
    close = [SOUND_OF[stem_id] for stem_id in found(service, like=("k1",))[:3]]
    spread = [SOUND_OF[stem_id] for stem_id in found(service, like=("k1",), spread=0.9)[:3]]
    assert len(set(spread)) == 3 >= len(set(close))
    assert set(found(service, like=("k1",), spread=1.0)) == set(found(service, like=("k1",)))


@pytest.mark.parametrize("options", [{}, {"spread": 0.4}, {"fold": True}, {"fits": "d1"}])
def test_pages_go_on_where_they_ended_though_a_stem_came_in(
    service: SearchService, database: Database, options: dict[str, object]
) -> None:
    query = SearchQuery("kick", limit=2, **options)  # type: ignore[arg-type]
    first = service.find(query)
    with database.transaction() as session:
        session.add(stem("k0", "kick", category="kick", name="kick kick", duration_s=9.0))
    seen = [hit.stem.id for hit in first.hits]
    cursor = first.next_cursor
    while cursor is not None:
        page = service.find(replace(query, cursor=cursor))
        seen += [hit.stem.id for hit in page.hits]
        cursor = page.next_cursor
    assert len(seen) == len(set(seen))
    everything = set(found(service, prompt="kick", **options))
    assert everything - set(seen) <= {"k0"}


def test_a_deleted_last_hit_does_not_stop_the_pages(
    service: SearchService, database: Database
) -> None:
    query = SearchQuery("kick", limit=2)
    first = service.find(query)
    with database.transaction() as session:
        session.delete(session.get(Stem, first.hits[-1].stem.id))
    second = service.find(replace(query, cursor=first.next_cursor))
    assert second.hits
    assert first.hits[0].stem.id not in {hit.stem.id for hit in second.hits}


def test_a_cursor_belongs_to_its_search_whatever_the_limit(service: SearchService) -> None:
    cursor = service.find(SearchQuery("kick", limit=2)).next_cursor
    assert len(service.find(SearchQuery("kick", limit=3, cursor=cursor)).hits) == 3
    for other in (SearchQuery("kick", cursor=cursor, fold=True), SearchQuery("k", cursor=cursor)):
        with pytest.raises(InvalidInputError, match="another search"):
            service.find(other)


def test_large_libraries_are_ranked_by_candidates_as_if_all_were_weighed(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries = [{"prompt": "dark kick"}, {"prompt": "zebra"}, {"like": ("d1",)}, {"fits": "d1"},
               {"prompt": "nothing of it"}, {"prompt": "138 bpm"}]  # fmt: skip
    whole = [found(service, **query) for query in queries]
    monkeypatch.setattr("src.services.retrieval.ranking.SMALL_LIBRARY", 1)
    monkeypatch.setattr("src.services.search.SMALL_LIBRARY", 3)
    for query, ids in zip(queries, whole, strict=True):
        assert found(service, **{**query, "limit": 1}) == ids[:1]


@pytest.mark.parametrize(
    "query",
    [{"spread": 1.5}, {"loudness_min_lufs": float("nan")}, {"rating_min": -1.0},
     {"like": ("x",) * 33}, {"cursor": "x"}, {"bpm_min": 3.0, "bpm_max": 2.0}],
)  # fmt: skip
def test_wrong_wishes_are_named(service: SearchService, query: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        found(service, **query)


# --- by example ----------------------------------------------------------------------------


@pytest.mark.parametrize("aspect", ["overall", "timbre"])
def test_a_sound_finds_its_like(database: Database, service: SearchService, aspect: str) -> None:
    examples = ExampleService(database, service)
    for clip, kind in ((kick(), "kick"), (hiss(), "hiss"), (drone(), "drone")):
        page = examples.find(clip, SearchQuery(limit=2), aspect=aspect)
        assert {SOUND_OF[hit.stem.id] for hit in page.hits} == {kind}
        assert page.hits[0].score == pytest.approx(1.0, abs=0.01)


def test_examples_see_what_changed_since(database: Database, service: SearchService) -> None:
    examples = ExampleService(database, service)
    examples.find(kick(), SearchQuery(), aspect="timbre")
    with database.transaction() as session:
        session.delete(session.get(Stem, "k1"))
        session.add(stem("d3", "drone"))
    page = examples.find(drone(), SearchQuery(limit=3), aspect="timbre")
    assert {hit.stem.id for hit in page.hits} == {"d1", "d2", "d3"}


def test_a_cursor_of_another_example_is_refused(database: Database, service: SearchService) -> None:
    examples = ExampleService(database, service)
    cursor = examples.find(kick(), SearchQuery(limit=1)).next_cursor
    second = examples.find(kick(), SearchQuery(limit=1, cursor=cursor))
    assert second.hits[0].stem.id == "k2"
    with pytest.raises(InvalidInputError, match="another search"):
        examples.find(hiss(), SearchQuery(limit=1, cursor=cursor))
    with pytest.raises(InvalidInputError, match="aspect must be"):
        examples.find(kick(), SearchQuery(), aspect="taste")
    with pytest.raises(InvalidInputError, match="silent"):
        examples.find(np.zeros((1, 100), np.float32), SearchQuery())


# --- suggestions ---------------------------------------------------------------------------


def test_suggestions_tell_kinds_tags_kits_words_and_names(
    service: SearchService, database: Database
) -> None:
    suggestions = Suggestions(SearchSpaces(database, EMBEDDER))

    def reported(typed: str) -> dict[str, str]:
        return {one.text: one.kind for one in suggestions.suggest(typed, limit=50)}

    assert reported("ki")["kick"] == "category"
    assert reported("dark berl")["berlin"] == "word"
    assert reported("berlin")["Berlin Nights"] == "kit"
    assert reported("zeb")["Zebra distorted"] == "name"
    assert reported("бочк") != {}
    assert reported("zebar")["zebra"] == "word"
    assert reported("") == {}


def test_suggestions_follow_the_library(service: SearchService, database: Database) -> None:
    suggestions = Suggestions(SearchSpaces(database, EMBEDDER))
    assert suggestions.suggest("quagga") == []
    with database.transaction() as session:
        session.get(Stem, "d1").name = "Quagga"  # type: ignore[union-attr]
    assert {one.text for one in suggestions.suggest("quag")} == {"quagga"}
