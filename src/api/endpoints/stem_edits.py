"""Many stems at once: saying the same of all, undoing that, and hearing them again."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from src.api.deps import EngineDep, WindowDep
from src.api.endpoints.jobs import started
from src.api.links import edit_answer, edit_out
from src.api.problems import problem_responses
from src.api.requests import MarkDep
from src.schemas.common import Page
from src.schemas.jobs import JobOut
from src.schemas.stem_edits import BulkEdit, BulkEditAnswer, EditOut, StemSelection, UndoAnswer
from src.services.library.selections import selection_of
from src.services.library.stems import change_of

router = APIRouter(prefix="/api/v1/stems", tags=["stems"])

EditId = Annotated[str, Path(pattern=r"^[0-9a-f-]{1,36}$", description="Id of the edit")]


@router.post("/edit", summary="Correct many stems", responses=problem_responses(404))
def edit_stems(engine: EngineDep, requested: BulkEdit) -> BulkEditAnswer:
    """Says the same of all stems with these `ids`, of those that pass a `filter`, or of `all`.

    All or nothing, in one transaction. Stems that a change does not fit (a tempo for
    one-shots, a key for drums) stay as they are and are reported as `skipped`. Ids that are not
    there (404), or a tempo that would leave 20 to 999 BPM (422), change nothing at all.
    `preview` tells what would happen. `undo_url` takes it back.
    """
    taken_back = tuple(requested.changes.take_back)
    reported = engine.edits.edit(
        selection_of(requested),
        change_of(requested.changes, taken_back=taken_back),
        requested=requested.changes.model_dump(mode="json", exclude_unset=True),
        preview=requested.preview,
    )
    return edit_answer(reported)


@router.get("/edits", summary="List corrections of many stems", responses=problem_responses())
def list_edits(engine: EngineDep, window: WindowDep) -> Page[EditOut]:
    """List changes of many stems newest first. The last 50 are kept."""
    page = engine.edits.page(window)
    items = [edit_out(one) for one in page.items]
    return Page[EditOut](items=items, total=page.total, limit=page.limit, offset=page.offset)


@router.post(
    "/edits/{edit_id}/undo",
    summary="Undo a correction of many stems",
    responses=problem_responses(404, 409),
)
def undo_edit(engine: EngineDep, edit_id: EditId) -> UndoAnswer:
    """Gives all its stems the corrections that they had before, or none of them.

    Where some were corrected since, the answer is 409 `stems_changed_since` and names them.
    """
    return engine.edits.undo(edit_id)


@router.post(
    "/reanalyse",
    status_code=202,
    summary="Hear stems again",
    responses=problem_responses(404, 409, 429),
)
def reanalyse_stems(
    engine: EngineDep, requested: StemSelection, response: Response, mark: MarkDep
) -> JobOut:
    """Analyses the originals of these stems again, and answers at once with the job.

    Whatever version analysed them before; corrections stay.

    Of a stem whose originals are gone its standardised copy is heard. While one such job
    is open, a second request gets 409 `job_running` with its `job_id`.
    """
    engine.reanalysis.check(selection_of(requested))
    params = requested.model_dump(mode="json", exclude_unset=True)
    return started(engine.jobs.submit("reanalyse", params, mark=mark), response)


@router.post(
    "/notes",
    status_code=202,
    summary="Hear the notes of melodic loops",
    responses=problem_responses(409, 429, 503),
)
def hear_notes(engine: EngineDep, response: Response, mark: MarkDep) -> JobOut:
    """Hear the notes of melodic loops that were never listened to, as a job.

    Needs the network of basic-pitch; where it is not installed the answer is 503 and tells how
    to get it. Cancelled, it goes on from there when started again.
    """
    engine.note_hearing.check()
    return started(engine.jobs.submit("notes", {}, mark=mark), response)
