"""Favourites and named sets of stems."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from src.api.deps import EngineDep, WindowDep
from src.api.fields import FIELDS
from src.api.problems import problem_responses
from src.schemas.collections import (
    CollectedAnswer,
    CollectedChanges,
    CollectionChanges,
    CollectionDetail,
    CollectionSummary,
    DeletedCollection,
    NewCollection,
)
from src.schemas.common import Page

router = APIRouter(prefix="/api/v1/collections", tags=["library"])

CollectionId = Annotated[
    str, Path(pattern=r"^[0-9a-zA-Z_-]{1,36}$", description='Id of the collection, "favourites"')
]


@router.get("", summary="List collections", responses=problem_responses(), dependencies=[FIELDS])
@router.get("/", include_in_schema=False, dependencies=[FIELDS])
def list_collections(engine: EngineDep, window: WindowDep) -> Page[CollectionSummary]:
    """List the favourites, then all others by name.

    A collection filters the list of stems and the search (`collection=ID`), and is the
    palette of a track (`POST /generate-track` with `palette`).
    """
    every = engine.collections.all()
    return Page[CollectionSummary].cut(every, limit=window.limit, offset=window.offset)


@router.post(
    "", summary="Make a collection", status_code=201, responses=problem_responses(404, 409)
)
@router.post("/", include_in_schema=False, status_code=201)
def create_collection(
    engine: EngineDep, requested: NewCollection, response: Response
) -> CollectionDetail:
    """Create a set of stems. Its name must not be taken (409 `name_taken`)."""
    made = engine.collections.create(requested)
    response.headers["location"] = f"{router.prefix}/{made.id}"
    return made


@router.get(
    "/{collection_id}",
    summary="What lies in a collection",
    responses=problem_responses(404),
    dependencies=[FIELDS],
)
def get_collection(engine: EngineDep, collection_id: CollectionId) -> CollectionDetail:
    """Return a collection with the ids of its stems. For the stems themselves:
    `/stems?collection=`.
    """
    return engine.collections.detail(collection_id)


@router.patch(
    "/{collection_id}", summary="Rename a collection", responses=problem_responses(404, 409)
)
def change_collection(
    engine: EngineDep, collection_id: CollectionId, changes: CollectionChanges
) -> CollectionDetail:
    """Give it another name or note. The favourites keep their name (409 `built_in`)."""
    return engine.collections.change(collection_id, changes)


@router.delete(
    "/{collection_id}", summary="Delete a collection", responses=problem_responses(404, 409)
)
def delete_collection(engine: EngineDep, collection_id: CollectionId) -> DeletedCollection:
    """Delete a collection; its stems stay. The answer, sent to `POST`, brings it back."""
    return engine.collections.delete(collection_id)


@router.post(
    "/{collection_id}/stems", summary="Put stems in, take stems out",
    responses=problem_responses(404),
)  # fmt: skip
def collect_stems(
    engine: EngineDep, collection_id: CollectionId, changes: CollectedChanges
) -> CollectedAnswer:
    """Add and remove stems, all or nothing. What is in it already, or is not in it, is passed
    over.
    """
    return engine.collections.collect(collection_id, changes)
