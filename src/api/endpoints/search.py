"""Finding stems by meaning."""

from typing import Annotated

from fastapi import APIRouter, Query

from src.api.deps import EngineDep
from src.api.problems import problem_responses
from src.schemas.common import Text
from src.schemas.search import SearchAnswer, SearchHitOut
from src.schemas.stems import Category, KeyName
from src.services.search import SearchQuery

router = APIRouter(prefix="/api/v1/search", tags=["library"])

Bpm = Annotated[
    float | None, Query(ge=0, le=1000, allow_inf_nan=False, description="Beats per minute")
]
Seconds = Annotated[float | None, Query(ge=0, le=1e6, allow_inf_nan=False, description="Seconds")]


@router.get("/", summary="Find stems by meaning", responses=problem_responses())
def search_stems(
    engine: EngineDep,
    prompt: Annotated[
        Text,
        Query(
            max_length=1000,
            description="How it should sound: English, German, Russian. Empty: filters alone",
            examples=["dark industrial kick"],
        ),
    ] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 5,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
    category: Annotated[list[Category] | None, Query(description="Any of these")] = None,
    bpm_min: Bpm = None,
    bpm_max: Bpm = None,
    key: Annotated[KeyName | None, Query()] = None,
    compatible: Annotated[bool, Query(description="Also keys that mix well with it")] = False,
    is_loop: Annotated[bool | None, Query(description="Loops or one-shots only")] = None,
    duration_min_s: Seconds = None,
    duration_max_s: Seconds = None,
    kit: Annotated[Text | None, Query(max_length=255, description="Id or name of a kit")] = None,
) -> SearchAnswer:
    """The stems whose sound and words fit the prompt best, each with its score and why.

    New stems are found as soon as they are in the library.
    """
    query = SearchQuery(
        prompt=prompt,
        limit=limit,
        offset=offset,
        categories=tuple(category or ()),
        bpm_min=bpm_min,
        bpm_max=bpm_max,
        key=key,
        compatible=compatible,
        is_loop=is_loop,
        duration_min_s=duration_min_s,
        duration_max_s=duration_max_s,
        kit=kit,
    )
    hits = engine.search.search(query)
    rows = engine.stems.summaries([hit.stem.id for hit in hits])
    found = [
        SearchHitOut(
            stem=rows[hit.stem.id],
            score=hit.score,
            similarity=hit.similarity,
            words=hit.words,
            reasons=list(hit.reasons),
        )
        for hit in hits
        if hit.stem.id in rows
    ]
    return SearchAnswer(prompt=prompt, hits=found, limit=limit, offset=offset)
