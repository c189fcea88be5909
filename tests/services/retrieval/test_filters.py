"""The limits of a search, to the hair."""

from pathlib import Path

import pytest

from src.db.database import Database
from src.services.search import SearchQuery, SearchService
from tests.services.test_search import EMBEDDER, stem


@pytest.fixture
def service(tmp_path: Path) -> SearchService:
    """Loops at, a hair beside, and clearly beside 128 BPM; one has no tempo."""
    database = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    database.upgrade()
    tempos = {"slow": 127.9, "under": 127.9995, "at": 128.0, "over": 128.0005, "fast": 128.1}
    with database.transaction() as session:
        session.add_all(stem(name, "kick", is_loop=True, bpm=bpm) for name, bpm in tempos.items())
        session.add(stem("unknown", "kick"))
    return SearchService(database, EMBEDDER)


@pytest.mark.parametrize(
    ("limits", "ids"),
    [
        ({"bpm_min": 128.0, "bpm_max": 128.0}, {"under", "at", "over"}),
        ({"bpm_min": 128.0}, {"under", "at", "over", "fast"}),
        ({"bpm_max": 128.0}, {"slow", "under", "at", "over"}),
        ({"bpm_min": 128.05}, {"fast"}),
        ({"bpm_max": 127.95}, {"slow"}),
    ],
)
def test_a_tempo_a_hair_beside_a_limit_passes_and_a_tenth_beside_it_does_not(
    service: SearchService, limits: dict[str, float], ids: set[str]
) -> None:
    assert {hit.stem.id for hit in service.search(SearchQuery(**limits))} == ids
