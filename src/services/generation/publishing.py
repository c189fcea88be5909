"""Generated music as files: whole or not there, and marked as made by a model."""

import errno
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from src.audio.basics.validation import Audio
from src.core.errors import GenerationFailedError
from src.generation.judging import Judgement
from src.generation.protocol import ModelCard
from src.generation.request import MusicRequest
from src.storage.atomic import TEMPORARY_PREFIX, write_json
from src.storage.encode import FLAC_24, MP3_320, WAV_24, AudioSink, Encoding
from src.storage.tag_writing import Tags

OutputFormat = Literal["wav", "flac", "mp3"]

ENCODINGS: Mapping[str, Encoding] = {"wav": WAV_24, "flac": FLAC_24, "mp3": MP3_320}

AI_GENERATED = "AI-generated"
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
"""IPTC's term for what a trained model made: the word that C2PA and search engines use too."""


MIX_SOURCE_TYPE = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
)
"""The same of a mix in which a part is of that kind."""


class Shelf:
    """The folder of generated music. A task's files appear all at once, at its end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(
        self, task_id: str, number: int, audio: Audio, *, container: OutputFormat, tags: Tags
    ) -> Path:
        """Write one variant under a hidden name. Raises GenerationFailedError (``disk_full``)."""
        path = self._folder / f"{_hidden(task_id)}{number}.{container}"
        with _room(path):
            sink = AudioSink(
                path, sample_rate=48_000, channels=audio.shape[0],
                encoding=ENCODINGS[container], tags=tags,
            )  # fmt: skip
            with sink:
                sink.write(audio)
        return path

    def publish(
        self, task_id: str, written: Mapping[int, Path], told: Mapping[int, Mapping[str, Any]]
    ) -> list[str]:
        """Give the variants of a task their names, each with a description beside it.

        The names hold the task's id. Twice done is as once done.
        """
        names = []
        for number, path in written.items():
            name = task_id if number == 0 else f"{task_id}_{number + 1}"
            target = self._folder / f"{name}{path.suffix}"
            with _room(target):
                write_json(target.with_suffix(".json"), dict(told[number]))
            path.replace(target)
            names.append(target.name)
        return names

    def tidy(self, task_id: str) -> None:
        """Remove what an attempt at a task left half done."""
        for path in self._folder.glob(f"{_hidden(task_id)}*"):
            path.unlink(missing_ok=True)


def _hidden(task_id: str) -> str:
    return f"{TEMPORARY_PREFIX}{task_id}-"


@contextmanager
def _room(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        # libsndfile tells no cause: the encoder passes its errors on as EIO
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        raise GenerationFailedError(
            f"the music could not be written to {path.parent}: is the disk full?",
            code="disk_full",
        ) from error


def origin_of(request: MusicRequest, card: ModelCard, seed: int) -> dict[str, Any]:
    """Tell by which model and of what words something was made, for machines and for credits."""
    return {
        "ai_generated": True,
        "digital_source_type": SOURCE_TYPE,
        "model": card.name,
        "model_revision": card.revision,
        "model_licence": card.licence,
        "prompt": request.caption,
        "lyrics": request.lyrics,
        "task": request.task,
        "lora_id": request.lora_id,
        "seed": seed,
    }


def origin_of_mix(licences: Iterable[str | None]) -> dict[str, Any]:
    """Tell of a mix, by the licences of its stems, whether a model made some; else nothing."""
    if not any(one is not None and one.startswith(AI_GENERATED) for one in licences):
        return {}
    return {"ai_generated": True, "digital_source_type": MIX_SOURCE_TYPE}


def description_of(request: MusicRequest, card: ModelCard, judgement: Judgement) -> dict[str, Any]:
    """Write what stands beside a generated file: its origin, its request, what was measured."""
    return {
        **origin_of(request, card, judgement.seed),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "request": request.to_dict(),
        "measured": judgement.to_dict(),
    }


def tags_of(request: MusicRequest, card: ModelCard, seed: int) -> Tags:
    """Write the tags by which a file says itself that a model made it."""
    comment = (
        f"{AI_GENERATED} ({SOURCE_TYPE}); model {card.name} {card.revision}; seed"
        f" {seed}; prompt: {request.caption}"
    )
    return Tags(
        title=request.caption[:80],
        artist=f"{AI_GENERATED}: {card.name}",
        comment=comment,
        bpm="" if request.tempo_bpm is None else f"{request.tempo_bpm:g}",
        key=request.key or "",
    )
