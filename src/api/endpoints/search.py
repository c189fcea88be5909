"""Finding stems by meaning."""

from fastapi import APIRouter

from src.api.deps import EngineDep
from src.api.filters import SearchWordsDep
from src.api.problems import problem_responses
from src.schemas.search import SearchAnswer, SearchHitOut

router = APIRouter(prefix="/api/v1/search", tags=["library"])


@router.get("", include_in_schema=False)
@router.get("/", summary="Find stems by meaning", responses=problem_responses())
def search_stems(engine: EngineDep, words: SearchWordsDep) -> SearchAnswer:
    """The stems whose sound and words fit the prompt best, each with its score and why.

    New stems are found as soon as they are in the library.
    """
    query = words.asked()
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
    return SearchAnswer(prompt=query.prompt, hits=found, limit=query.limit, offset=query.offset)
