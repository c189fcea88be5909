"""Music from words: asked for, made on a GPU, judged, marked and filed."""

import logging
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from src.core.config import Settings
from src.core.errors import GenerationFailedError, InvalidInputError, NotFoundError, TraumError
from src.core.progress import Progress
from src.generation.judging import judge
from src.generation.protocol import GeneratedMusic, ModelCard, MusicGenerator, SourceAudio
from src.generation.request import SOURCE_TASKS, MusicRequest
from src.services.generation.heard import HeardAudio
from src.services.generation.presence import WorkerPresence
from src.services.generation.publishing import (
    ENCODINGS,
    OutputFormat,
    Shelf,
    description_of,
    tags_of,
)
from src.storage.paths import safe_join

log = logging.getLogger(__name__)

DREAM = "dream"
"""The kind of its jobs."""

DREAM_STAGES = (("loading the model", 0.05), ("generating", 0.8), ("decoding", 0.1),
                ("writing", 0.05))  # fmt: skip
SERVED_SUFFIXES = (*(f".{name}" for name in ENCODINGS), ".json")
_PROJECT_RATE = 48_000


@dataclass(frozen=True)
class DreamOrder:
    """What a job of this kind is given. source, reference: names in the folder of what is heard"""

    request: MusicRequest
    task_id: str
    container: OutputFormat = "wav"
    source: str | None = None
    reference: str | None = None

    def params(self) -> dict[str, Any]:
        """Write it as a job's row holds it."""
        return {
            "request": self.request.to_dict(),
            "task_id": self.task_id,
            "format": self.container,
            "source": self.source,
            "reference": self.reference,
        }

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> "DreamOrder":
        """Read what :meth:`params` wrote."""
        request = MusicRequest.from_dict(params["request"])
        sounds = {name: params.get(name) for name in ("source", "reference")}
        return cls(request, params["task_id"], params.get("format", "wav"), **sounds)


