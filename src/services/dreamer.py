"""Stems that the library lacks: generated, set on the grid and in key, and filed; or refused."""

import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from src.core.config import Settings
from src.core.errors import GenerationFailedError, InvalidInputError
from src.core.progress import Progress
from src.generation.judging import judge
from src.generation.protocol import GeneratedMusic, SourceAudio
from src.generation.request import DURATION_S, MOST_VARIANTS, MusicRequest
from src.generation.stem_fitting import FittedStem, StemTarget, fit_stem
from src.music.theory.keys import parse_key
from src.music.theory.library import DRUM_CATEGORIES, TONAL_CATEGORIES
from src.services.generation.publishing import AI_GENERATED, origin_of, tags_of
from src.services.generator import GeneratorService
from src.storage.atomic import write_json, write_text
from src.storage.encode import AudioSink
from src.storage.fingerprint import content_hash, stem_id
from src.storage.paths import safe_name

log = logging.getLogger(__name__)

DREAM_STEM = "dream-stem"
"""The kind of its jobs."""

DREAM_STEM_STAGES = (("loading the model", 0.05), ("generating", 0.75), ("decoding", 0.1),
                     ("analysing", 0.1))  # fmt: skip
FOLDER = "dreamed"
"""Below the raw folder; in it each track's stems are a kit."""

BARS = (8, 16)
MOST_TRIES = MOST_VARIANTS
_SPARE_S = 4.0
"""So much more than the loop is generated, since it may begin late or play slowly."""

_RATE = 48_000

TRACK_NAME: Mapping[str, str] = {
    "drums": "drums", "percussion": "percussion", "hihat": "percussion", "bass": "bass",
    "synth": "synth", "lead": "synth", "pad": "synth", "atmo": "synth", "keys": "keyboard",
    "guitar": "guitar", "strings": "strings", "brass": "brass", "vocal": "vocals", "fx": "fx",
}  # fmt: skip
"""What the model calls a category. It knows no kick, snare or clap alone."""


@dataclass(frozen=True)
class StemOrder:
    """What stem is asked for. Making one checks it: InvalidInputError names rule and value.

    track: whose stem it is to be; names the kit
    prompt: what it should sound like
    key: None for what has none
    tries: so many seeds are tried, from ``seed`` on
    source: name in the folder of what is heard, at least 30 s of the track so far; None: the
        stem is made of words alone
    """

    category: str
    track: str
    prompt: str
    tempo_bpm: float
    bars: int = 8
    key: str | None = None
    beats_per_bar: int = 4
    seed: int = 0
    tries: int = 3
    source: str | None = None
    task_id: str = field(default_factory=lambda: str(uuid4()))

    def __post_init__(self) -> None:
        """Check what the generator's own request does not. Raises InvalidInputError."""
        if self.category not in TRACK_NAME:
            raise InvalidInputError(
                f"category must be one of {', '.join(TRACK_NAME)}, got {self.category!r}"
            )
        if self.bars not in BARS:
            raise InvalidInputError(f"bars must be 8 or 16, got {self.bars}")
        if not 1 <= self.tries <= MOST_TRIES:
            raise InvalidInputError(f"tries must be from 1 to {MOST_TRIES}, got {self.tries}")
        if self.category in TONAL_CATEGORIES and self.key is None:
            raise InvalidInputError(f"a {self.category} needs the key that it should play in")
        if not safe_name(self.track).strip("_"):
            raise InvalidInputError(f"track must name the track, got {self.track!r}")
        if self.key is not None:
            object.__setattr__(self, "key", parse_key(self.key))
        self.request()

    @property
    def target(self) -> StemTarget:
        """What the stem has to fit."""
        drums = self.category in DRUM_CATEGORIES
        key = self.key if self.category in TONAL_CATEGORIES else None
        return StemTarget(self.tempo_bpm, self.bars, key, self.beats_per_bar, percussive=drums)

    def request(self) -> MusicRequest:
        """Write the request to the generator: one more track for a source, or the stem alone."""
        shared: dict[str, Any] = {
            "tempo_bpm": self.tempo_bpm, "key": self.key, "seed": self.seed,
            "time_signature": self.beats_per_bar, "variants": self.tries, "lyrics": "",
        }  # fmt: skip
        if self.source is not None:
            return MusicRequest(
                self.prompt, task="lego", track_names=(TRACK_NAME[self.category],), **shared
            )
        loop_s = self.bars * self.beats_per_bar * 60.0 / self.tempo_bpm
        return MusicRequest(
            f"{self.prompt}, solo {self.category}, no other instruments",
            duration_s=max(DURATION_S[0], loop_s * 1.05 + _SPARE_S),
            **shared,
        )

    @property
    def file_name(self) -> str:
        """Name the file so that its words tell what it is: category, tempo, key, task."""
        key = f"_{self.key}" if self.key and self.category in TONAL_CATEGORIES else ""
        return safe_name(
            f"{self.category}_dreamed_{self.tempo_bpm:g}bpm{key}_{self.task_id[:8]}.wav"
        )


