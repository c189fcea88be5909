"""Kits: the folders that stems came in."""

from fastapi import APIRouter

from src.api.deps import EngineDep
from src.schemas.kits import KitOut
from src.services.library.kits import list_kits

router = APIRouter(tags=["library"])


@router.get("/api/v1/kits", summary="List kits")
def get_kits(engine: EngineDep) -> list[KitOut]:
    """List all kits by name, with what is in them and what their names say."""
    return list_kits(engine.database)
