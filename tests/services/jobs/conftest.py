"""Jobs on databases of both kinds."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from src.db.database import Database


@pytest.fixture
def database(each_database: Database) -> Database:
    """An empty, ready database of each kind."""
    return each_database


class SetClock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)

    def __call__(self, session: Session) -> datetime:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Callable[[Session], datetime]:
    return SetClock()
