"""What goes with a stem."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from src.api.deps import EngineDep
from src.api.endpoints.stems import StemId
from src.api.filters import SearchFiltersDep
from src.api.links import stem_summary
from src.api.problems import problem_responses
from src.schemas.matches import Matches, MatchOut
from src.schemas.revisions import ReasonOut
from src.services.retrieval.matches import MAX_LIMIT, MAX_PLAYING, MatchQuery

router = APIRouter(prefix="/api/v1/stems", tags=["stems"])

Beside = Annotated[
    list[Annotated[str, Query(max_length=32)]] | None,
    Query(max_length=MAX_PLAYING, description="Ids of further stems that play"),
]


@router.get("/{stem_id}/matches", summary="What goes with a stem", responses=problem_responses(404))
def get_matches(
    engine: EngineDep,
    stem_id: StemId,
    filters: SearchFiltersDep,
    beside: Beside = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="How many at most")] = 20,
) -> Matches:
    """Find the stems that sound best with it, each with its score per criterion and the
    reasons.

    The filters are those of the search. With `beside` they are weighed against all that plays:
    this stem and those.
    """
    query = MatchQuery(stem_id, tuple(beside or ()), limit=limit, requested=filters.narrowed())
    found = engine.matches.matches(query)
    rows = engine.stems.summaries([match.stem.id for match in found])
    reported = [
        MatchOut(
            stem=stem_summary(rows[match.stem.id]),
            score=round(match.found.score, 4),
            semitones=match.found.semitones,
            reasons=[ReasonOut(**asdict(reason)) for reason in match.found.reasons],
        )
        for match in found
        if match.stem.id in rows
    ]
    return Matches(stem_id=stem_id, beside=list(query.beside), matches=reported, limit=limit)
