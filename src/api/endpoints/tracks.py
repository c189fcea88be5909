"""From a sentence to a plan, from a plan to a track, and the tracks that are there."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.encoders import jsonable_encoder
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from src.api.deps import Engine, EngineDep, WindowDep, finished_job
from src.api.endpoints.jobs import job_out
from src.api.fields import FIELDS
from src.api.files import FILE_RESPONSES, file_answer, file_responses
from src.api.links import job_result, job_url, track_detail, track_page
from src.api.problems import failed_job_response, problem_responses
from src.api.requests import AtOnceDep, MarkDep
from src.core.errors import NotFoundError
from src.music.model.palette import Palette, palette_from_dict
from src.music.model.plan import plan_to_dict
from src.schemas.common import Page
from src.schemas.jobs import JobOut
from src.schemas.tracks import (
    GeneratedTrack,
    Plan,
    PlanAnswer,
    PlanRequest,
    TrackDetail,
    TrackRequest,
    TrackSummary,
    TrackWaveform,
)
from src.services.jobs.intake import RequestMark
from src.services.jobs.states import JobState
from src.services.tracks.service import fresh_seed, render_params

router = APIRouter(tags=["tracks"])

TrackId = Annotated[str, Path(pattern=r"^[0-9a-zA-Z_-]{1,36}$", description="Id of the track")]
_MEDIA_TYPES = {
    ".wav": "audio/wav", ".flac": "audio/flac", ".mp3": "audio/mpeg", ".json": "application/json",
}  # fmt: skip
RENDER_RESPONSES = {
    **problem_responses(409, 429, 502, 503),
    202: {
        "description": "With Prefer: respond-async, or wait=false: the job that renders it",
        "model": JobOut,
    },
}


@dataclass(frozen=True)
class RenderPreference:
    """How a render is asked for.

    mark: makes the request one of its own; at_once: the answer is the job
    reuse: a finished track of the same will do
    """

    mark: RequestMark | None
    at_once: bool
    reuse: bool = True


def _render_preference(
    mark: MarkDep,
    at_once: AtOnceDep,
    reuse: Annotated[
        bool,
        Query(
            description="false: render, even where the same plan, seed and library were rendered"
            " before and that track is there"
        ),
    ] = True,
) -> RenderPreference:
    return RenderPreference(mark, at_once, reuse)


RenderDep = Annotated[RenderPreference, Depends(_render_preference)]


@router.post(
    "/generate-track",
    summary="Make a track of a sentence",
    response_model=GeneratedTrack,
    responses=RENDER_RESPONSES,
)
async def generate_track(
    engine: EngineDep, request: Request, requested: PlanRequest, render: RenderDep
) -> GeneratedTrack | Response:
    """Plans, picks stems, mixes and masters; answers with the finished track.

    Rendering is a job. With `Prefer: respond-async` (or `wait=false`) the answer is that job,
    at once. With a seed, what was rendered before of the same plan and library is handed out
    again (`reused`), unless `reuse=false`; who asks for it meanwhile gets the same job.
    """
    known = await run_in_threadpool(engine.jobs.known, render.mark)
    if known is not None:
        return await answered(engine, request, known, render)
    seed = fresh_seed() if requested.seed is None else requested.seed
    plan = await run_in_threadpool(
        engine.tracks.plan,
        requested.prompt,
        seed=seed,
        length=requested.length,
        mastering=requested.mastering,
        palette=_palette(requested),
    )
    params = render_params(plan, seed, reuse=render.reuse)
    return await rendered(engine, request, "generate", params, render)


def _palette(requested: PlanRequest) -> Palette | None:
    """Read the palette of a request; None where it names nothing."""
    return palette_from_dict(None if requested.palette is None else requested.palette.model_dump())


@router.post("/api/v1/plans", summary="Plan a track", responses=problem_responses())
def make_plan(engine: EngineDep, requested: PlanRequest) -> PlanAnswer:
    """Make only the plan, to be read, changed, and sent to `POST /api/v1/tracks`."""
    seed = fresh_seed() if requested.seed is None else requested.seed
    plan = engine.tracks.plan(
        requested.prompt,
        seed=seed,
        length=requested.length,
        mastering=requested.mastering,
        palette=_palette(requested),
    )
    return PlanAnswer(
        plan=Plan.model_validate(plan_to_dict(plan)),
        seed=seed,
        bars=plan.bars,
        duration_s=plan.duration_s,
    )


@router.post(
    "/api/v1/tracks",
    summary="Render a plan",
    response_model=GeneratedTrack,
    responses=RENDER_RESPONSES,
)
async def render_plan(
    engine: EngineDep, request: Request, requested: TrackRequest, render: RenderDep
) -> GeneratedTrack | Response:
    """Render like `POST /generate-track`, from a plan that you bring."""
    seed = fresh_seed() if requested.seed is None else requested.seed
    plan = engine.tracks.checked_plan(requested.plan.model_dump())
    params = render_params(plan, seed, reuse=render.reuse)
    return await rendered(engine, request, "render", params, render)


@router.get(
    "/api/v1/tracks", summary="List tracks", responses=problem_responses(), dependencies=[FIELDS]
)
def list_tracks(engine: EngineDep, window: WindowDep) -> Page[TrackSummary]:
    """List them newest first."""
    return track_page(engine.tracks.page(window))


@router.get(
    "/api/v1/tracks/{track_id}",
    summary="All about a track",
    responses=problem_responses(404),
    dependencies=[FIELDS],
)
def get_track(engine: EngineDep, track_id: TrackId) -> TrackDetail:
    """Give a track with its plan and the report of its making."""
    return track_detail(engine.tracks.detail(track_id))


@router.get(
    "/api/v1/tracks/{track_id}/audio",
    summary="Hear a track",
    response_class=Response,
    responses={**problem_responses(404, 416), **FILE_RESPONSES},
)
@router.head("/api/v1/tracks/{track_id}/audio", include_in_schema=False)
def get_track_audio(engine: EngineDep, request: Request, track_id: TrackId) -> Response:
    """Send its WAV, also where it was rendered to a place of its maker's choice."""
    path = engine.tracks.audio(track_id)
    return file_answer(request, path, name=path.name, media_type="audio/wav")


