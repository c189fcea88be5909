"""The audit log: who changed what."""

from typing import Annotated

from fastapi import APIRouter, Query

from src.api.deps import EngineDep, WindowDep
from src.api.fields import FIELDS
from src.api.problems import problem_responses
from src.schemas.access import AuditLineOut
from src.schemas.common import Page, Text

router = APIRouter(prefix="/api/v1", tags=["system"])


@router.get(
    "/audit", summary="Who changed what", responses=problem_responses(), dependencies=[FIELDS]
)
def list_audit_lines(
    engine: EngineDep,
    window: WindowDep,
    who: Annotated[Text | None, Query(max_length=80, description="Name of a key")] = None,
) -> Page[AuditLineOut]:
    """List what changed something, the newest first: who, what, when, by which request."""
    return engine.audit.page(window, who=who)
