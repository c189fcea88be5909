"""Kits: the folders that stems came in."""

from src.db import crud
from src.db.database import Database
from src.schemas.kits import KitOut


def list_kits(database: Database) -> list[KitOut]:
    """List all kits by name, each with what is in it."""
    with database.transaction() as session:
        found = crud.list_kits(session)
    return [
        KitOut(
            id=item.kit.id,
            name=item.kit.name,
            path=item.kit.path,
            bpm_hint=item.kit.bpm_hint,
            key_hint=item.kit.key_hint,
            stems=item.stems,
            loops=item.loops,
            categories=item.categories,
        )
        for item in found
    ]
