"""What is PostgreSQL's own: numbers of changes, and types."""

from sqlalchemy import select, text

from src.core.config import Settings
from src.db import crud
from src.db.database import Database
from src.db.models import Stem, StemChange, TrackRow
from tests.db.stocked import stock


def test_a_plain_url_finds_the_driver(postgres: Database) -> None:
    url = postgres.url.replace("postgresql+psycopg://", "postgresql://")
    plain = Database(url)
    with plain.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1
    plain.close()


def test_upgrading_again_changes_nothing(postgres: Database, settings: Settings) -> None:
    ids = stock(postgres, settings)
    postgres.upgrade()
    with postgres.transaction() as session:
        assert sorted(session.scalars(select(Stem.id))) == sorted(ids)


def test_every_change_of_a_stem_is_numbered(postgres: Database, settings: Settings) -> None:
    ids = stock(postgres, settings)
    with postgres.transaction() as session:
        before = {row.stem_id: row.seq for row in session.scalars(select(StemChange))}
        crud.get_stem(session, ids[1]).name = "new"
        crud.delete_stem(session, crud.get_stem(session, ids[2]))
    with postgres.transaction() as session:
        after = {row.stem_id: row.seq for row in session.scalars(select(StemChange))}
    assert before.keys() == after.keys() == set(ids)
    assert {stem_id for stem_id in ids if after[stem_id] > before[stem_id]} == {ids[1], ids[2]}


def test_large_numbers_and_any_alphabet_survive(postgres: Database) -> None:
    with postgres.transaction() as session:
        row = TrackRow(
            id="t", path="🥁.wav", prompt="тёмный \u2028 бас", bpm=120.5, key="Am",
            seed=2**63 - 1, duration_s=1.0, plan={"ключ": ["ä", None, 1e-9]}, report={},
        )  # fmt: skip
        crud.add_track(session, row)
    with postgres.transaction() as session:
        found = crud.get_track(session, "t")
        assert (found.seed, found.plan) == (2**63 - 1, {"ключ": ["ä", None, 1e-9]})
        assert found.created_at.tzinfo is not None
