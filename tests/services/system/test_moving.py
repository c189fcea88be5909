"""A library's database moves to another kind, and nothing of it is lost."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from src.core.config import Settings
from src.core.errors import BackendUnavailableError, ConflictError, InvalidInputError
from src.db.copying import CopyDiffersError, copy_rows, row_counts
from src.db.database import Database
from src.db.models import Base, Embedding, Stem
from src.services.search import SearchQuery
from src.services.system.moving import MoveService
from src.wiring import Services, build_services
from tests.db.stocked import stock


@pytest.fixture
def library(demo_library: Path, tmp_path: Path) -> Settings:
    """The demo kits, analysed, with what a user did to them."""
    home = tmp_path / "home"
    shutil.copytree(demo_library, home)
    return Settings(TRAUM_HOME=home)


@pytest.fixture
def services(library: Settings) -> Iterator[Services]:
    made = build_services(library)
    yield made
    made.close()


def test_every_row_comes_along_and_the_library_works_there(
    library: Settings, services: Services, postgres: Database
) -> None:
    stock(services.database, library)
    found = services.search.search(SearchQuery("kick", limit=5))
    job = services.jobs.submit("preprocess", {})
    before = row_counts(services.database)
    services.close()
    seen: list[tuple[int, int]] = []

    report = MoveService(library).move(
        postgres.url, progress=lambda _stage, done, total: seen.append((done, total))
    )

    assert report.tables == before == row_counts(postgres)
    assert seen[-1] == (sum(before.values()), sum(before.values()))
    moved = build_services(library.model_copy(update={"database_url": postgres.url}))
    again = moved.search.search(SearchQuery("kick", limit=5))
    assert [hit.stem.id for hit in again] == [hit.stem.id for hit in found]
    assert moved.jobs.get(job.id).status == "queued"
    moved.close()
    assert row_counts(services.database) == before


def test_new_rows_are_numbered_behind_those_that_came(
    library: Settings, postgres: Database
) -> None:
    MoveService(library).move(postgres.url)
    with postgres.engine.begin() as connection:
        highest = connection.scalar(select(Embedding.seq).order_by(Embedding.seq.desc()).limit(1))
        row = connection.execute(select(Embedding.__table__).limit(1)).one()._mapping
        connection.execute(delete(Embedding).where(Embedding.seq == row["seq"]))
        values = {name: value for name, value in row.items() if name != "seq"}
        added = connection.execute(insert(Embedding).values(values).returning(Embedding.seq))
        assert added.scalar_one() == (highest or 0) + 1


def test_it_moves_back_as_well(library: Settings, postgres: Database, tmp_path: Path) -> None:
    MoveService(library).move(postgres.url)
    moved = library.model_copy(update={"database_url": postgres.url})
    report = MoveService(moved).move(f"sqlite:///{tmp_path}/back.db")
    assert report.tables == row_counts(Database(f"sqlite:///{tmp_path}/back.db"))


def test_a_database_that_holds_rows_is_left_alone(
    library: Settings, services: Services, postgres: Database
) -> None:
    MoveService(library).move(postgres.url)
    before = row_counts(postgres)
    with pytest.raises(ConflictError, match=r"must be empty, it holds .* stems") as refused:
        MoveService(library).move(postgres.url)
    assert refused.value.code == "not_empty"
    assert row_counts(postgres) == before


def test_a_copy_that_reads_otherwise_is_not_kept(
    services: Services, postgres: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from src.db import copying

    def spoilt(connection: object, table: object) -> None:
        if table is Stem.__table__:
            connection.execute(update(Stem).values(name="spoilt"))  # type: ignore[attr-defined]

    monkeypatch.setattr(copying, "_continue_numbers", spoilt)
    with pytest.raises(CopyDiffersError, match="table stems"):
        copy_rows(services.database, postgres)
    assert row_counts(postgres) == row_counts(postgres) | {"stems": 0, "kits": 0, "jobs": 0}


HOLDS_LOCK = """
import fcntl, sys
file = open(sys.argv[1], "ab")
fcntl.lockf(file, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


def test_nothing_moves_under_a_running_engine(library: Settings, tmp_path: Path) -> None:
    lock = library.processed_path / "jobs.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_LOCK, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as engine:
        assert engine.stdout is not None
        assert engine.stdout.readline() == b"locked\n"
        with pytest.raises(ConflictError, match="the engine is running"):
            MoveService(library).move(f"sqlite:///{tmp_path}/other.db")
        engine.communicate()


def test_wrong_addresses_are_refused_without_their_password(library: Settings) -> None:
    for wrong in ("somewhere", "nosuch://host/name", library.sql_url):
        with pytest.raises(InvalidInputError):
            MoveService(library).move(wrong)
    silent = "postgresql+psycopg://ana:geheim@127.0.0.1:1/library?connect_timeout=2"
    with pytest.raises(BackendUnavailableError, match="no database answers at") as refused:
        MoveService(library).move(silent)
    assert "geheim" not in str(refused.value)


def test_each_table_is_known_to_the_copy(services: Services) -> None:
    assert set(row_counts(services.database)) == set(Base.metadata.tables)
