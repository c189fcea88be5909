"""Music from words, made by a model on a GPU worker."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from src.api.deps import EngineDep
from src.api.endpoints.jobs import started
from src.api.links import job_url
from src.api.problems import no_input, problem_responses
from src.api.requests import MarkDep
from src.generation.request import MusicRequest
from src.schemas.generation import (
    DreamedStemRequest,
    GenerationRequest,
    GenerationResponse,
    GeneratorOut,
    GeneratorsOut,
)
from src.schemas.jobs import JobOut
from src.services.dreamer import DREAM_STEM
from src.services.generation.presence import HOW_TO_START
from src.services.generator import DREAM
from src.services.tracks.service import fresh_seed

router = APIRouter(tags=["generation"])

GENERATE_PATH = "/generate"
DREAMED_STEMS_PATH = "/api/v1/dreamed-stems"
SOUND_PATHS = (GENERATE_PATH, DREAMED_STEMS_PATH)
"""Whose bodies may hold sound."""


@router.post(
    GENERATE_PATH,
    status_code=202,
    summary="Make music of words",
    responses=problem_responses(409, 429, 503),
)
def generate_music(
    engine: EngineDep, requested: GenerationRequest, response: Response, mark: MarkDep
) -> GenerationResponse:
    """Answers at once with the task. Its file's name holds the task's id.

    Where no GPU worker runs the answer is 503 `no_generator`, which says what to start: no task
    waits for one that may never come. The job behind the task is at `Location`, with progress
    per step; it can be cancelled there.
    """
    known = engine.jobs.known(mark)
    if known is None:
        seed = fresh_seed() if requested.seed is None else requested.seed
        order = engine.generator.order(
            MusicRequest(**requested.fields(), seed=seed),
            container=requested.format,
            source_base64=requested.source_audio,
            reference_base64=requested.reference_audio,
        )
        known = engine.jobs.submit(DREAM, order.params(), mark=mark, job_id=order.task_id)
    response.headers["location"] = job_url(known.id)
    return GenerationResponse(task_id=known.id)


@router.post(
    DREAMED_STEMS_PATH,
    status_code=202,
    summary="Make a stem that a track lacks",
    responses=problem_responses(409, 429, 503),
)
def dream_stem(
    engine: EngineDep, requested: DreamedStemRequest, response: Response, mark: MarkDep
) -> JobOut:
    """Generates a loop in the track's tempo and key, measures it, and files it as a stem.

    What is off by a little is put right; what is off by more is tried again with the next seed.
    Where none fits, the job fails with `stem_refused` and the figures of each.
    """
    known = engine.jobs.known(mark)
    if known is None:
        fields = requested.model_dump(exclude={"source_audio"})
        order = engine.dreamer.order(fields, source_base64=requested.source_audio)
        known = engine.jobs.submit(DREAM_STEM, asdict(order), mark=mark)
    return started(known, response)


@router.get(
    "/api/v1/generators",
    summary="Who can make music now",
    responses=no_input(problem_responses()),
)
def list_generators(engine: EngineDep) -> GeneratorsOut:
    """List the GPU workers that said a moment ago that they are there, with their models."""
    workers = [
        GeneratorOut(
            name=one.name,
            model=one.card.name,
            revision=one.card.revision,
            family=one.card.family,
            licence=one.card.licence,
            device=one.card.device,
            tasks=list(one.card.tasks),
        )
        for one in engine.generator.presence.workers()
    ]
    return GeneratorsOut(workers=workers, how_to_start=None if workers else HOW_TO_START)