class GeneratorService:
    """Takes requests for music, and makes it where there is a generator.

    generator: None where this process makes no music, such as in the API
    """

    def __init__(
        self,
        settings: Settings,
        *,
        generator: MusicGenerator | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.presence = WorkerPresence(settings.gpu_workers_path)
        self.heard = HeardAudio(
            settings.heard_path,
            max_bytes=settings.max_upload_mb * 1_000_000,
            kept_days=settings.jobs_kept_days,
        )
        self._generator = generator
        self._clock = clock
        self._shelf = Shelf(settings.output_path)
        self._busy = threading.Lock()
        self._used_at = clock()

    @property
    def generator(self) -> MusicGenerator:
        """Who makes music in this process. Raises InvalidInputError where nobody does."""
        if self._generator is None:
            raise InvalidInputError("music is made by a GPU worker, not in this process")
        return self._generator

    def order(
        self,
        request: MusicRequest,
        *,
        container: OutputFormat = "wav",
        source_base64: str | None = None,
        reference_base64: str | None = None,
    ) -> DreamOrder:
        """Make the order of a job of a request, once somebody is there who can do it.

        Raises BackendUnavailableError (``no_generator``) where nobody is, InvalidInputError for
        a task without its source, and what ``HeardAudio`` raises.
        """
        self.presence.check(request.task)
        if request.task in SOURCE_TASKS and source_base64 is None:
            raise InvalidInputError(
                f"{request.task} needs source_audio to listen to", code="source_missing"
            )
        keep = self.heard.keep_base64
        return DreamOrder(
            request, str(uuid4()), container,
            None if source_base64 is None else keep(source_base64, field="source_audio"),
            None if reference_base64 is None else keep(reference_base64, field="reference_audio"),
        )  # fmt: skip

    def run(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do the work of a job: parameters as :meth:`DreamOrder.params` makes them.

        Nothing is published before all variants are there. One that can't be called a success
        is left out and reported, all of them raise GenerationFailedError.
        """
        order = DreamOrder.of(params)
        heard = SourceAudio(self.heard.read(order.source), self.heard.read(order.reference))
        try:
            return self._dream(order, heard, progress)
        finally:
            self._shelf.tidy(order.task_id)

    def tidy(self, params: Mapping[str, Any]) -> None:
        """Remove what an attempt that was cut off left."""
        self._shelf.tidy(str(params["task_id"]))

    def make(
        self, request: MusicRequest, heard: SourceAudio, progress: Progress
    ) -> Generator[GeneratedMusic, None, None]:
        """Let the generator work within the hard timeout, one request at a time.

        Raises GenerationFailedError (``timed_out``) at the first step beyond it.
        """
        with self._busy:
            yield from self.generator.generate(request, heard, progress=self._within_time(progress))
            self._used_at = self._clock()

    def unload_idle(self) -> bool:
        """Give the model's memory back where nobody used it for GENERATOR_IDLE_S."""
        if self._clock() - self._used_at < self.settings.generator_idle_s:
            return False
        if not self._busy.acquire(blocking=False):
            return False
        try:
            self.generator.unload()
            self._used_at = self._clock()
        finally:
            self._busy.release()
        return True

    def file(self, name: str) -> Path:
        """Find a generated file by its name. Raises NotFoundError for all else."""
        folder = self.settings.output_path
        try:
            path = safe_join(folder, name)
        except InvalidInputError as error:
            raise NotFoundError(f"there is no file {name!r}") from error
        served = path.suffix.lower() in SERVED_SUFFIXES and not path.name.startswith(".")
        if not (path.parent == folder and served and path.is_file()):
            raise NotFoundError(f"there is no file {name!r}")
        return path

    def _dream(self, order: DreamOrder, heard: SourceAudio, progress: Progress) -> dict[str, Any]:
        card = self.generator.card()
        written: dict[int, Path] = {}
        told: dict[int, dict[str, Any]] = {}
        refused: list[TraumError] = []
        with closing(self.make(order.request, heard, progress)) as variants:
            for number, music in enumerate(variants):
                try:
                    path, told[number] = self._filed(order, heard, card, number, music)
                except GenerationFailedError as error:
                    if error.code == "disk_full":
                        raise
                    log.warning("variant %d was refused: %s", number + 1, error.message)
                    refused.append(error)
                    continue
                written[number] = path
                progress("writing", number + 1, order.request.variants)
        if not written:
            raise refused[0]
        names = self._shelf.publish(order.task_id, written, told)
        return _result(order, card, names, [told[number] for number in written], refused)

    def _filed(
        self,
        order: DreamOrder,
        heard: SourceAudio,
        card: ModelCard,
        number: int,
        music: GeneratedMusic,
    ) -> tuple[Path, dict[str, Any]]:
        """Judge one variant and write it under a hidden name; its path and description."""
        request = replace(order.request, seed=music.seed, variants=1)
        audio, judgement = judge(music, request, expected_s=_expected_s(request, heard))
        path = self._shelf.write(
            order.task_id, number, audio,
            container=order.container, tags=tags_of(request, card, music.seed),
        )  # fmt: skip
        return path, description_of(request, card, judgement)

    def _within_time(self, progress: Progress) -> Progress:
        """Return progress that raises once a request takes too long."""
        most_s = self.settings.generation_timeout_s
        started = self._clock()

        def checked(stage: str, done: int, total: int) -> None:
            if self._clock() - started > most_s:
                raise GenerationFailedError(
                    f"it took more than {most_s:g} s (GENERATION_TIMEOUT_S) and was given up",
                    code="timed_out",
                )
            progress(stage, done, total)

        return checked


def _expected_s(request: MusicRequest, heard: SourceAudio) -> float:
    source = heard.source
    return request.duration_s if source is None else source.shape[1] / _PROJECT_RATE


def _result(
    order: DreamOrder,
    card: ModelCard,
    names: list[str],
    told: list[dict[str, Any]],
    refused: list[TraumError],
) -> dict[str, Any]:
    """Write what a job tells in the end."""
    variants = [
        {"file": name, "seed": one["seed"], "measured": one["measured"]}
        for name, one in zip(names, told, strict=True)
    ]
    return {
        "task_id": order.task_id,
        "file": names[0],
        "variants": variants,
        "refused": [{"code": one.code, "detail": one.message} for one in refused],
        "model": card.name,
        "model_revision": card.revision,
        "ai_generated": True,
    }
