"""Finding stems by meaning, by words, by sounds and by musical fit."""

from dataclasses import asdict, replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool

from src.api.deps import Engine, EngineDep
from src.api.example_upload import EXAMPLE_BODY, received_example
from src.api.fields import FIELDS
from src.api.filters import PagingDep, SearchFiltersDep, SearchWordsDep
from src.api.links import stem_summary
from src.api.problems import problem_responses
from src.schemas.common import Text
from src.schemas.search import (
    BpmBarOut,
    FacetsAnswer,
    SearchAnswer,
    SearchHitOut,
    SearchParts,
    SuggestionOut,
    SuggestionsAnswer,
)
from src.services.retrieval.chord_words import with_said_chords
from src.services.retrieval.facets import facets
from src.services.retrieval.suggestions import LONGEST_TYPED, MOST_SUGGESTED
from src.services.search import SearchPage, SearchQuery

router = APIRouter(prefix="/api/v1/search", tags=["library"])

BY_SOUND_PATH = "/api/v1/search/by-sound"

Aspect = Annotated[
    Literal["overall", "timbre", "rhythm", "pitch"],
    Query(description="What of the sound counts"),
]


@router.get("", include_in_schema=False, dependencies=[FIELDS])
@router.get(
    "/", summary="Find stems by meaning", responses=problem_responses(404), dependencies=[FIELDS]
)
def search_stems(
    engine: EngineDep, words: SearchWordsDep, filters: SearchFiltersDep, paging: PagingDep
) -> SearchAnswer:
    """Find the stems whose sound and words fit best, each with its score, its parts and why.

    `like` and `unlike` take stems and texts; `fits` a stem or a track that the hits shall go
    with. "loops over Am F C G" finds loops that go over these chords, as `chords` does. Typos
    are mended and reported. Without anything to rank by, stems are listed by name.
    Pages go on with `next_cursor`. New stems are found as soon as they are in the library.
    """
    query = paging.of(words.of(filters.filtered()))
    searched = with_said_chords(query)
    found = engine.search.find(searched)
    return _answer(engine, replace(searched, prompt=query.prompt), found)


@router.post(
    "/by-sound",
    summary="Find what resembles a sound",
    responses=problem_responses(404, 413),
    openapi_extra={"requestBody": EXAMPLE_BODY},
)
async def search_by_sound(
    engine: EngineDep,
    request: Request,
    words: SearchWordsDep,
    filters: SearchFiltersDep,
    paging: PagingDep,
    aspect: Aspect = "overall",
) -> SearchAnswer:
    """Send a sound (`file`, up to two minutes) and get what sounds like it.

    Overall, or alike in timbre, rhythm or pitch. Filters, prompt and paging are those of the
    search.
    """
    query = paging.of(words.of(filters.filtered()))
    async with received_example(request) as (path, said):
        found = await run_in_threadpool(
            engine.examples.find_file, path, query, aspect=said or aspect
        )
    return await run_in_threadpool(_answer, engine, query, found)


@router.get("/suggestions", summary="Complete what is typed", responses=problem_responses())
def suggest_words(
    engine: EngineDep,
    q: Annotated[Text, Query(max_length=LONGEST_TYPED, description="What is typed so far")] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_SUGGESTED)] = 10,
) -> SuggestionsAnswer:
    """Suggest kinds, tags, kits, words and names that begin so, with how many stems they find."""
    found = engine.suggestions.suggest(q, limit=limit)
    return SuggestionsAnswer(suggestions=[SuggestionOut(**asdict(one)) for one in found])


@router.get("/facets", summary="Count what there is", responses=problem_responses(404))
def count_facets(engine: EngineDep, filters: SearchFiltersDep) -> FacetsAnswer:
    """Count which category, key, tag, kit and tempo the stems have that pass the filters."""
    found = facets(engine.spaces, engine.database, filters.filtered())
    reported = asdict(found) | {"bpm": [BpmBarOut(**asdict(bar)) for bar in found.bpm]}
    return FacetsAnswer(**reported)


def _answer(engine: Engine, query: SearchQuery, page: SearchPage) -> SearchAnswer:
    rows = engine.stems.summaries([hit.stem.id for hit in page.hits])
    hits = [
        SearchHitOut(
            stem=stem_summary(rows[hit.stem.id]),
            score=hit.score,
            similarity=hit.similarity,
            words=hit.words,
            reasons=list(hit.reasons),
            parts=SearchParts(**asdict(hit.parts)),
            duplicates=list(hit.duplicates),
        )
        for hit in page.hits
        if hit.stem.id in rows
    ]
    return SearchAnswer(
        prompt=query.prompt,
        chords=query.chords,
        hits=hits,
        limit=query.limit,
        offset=query.offset,
        total=page.total,
        next_cursor=page.next_cursor,
        embedder=page.embedder,
        did_you_mean=page.did_you_mean,
    )
