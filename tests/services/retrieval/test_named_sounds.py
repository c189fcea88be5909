"""Names that a prompt says are looked up in files, folders and tags of the library."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.db.rows.named_stems import stems_with_text
from src.services.retrieval.named_sounds import NamedSounds


@pytest.fixture
def library(demo_library: Path) -> Iterator[Database]:
    database = Database(Settings(TRAUM_HOME=demo_library).sql_url)
    yield database
    database.close()


def test_a_name_of_files_gives_their_category_and_how_many(library: Database) -> None:
    found = NamedSounds(library).find(["kick", "KICK", "zimbrel"])
    assert found["kick"].category == found["KICK"].category == "kick"
    assert found["kick"].categories["kick"] >= 4
    assert "zimbrel" not in found


def test_a_part_of_a_word_is_no_name(library: Database) -> None:
    with library.transaction() as session:
        assert stems_with_text(session, "kic")
    assert NamedSounds(library).find(["kic", "k%"]) == {}


def test_all_words_of_a_name_must_stand_in_one_file(library: Database) -> None:
    assert "kick snare" not in NamedSounds(library).find(["kick snare"])
