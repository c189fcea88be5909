"""What a search denies goes behind what is just as good and has nothing of it."""

from pathlib import Path

import pytest

from src.db.database import Database
from src.services.search import SearchHit, SearchQuery, SearchService
from tests.services.test_search import EMBEDDER, stem


@pytest.fixture
def database(tmp_path: Path) -> Database:
    """One sound under two names; of equals, the first by id comes first."""
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    with made.transaction() as session:
        session.add(stem("a", "kick", name="kick one reverb"))
        session.add(stem("b", "kick", name="kick two round"))
    return made


def hits(database: Database, prompt: str) -> dict[str, SearchHit]:
    found = SearchService(database, EMBEDDER).search(SearchQuery(prompt))
    return {hit.stem.id: hit for hit in found}


@pytest.mark.parametrize(
    ("prompt", "order"),
    [
        ("kick", ["a", "b"]),
        ("kick without reverb", ["b", "a"]),
        ("kick, no reverb", ["b", "a"]),
        ("kick ohne Hall", ["b", "a"]),
        ("кик без реверберации", ["b", "a"]),
        ("no reverb", ["b", "a"]),
        ("kick without distortion", ["a", "b"]),
    ],
)
def test_what_has_a_denied_word_goes_behind_its_like(
    database: Database, prompt: str, order: list[str]
) -> None:
    assert list(hits(database, prompt)) == order


def test_a_denied_word_costs_much_of_the_score_but_hides_nothing(database: Database) -> None:
    found = hits(database, "kick without reverb")
    assert found["a"].parts == found["b"].parts
    assert found["b"].score - found["a"].score == pytest.approx(0.25, abs=1e-6)
