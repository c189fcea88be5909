"""Transactions commit or roll back, and the schema builds itself."""

import multiprocessing
import shutil
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from src.db.database import MIGRATIONS, Database
from src.db.models import Base, Kit


@pytest.fixture
def database(tmp_path: Path):
    made = Database(f"sqlite:///{tmp_path / 'deep' / 'stems.db'}")
    made.upgrade()
    yield made
    made.close()


def test_migrations_build_exactly_the_tables_of_the_models(database: Database) -> None:
    built = inspect(database.engine)
    assert set(built.get_table_names()) == set(Base.metadata.tables) | {"alembic_version"}
    for name, table in Base.metadata.tables.items():
        assert {c["name"] for c in built.get_columns(name)} == set(table.columns.keys()), name


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        session.add(Kit(id="k", path="a", name="a"))
    database.upgrade()
    with database.transaction() as session:
        assert session.scalars(select(Kit.name)).all() == ["a"]


def _open(url: str) -> list[str]:
    made = Database(url)
    made.upgrade()
    try:
        return inspect(made.engine).get_table_names()
    finally:
        made.close()


def test_processes_that_start_together_build_one_schema(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(3, mp_context=context) as pool:
        built = list(pool.map(_open, [f"sqlite:///{tmp_path / 'stems.db'}"] * 6))
    assert all(set(tables) == set(built[0]) for tables in built)
    assert "stems" in built[0]


def test_an_exception_rolls_the_transaction_back(database: Database) -> None:
    def half_a_task() -> None:
        with database.transaction() as session:
            session.add(Kit(id="k", path="a", name="a"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_a_task()
    with database.transaction() as session:
        assert session.scalars(select(Kit)).all() == []


def test_sqlite_runs_in_wal_mode_with_foreign_keys(database: Database) -> None:
    with database.transaction() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_program_folder_with_a_percent_sign_finds_its_migrations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "50% mine" / "migrations"
    shutil.copytree(MIGRATIONS, odd, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr("src.db.database.MIGRATIONS", odd)
    made = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    made.upgrade()
    assert "stems" in inspect(made.engine).get_table_names()
    made.close()