class DreamerService:
    """Makes stems that fit a track and files them in the library.

    import_folder: takes a folder's new files into the library
    """

    def __init__(
        self,
        settings: Settings,
        generator: GeneratorService,
        *,
        import_folder: Callable[[Path, Progress], object],
    ) -> None:
        self.settings = settings
        self.generator = generator
        self._import_folder = import_folder

    def order(self, requested: Mapping[str, Any], *, source_base64: str | None) -> StemOrder:
        """Make the order of a job once somebody is there who can do it.

        Raises BackendUnavailableError (``no_generator``), InvalidInputError, and what HeardAudio
        raises for the source.
        """
        self.generator.presence.check("text2music" if source_base64 is None else "lego")
        order = StemOrder(**requested)
        if source_base64 is None:
            return order
        source = self.generator.heard.keep_base64(source_base64, field="source_audio")
        return StemOrder(**{**asdict(order), "source": source})

    def run(self, params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
        """Do the work of a job: the fields of a StemOrder.

        Tries one seed after the other until a stem fits. Raises GenerationFailedError
        (``stem_refused``) with the figures of each where none does; nothing is filed then.
        """
        order = StemOrder(**params)
        request = order.request()
        heard = SourceAudio(self.generator.heard.read(order.source))
        refused: list[dict[str, Any]] = []
        with closing(self.generator.make(request, heard, progress)) as variants:
            for music in variants:
                try:
                    fitted = _fitted(music, order, heard)
                except GenerationFailedError as error:
                    log.info("seed %d was refused: %s", music.seed, error.message)
                    refused.append(
                        {"seed": music.seed, "code": error.code, "detail": error.message}
                    )
                    continue
                return self._filed(order, music, fitted, refused, progress)
        figures = "; ".join(f"seed {one['seed']}: {one['detail']}" for one in refused)
        raise GenerationFailedError(
            f"none of {len(refused)} tries fits the track. {figures}", code="stem_refused"
        )

    def _filed(
        self,
        order: StemOrder,
        music: GeneratedMusic,
        fitted: FittedStem,
        refused: list[dict[str, Any]],
        progress: Progress,
    ) -> dict[str, Any]:
        """Write the stem, its description and its licence, then take it into the library."""
        folder = self.settings.raw_path / FOLDER / safe_name(order.track)
        path = folder / order.file_name
        card, request = self.generator.generator.card(), order.request()
        told = {
            **origin_of(request, card, music.seed),
            "figures": fitted.figures.to_dict(),
            "refused": refused,
        }
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "LICENSE.txt", f"{AI_GENERATED} by {card.name}; {card.licence}\n")
        write_json(path.with_suffix(".json"), told)
        with AudioSink(
            path, sample_rate=_RATE, channels=fitted.audio.shape[0],
            tags=tags_of(request, card, music.seed),
        ) as sink:  # fmt: skip
            sink.write(fitted.audio)
        self._import_folder(folder, progress)
        return {
            "stem_id": stem_id(content_hash(path)),
            "kit": f"{FOLDER}/{folder.name}",
            "file": path.relative_to(self.settings.raw_path).as_posix(),
            **told,
        }


def _fitted(music: GeneratedMusic, order: StemOrder, heard: SourceAudio) -> FittedStem:
    """Judge what the model made, then fit it. Raises GenerationFailedError."""
    source = heard.source
    request = order.request()
    expected_s = request.duration_s if source is None else source.shape[1] / _RATE
    audio, _ = judge(music, request, expected_s=expected_s)
    return fit_stem(audio, order.target, sample_rate=music.sample_rate)
