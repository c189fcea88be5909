"""Files that are kept out of the library: seeing why, another chance, or away with them."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query

from src.api.deps import EngineDep, WindowDep
from src.api.endpoints.jobs import start_analysis
from src.api.fields import FIELDS
from src.api.problems import problem_responses
from src.schemas.common import Page
from src.schemas.quarantine import QuarantinedOut, Retried
from src.storage.paths import library_path

router = APIRouter(prefix="/api/v1/quarantine", tags=["library"])

FileId = Annotated[str, Path(pattern=r"^[0-9a-zA-Z_-]{1,32}$", description="Id of the entry")]


@router.get("", summary="List refused files", responses=problem_responses(), dependencies=[FIELDS])
def list_refused(engine: EngineDep, window: WindowDep) -> Page[QuarantinedOut]:
    """List refused files newest first, each with its reason. Removed stems are here too."""
    found, total = engine.quarantine.page(window)
    items = [QuarantinedOut(**asdict(item)) for item in found]
    return Page[QuarantinedOut](items=items, total=total, limit=window.limit, offset=window.offset)


@router.post(
    "/{file_id}/retry", summary="Try a refused file again", responses=problem_responses(404, 409)
)
def retry_refused(
    engine: EngineDep,
    file_id: FileId,
    preprocess: Annotated[bool, Query(description="Start the analysis at once")] = True,
) -> Retried:
    """Puts it back to its place, and looks at it again. 409 while an analysis runs."""
    path = engine.quarantine.retry(file_id)
    job_id = start_analysis(engine.jobs) if preprocess else None
    return Retried(id=file_id, path=library_path(path, engine.settings.raw_path), job_id=job_id)


@router.delete(
    "/{file_id}",
    status_code=204,
    summary="Delete a refused file",
    responses=problem_responses(404, 409),
)
def delete_refused(engine: EngineDep, file_id: FileId) -> None:
    """Delete it for good. One left in its place stays there and is seen by the next analysis."""
    engine.quarantine.delete(file_id)
