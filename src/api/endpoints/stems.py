"""The library's stems: listing, hearing, drawing, correcting and removing them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from src.api.deps import EngineDep, WindowDep
from src.api.fields import FIELDS
from src.api.files import FILE_RESPONSES, file_answer
from src.api.filters import ListQueryDep
from src.api.links import stem_detail, stem_summary
from src.api.problems import problem_responses
from src.schemas.common import Page
from src.schemas.stems import Deleted, StemCorrection, StemDetail, StemSummary, Waveform
from src.services.library.removal import remove_stem

router = APIRouter(prefix="/api/v1/stems", tags=["stems"])

StemId = Annotated[str, Path(pattern=r"^[0-9a-zA-Z_-]{1,32}$", description="Id of the stem")]
Sort = Literal[
    "imported_at", "-imported_at", "name", "-name", "bpm", "-bpm", "key", "-key", "category",
    "-category", "duration_s", "-duration_s", "loudness_lufs", "-loudness_lufs", "user_rating",
    "-user_rating",
]  # fmt: skip


@router.get("", include_in_schema=False, dependencies=[FIELDS])
@router.get("/", summary="List stems", responses=problem_responses(), dependencies=[FIELDS])
def list_stems(
    engine: EngineDep,
    window: WindowDep,
    query: ListQueryDep,
    sort: Annotated[Sort, Query(description='"-" before it: falling')] = "-imported_at",
) -> Page[StemSummary]:
    """Return one page of the stems that match all filters. For meaning, use the search."""
    page = engine.stems.page(query.narrowed(), sort=sort, window=window)
    items = [stem_summary(one) for one in page.items]
    return Page[StemSummary](items=items, total=page.total, limit=page.limit, offset=page.offset)


@router.get(
    "/{stem_id}", summary="All about a stem", responses=problem_responses(404),
    dependencies=[FIELDS],
)  # fmt: skip
def get_stem(engine: EngineDep, stem_id: StemId) -> StemDetail:
    """Return its values with their sources and confidences, descriptors, corrections and
    places.
    """
    return stem_detail(engine.stems.detail(stem_id))


@router.get(
    "/{stem_id}/audio",
    summary="Hear a stem",
    response_class=Response,
    responses={**problem_responses(404, 416), **FILE_RESPONSES},
)
@router.head("/{stem_id}/audio", include_in_schema=False)
def get_audio(engine: EngineDep, request: Request, stem_id: StemId) -> Response:
    """Send the standardised copy: WAV, 48 kHz, 24 bit. Answers range requests, for players."""
    path, name = engine.stems.audio_file(stem_id)
    return file_answer(request, path, name=f"{name}.wav", media_type="audio/wav")


@router.get("/{stem_id}/waveform", summary="Draw a stem", responses=problem_responses(404))
def get_waveform(
    engine: EngineDep,
    stem_id: StemId,
    points: Annotated[int, Query(ge=1, le=10_000, description="How many points")] = 800,
) -> Waveform:
    """Draw its outline: lowest and highest sample of each of `points` equal blocks."""
    return engine.stems.waveform(stem_id, points)


@router.patch("/{stem_id}", summary="Correct a stem", responses=problem_responses(404))
def correct_stem(engine: EngineDep, stem_id: StemId, said: StemCorrection) -> StemDetail:
    """Correct a stem: what you say wins over the analysis, now and after every later analysis.

    `null` takes a correction back. `bpm: 0` says that it has no tempo, `key: ""` no key;
    `tempo: "double"` and `"halve"` change the tempo that it has, and its bars with it.

    A one-shot has no tempo and a drum no key: giving them one gets 422 `one_shot_tempo` or
    `drum_key`, unless the same request says that it is a loop, or no drum.
    """
    return stem_detail(engine.stems.correct(stem_id, said))


@router.delete("/{stem_id}", summary="Remove a stem", responses=problem_responses(404, 409))
def delete_stem(
    engine: EngineDep,
    stem_id: StemId,
    originals: Annotated[
        bool, Query(description="Move its original files to the quarantine too")
    ] = False,
) -> Deleted:
    """Removes it from the library, with its standardised copy.

    Its original stays in its place. So that it does not come back with the next analysis
    it is listed in the quarantine as `removed`; retry there takes it in again.
    """
    return remove_stem(engine.database, engine.settings, stem_id, originals=originals)
