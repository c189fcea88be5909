"""Databases of both kinds: what holds on SQLite has to hold on PostgreSQL."""

import pytest

from src.db.database import Database


@pytest.fixture
def database(each_database: Database) -> Database:
    """An empty, ready database of each kind."""
    return each_database