@router.get(
    "/api/v1/tracks/{track_id}/waveform",
    summary="Draw a track",
    responses=problem_responses(404),
)
def get_track_waveform(
    engine: EngineDep,
    track_id: TrackId,
    points: Annotated[int, Query(ge=1, le=10_000, description="How many points")] = 800,
) -> TrackWaveform:
    """Draw its outline: lowest and highest sample of each of `points` equal blocks."""
    return engine.tracks.waveform(track_id, points)


@router.delete(
    "/api/v1/tracks/{track_id}",
    status_code=204,
    summary="Delete a track",
    responses=problem_responses(404),
)
def delete_track(engine: EngineDep, track_id: TrackId) -> None:
    """Delete its row, its WAV and the JSON beside it."""
    engine.tracks.delete(track_id)


@router.get(
    "/files/{name}",
    summary="Download a track, or generated music",
    response_class=Response,
    responses={**problem_responses(404, 416), **file_responses("audio/wav", "application/json")},
)
@router.head("/files/{name}", include_in_schema=False)
def get_file(
    engine: EngineDep, request: Request, name: Annotated[str, Path(max_length=255)]
) -> Response:
    """Send a rendered track or generated music, or the JSON beside it.

    Answers range requests, for players.
    """
    try:
        path = engine.tracks.file(name)
    except NotFoundError:
        path = engine.generator.file(name)
    media_type = _MEDIA_TYPES[path.suffix.lower()]
    return file_answer(request, path, name=path.name, media_type=media_type)


async def rendered(
    engine: Engine,
    request: Request,
    kind: str,
    params: dict[str, Any],
    preference: RenderPreference,
) -> GeneratedTrack | Response:
    """Return the answer to a request for a track: the track, or the job that makes it."""
    same = await run_in_threadpool(engine.tracks.made_of, params) if preference.reuse else None
    if same is not None and preference.mark is None and not preference.at_once:
        known = await run_in_threadpool(engine.tracks.finished, params, same)
        if known is not None:
            return GeneratedTrack.model_validate(job_result(kind, known))
    submit = partial(engine.jobs.submit, kind, params, mark=preference.mark, same=same)
    return await answered(engine, request, await run_in_threadpool(submit), preference)


async def answered(
    engine: Engine, request: Request, state: JobState, preference: RenderPreference
) -> GeneratedTrack | Response:
    """Answer in the same way for a job that is there."""
    if preference.at_once:
        headers = {"location": job_url(state.id)}
        if "respond-async" in request.headers.get("prefer", "").lower():
            headers["preference-applied"] = "respond-async"
        return JSONResponse(jsonable_encoder(job_out(state)), status_code=202, headers=headers)
    state = await finished_job(engine.jobs, state.id)
    if state.status != "succeeded":
        return failed_job_response(request, state)
    return GeneratedTrack.model_validate(job_result(state.kind, state.result))
