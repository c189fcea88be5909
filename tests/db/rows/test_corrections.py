"""The user's word beats the machine's, and can be taken back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from sqlalchemy.orm import Session

from src.core.config import Settings
from src.db import crud
from src.db.database import Database
from src.db.models import Stem
from src.db.rows.corrections import COLUMNS, set_found, set_said
from tests.db.stocked import Sound, stock

LOOP = Sound("Kit/bass.wav", "bass", True, 120.0, "Am", 4.0, {"dark": 0.8})


@pytest.fixture
def session(database: Database, settings: Settings) -> Iterator[Session]:
    stock(database, settings, (LOOP,))
    with database.transaction() as opened:
        yield opened


@pytest.fixture
def stem(session: Session) -> Stem:
    return session.query(Stem).one()


def correct(stem: Stem, changes: Mapping[str, Any], *, taken_back: Sequence[str] = ()) -> None:
    kept = {name: value for name, value in stem.corrections.items() if name not in taken_back}
    set_said(stem, kept | dict(changes))


def test_a_correction_wins_and_is_taken_back(session: Session, stem: Stem) -> None:
    correct(stem, {"bpm": 60.0, "key": "C", "tags": {"odd": 1.0}, "name": "My bass"})
    session.flush()
    assert (stem.bpm, stem.key, stem.tags, stem.name) == (60.0, "C", {"odd": 1.0}, "My bass")
    correct(stem, {}, taken_back=("bpm", "tags", "name"))
    assert (stem.bpm, stem.key, stem.tags, stem.name) == (120.0, "C", {"dark": 0.8}, "bass")


def test_a_second_correction_does_not_hide_what_the_machine_found(
    session: Session, stem: Stem
) -> None:
    correct(stem, {"tags": {"one": 1.0}, "user_rating": 2})
    session.flush()
    correct(stem, {"tags": {"two": 1.0}, "user_rating": 5})
    session.flush()
    correct(stem, {}, taken_back=("tags", "user_rating"))
    assert (stem.tags, stem.user_rating, stem.corrections) == ({"dark": 0.8}, None, {})


def test_bars_follow_a_corrected_tempo(stem: Stem) -> None:
    stem.bars = 2.0
    correct(stem, {"bpm": 60.5})
    assert stem.bars == 1.0
    correct(stem, {}, taken_back=("bpm",))
    assert stem.bars == 2.0


def test_a_one_shot_has_no_tempo(stem: Stem) -> None:
    correct(stem, {"is_loop": False})
    assert (stem.bpm, stem.bars) == (None, None)
    correct(stem, {}, taken_back=("is_loop",))
    assert (stem.bpm, stem.is_loop) == (120.0, True)


def test_a_drum_has_no_key(stem: Stem) -> None:
    correct(stem, {"category": "drums"})
    assert stem.key is None
    correct(stem, {}, taken_back=("category",))
    assert stem.key == "Am"


def test_a_row_without_corrections_is_as_the_machine_left_it(session: Session, stem: Stem) -> None:
    before = {name: getattr(stem, name) for name in COLUMNS}
    correct(stem, {"bpm": 60.0, "key": "C", "tags": {"odd": 1.0}, "user_rating": 3})
    session.flush()
    correct(stem, {}, taken_back=("bpm", "key", "tags", "user_rating"))
    session.flush()
    assert {name: getattr(stem, name) for name in before} == before


def test_the_user_can_say_that_there_is_none(stem: Stem) -> None:
    correct(stem, {"key": None, "bpm": None})
    assert (stem.key, stem.bpm, stem.bars) == (None, None, None)


def heard(bpm: float, key: str, category: str, *, is_loop: bool = True) -> dict[str, Any]:
    """The columns of a new analysis."""
    values = {"bpm": bpm, "key": key, "category": category, "is_loop": is_loop}
    notes = {n: {"value": v, "confidence": 0.9, "source": "audio"} for n, v in values.items()}
    return {**values, "tags": {"bright": 0.5}, "bars": 2.0, "analysis": notes}


def test_corrections_survive_a_new_analysis(session: Session, stem: Stem) -> None:
    correct(stem, {"bpm": 60.0, "name": "My bass", "tags": {"odd": 1.0}})
    session.flush()
    set_found(stem, heard(100.0, "Em", "lead"))
    session.flush()
    assert (stem.bpm, stem.key, stem.name, stem.tags) == (60.0, "Em", "My bass", {"odd": 1.0})
    correct(stem, {}, taken_back=("bpm", "name", "tags"))
    assert (stem.bpm, stem.name, stem.tags) == (100.0, "bass", {"bright": 0.5})


def test_a_new_analysis_that_agrees_with_the_user_is_remembered(
    session: Session, stem: Stem
) -> None:
    correct(stem, {"bpm": 100.0, "tags": {"bright": 0.5}})
    session.flush()
    set_found(stem, heard(100.0, "Em", "lead"))
    session.flush()
    correct(stem, {}, taken_back=("bpm", "tags"))
    assert (stem.bpm, stem.tags, stem.bars) == (100.0, {"bright": 0.5}, 2.0)


def test_a_tempo_and_a_key_that_the_user_gave_survive_another_hearing(stem: Stem) -> None:
    correct(stem, {"bpm": 60.0, "key": "C"})
    set_found(stem, heard(0.0, "C", "kick", is_loop=False) | {"bpm": None, "key": None})
    assert (stem.bpm, stem.key, stem.category, stem.is_loop) == (60.0, "C", "kick", True)


def test_added_tags_join_those_of_a_later_analysis(session: Session, stem: Stem) -> None:
    correct(stem, {"add_tags": ["mine"], "remove_tags": ["bright"]})
    session.flush()
    assert stem.tags == {"dark": 0.8, "mine": 1.0}
    set_found(stem, heard(100.0, "Em", "lead") | {"tags": {"bright": 0.5, "warm": 0.4}})
    assert stem.tags == {"warm": 0.4, "mine": 1.0}


def test_the_rows_hold_what_was_said(settings: Settings, session: Session, stem: Stem) -> None:
    correct(stem, {"user_rating": 4, "licence": "CC0"})
    session.flush()
    session.expire_all()
    again = crud.get_stem(session, stem.id)
    assert again.corrections == {"user_rating": 4, "licence": "CC0"}
    assert (again.user_rating, again.licence) == (4, "CC0")
