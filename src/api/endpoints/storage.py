"""What the library takes on the disk, and the settings that hold."""

from dataclasses import asdict

from fastapi import APIRouter, Request

from src.api.deps import EngineDep
from src.api.problems import no_input, problem_responses
from src.schemas.storage import Storage
from src.services.library.storage_use import shown_settings, storage_use

router = APIRouter(prefix="/api/v1", tags=["system"])


@router.get("/storage", summary="What is on the disk", responses=no_input(problem_responses()))
def get_storage(engine: EngineDep) -> Storage:
    """Return files and bytes of each folder, and the room that is left."""
    return Storage(**asdict(storage_use(engine.settings)))


@router.get("/settings", summary="Settings", responses=no_input(problem_responses()))
def get_settings(engine: EngineDep, request: Request) -> dict[str, str]:
    """Show them as they hold now, by their names in the environment; secrets are left out.

    HOST and PORT are those at which this request came in.
    """
    shown = shown_settings(engine.settings)
    host, port = request.scope.get("server") or (None, None)
    if port is not None:  # None: a socket in the file system
        shown |= {"HOST": str(host), "PORT": str(port)}
    return shown
