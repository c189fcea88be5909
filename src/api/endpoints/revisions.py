"""A rendered track as something that can be understood and changed."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from src.api.deps import EngineDep, WindowDep
from src.api.endpoints.tracks import RENDER_RESPONSES, RenderDep, TrackId, answered, rendered
from src.api.fields import FIELDS
from src.api.links import track_page
from src.api.problems import problem_responses
from src.music.model.plan import MAX_PART_NAME
from src.schemas.common import Page
from src.schemas.revisions import (
    Explanation,
    ReasonOut,
    RevisionRequest,
    SwapSuggestion,
    SwapSuggestions,
    choice_out,
)
from src.schemas.tracks import GeneratedTrack, Plan, TrackSummary
from src.services.tracks.revisions import MAX_SUGGESTIONS, played_in
from src.services.tracks.service import render_params

router = APIRouter(prefix="/api/v1/tracks", tags=["tracks"])


@router.get("/{track_id}/plan", summary="The plan of a track", responses=problem_responses(404))
def get_plan(engine: EngineDep, track_id: TrackId) -> Plan:
    """Give the plan as it can be changed and sent to `POST /api/v1/tracks`."""
    return Plan.model_validate(engine.revisions.plan(track_id))


@router.get("/{track_id}/explain", summary="Why these stems", responses=problem_responses(404))
def explain(engine: EngineDep, track_id: TrackId) -> Explanation:
    """Explain for each part the stem that plays it, its scores by criterion, and the runners-up."""
    choices = engine.revisions.explain(track_id)
    voices = [
        choice_out(choice, played.part)
        for choice, played in zip(choices, played_in(choices), strict=True)
    ]
    return Explanation(track_id=track_id, voices=voices)


@router.get(
    "/{track_id}/suggestions",
    summary="Stems that could play a part instead",
    responses=problem_responses(404),
)
def suggest(
    engine: EngineDep,
    track_id: TrackId,
    voice: Annotated[
        str, Query(min_length=1, max_length=MAX_PART_NAME, description="As `explain` names it")
    ],
    limit: Annotated[int, Query(ge=1, le=MAX_SUGGESTIONS)] = 10,
) -> SwapSuggestions:
    """List what fits, weighed as when the track was made, beside all that plays in it."""
    matches = engine.revisions.suggestions(track_id, voice, limit=limit)
    stems = [
        SwapSuggestion(
            stem_id=match.card.id,
            name=match.card.name,
            category=match.card.category,
            kit=match.card.kit,
            bpm=match.card.bpm,
            key=match.card.key,
            score=match.score,
            reasons=[ReasonOut(**asdict(reason)) for reason in match.reasons],
        )
        for match in matches
    ]
    return SwapSuggestions(track_id=track_id, voice=voice, stems=stems)


@router.post(
    "/{track_id}/revisions",
    summary="Edit a track and render it again",
    response_model=GeneratedTrack,
    responses=RENDER_RESPONSES | problem_responses(404),
)
async def revise(
    engine: EngineDep,
    request: Request,
    track_id: TrackId,
    requested: RevisionRequest,
    render: RenderDep,
) -> GeneratedTrack | Response:
    """Make a new track; the old one stays. What no edit names stays as it was.

    Rendering is a job. With `Prefer: respond-async` (or `wait=false`) the answer is that job,
    at once.
    """
    known = await run_in_threadpool(engine.jobs.known, render.mark)
    if known is not None:
        return await answered(engine, request, known, render)
    revised = await run_in_threadpool(
        engine.revisions.revised,
        track_id,
        [edit.edit() for edit in requested.edits],
        locked=requested.locked,
        seed=requested.seed,
    )
    await run_in_threadpool(engine.tracks.check_length, revised.plan)
    edits = [edit.model_dump(mode="json", exclude_defaults=True) for edit in requested.edits]
    params = render_params(
        revised.plan, revised.seed, parent_id=track_id, edits=edits, reuse=render.reuse
    )
    return await rendered(engine, request, "render", params, render)


@router.get(
    "/{track_id}/revisions",
    summary="Revisions of a track",
    responses=problem_responses(404),
    dependencies=[FIELDS],
)
def list_revisions(engine: EngineDep, window: WindowDep, track_id: TrackId) -> Page[TrackSummary]:
    """List those made of this track, newest first."""
    return track_page(engine.tracks.page(window, parent_id=track_id))
