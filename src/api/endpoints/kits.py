"""Kits: the folders that stems came in."""

from fastapi import APIRouter

from src.api.deps import EngineDep, WindowDep
from src.api.fields import FIELDS
from src.api.problems import problem_responses
from src.schemas.common import Page
from src.schemas.kits import KitOut
from src.services.library.kits import list_kits

router = APIRouter(tags=["library"])


@router.get(
    "/api/v1/kits",
    summary="List kits",
    responses=problem_responses(),
    dependencies=[FIELDS],
)
def get_kits(engine: EngineDep, window: WindowDep) -> Page[KitOut]:
    """List kits by name, with what is in them and what their names say."""
    kits = list_kits(engine.database)
    return Page[KitOut].cut(kits, limit=window.limit, offset=window.offset)
