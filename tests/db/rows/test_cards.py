"""Cards of stems: what they carry, and that they follow the library."""

from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.db.models import Kit, Stem
from src.db.rows import cards
from src.db.rows.cards import StemCards, card
from src.music.casting.made_marks import MARKS
from src.music.theory.library import StemCard
from tests.db.stocked import fresh_database, stock


def test_a_card_carries_the_effective_values_beyond_the_session(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    database.upgrade()
    with database.transaction() as session:
        session.add(Kit(id="k", path="Dark Kit", name="Dark Kit"))
        session.add(
            Stem(
                id="a", path="stems/a.wav", original_file="Dark Kit/kick.wav", name="kick",
                kit_id="k", content_hash="h", duration_s=0.5, channels=2,
                original_sample_rate=44_100, is_loop=False, category="kick", tags={"dark": 0.9},
                features={"centroid": 90.0},
                analysis={
                    "category": {"value": "tom", "confidence": 0.4, "source": "audio"},
                    "bpm": {"value": None, "confidence": 0.2, "source": "audio"},
                },
                corrections={"category": "kick"}, analysis_version="1", licence="CC0-1.0",
            )
        )  # fmt: skip
    with database.transaction() as session:
        stem = session.get(Stem, "a")
        assert stem is not None
        made = card(stem)
    assert made == StemCard(
        id="a", path="stems/a.wav", name="kick", category="kick", is_loop=False, duration_s=0.5,
        channels=2, kit="Dark Kit", kit_id="k", original_file="Dark Kit/kick.wav",
        tags={"dark": 0.9}, features={"centroid": 90.0},
        confidence={"category": 1.0, "bpm": 0.2}, licence="CC0-1.0",
    )  # fmt: skip


@pytest.fixture
def database(settings: Settings) -> Database:
    return fresh_database(settings)


@pytest.fixture
def ids(database: Database, settings: Settings) -> list[str]:
    return stock(database, settings)


def test_cards_come_in_the_order_asked_and_only_of_what_is_there(
    database: Database, ids: list[str]
) -> None:
    made = next(iter(MARKS.values()))
    found = StemCards(database).by_id([ids[2], "gone", made.id, ids[0], ids[2]])
    assert list(found) == [ids[2], made.id, ids[0]]
    assert found[made.id] == made
    assert [found[one].id for one in found] == list(found)


def test_cards_follow_what_others_change_and_remove(database: Database, ids: list[str]) -> None:
    known = StemCards(database)
    first = known.by_id(ids[:1])[ids[0]]
    assert known.by_id(ids[:1])[ids[0]] is first
    with database.transaction() as session:
        stem = session.get(Stem, ids[0])
        assert stem is not None
        assert stem.kit is not None
        stem.kit.name = "Detroit"
    assert known.by_id(ids[:1])[ids[0]].kit == "Detroit"
    with database.transaction() as session:
        session.delete(session.get(Stem, ids[0]))
    assert known.by_id(ids[:1]) == {}


def test_memory_for_cards_is_bounded(
    database: Database, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "MOST_KEPT", 2)
    known = StemCards(database)
    assert set(known.by_id(ids[:2])) == set(ids[:2])
    assert set(known.by_id(ids)) == set(ids)
    assert set(known.by_id(ids[1:3])) == set(ids[1:3])
    assert len(known._cards) <= 2
