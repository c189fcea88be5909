"""An app over a real database and real folders, with quick stand-ins for what makes sound."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.core.progress import Progress, silent
from src.db import crud
from src.db.database import Database
from src.db.models import TrackRow
from src.embeddings.protocol import Vectors
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery, plan_to_dict
from src.services.generator import GeneratorService
from src.services.ingest.reanalysis import ReanalysisService
from src.storage.encode import write_wav
from src.wiring import Services
from src.workers.broker import BrokerRunner
from src.workers.local import LocalRunner
from tests.api.celery_worker import SharedRunner, SharedWorker
from tests.services.plain_analysis import PLAIN
from tests.services.plain_generator import PlainGenerator

CHOICE = {
    "voice": "kick", "stem_id": "k1", "name": "Kick 1", "category": "kick",
    "asked_category": "kick", "sections": ["Intro"], "score": 0.8,
    "reasons": [{"criterion": "tempo", "score": 1.0, "text": "plays as it is"}],
    "runners_up": ["Kick 2"],
}  # fmt: skip
"""Who plays in every track of the plain renderer."""


class PlainEmbedder:
    """Everything sounds alike."""

    model_id = "plain"
    dimension = 4

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        return np.tile(np.array([1, 0, 0, 0], np.float32), (len(clips), 1))

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([1, 0, 0, 0], np.float32), (len(texts), 1))


class PlainArranger:
    """Eight bars of whatever is asked for."""

    def plan_prompt(self, prompt: str, *, seed: int = 0, library: object = None) -> ArrangementPlan:
        if "999 bpm" in prompt:
            raise InvalidInputError("tempo must be from 30 to 300, got 999")
        sections = 20 if "forever" in prompt else 1
        section = SectionPlan("Intro", 500 if sections > 1 else 8, (StemQuery("kick", ("dark",)),))
        return ArrangementPlan(bpm=138.0, key="Am", structure=(section,) * sections, prompt=prompt)


@dataclass(frozen=True)
class PlainTrack:
    answer: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        return self.answer


@dataclass
class Gate:
    """Holds work back until a test lets it go on."""

    open: threading.Event = field(default_factory=threading.Event)
    reached: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.open.set()

    def close(self) -> None:
        self.open.clear()
        self.reached.clear()

    def pass_through(self, progress: Progress, stage: str) -> None:
        """Wait while the gate is closed, telling of it, so that a cancel is heard."""
        self.reached.set()
        while not self.open.wait(0.02):
            progress(stage, 1, 2)
        progress(stage, 1, 2)


class PlainRenderer:
    """Writes a moment of silence, each time anew."""

    def __init__(self, database: Database, settings: Settings, gate: Gate) -> None:
        self.database = database
        self.settings = settings
        self.gate = gate
        self.count = 0
        self.made: dict[str, tuple[Path, PlainTrack]] = {}
        self._lock = threading.Lock()

    def render_track(
        self,
        plan: ArrangementPlan | Mapping[str, Any],
        *,
        seed: int = 0,
        out: Path | None = None,
        track_id: str | None = None,
        progress: Progress = silent,
    ) -> PlainTrack:
        assert isinstance(plan, ArrangementPlan)
        if "empty" in plan.prompt:
            raise ConflictError("the library is empty", code="library_empty")
        if "defect" in plan.prompt:
            raise ZeroDivisionError("secret")
        self.gate.pass_through(progress, "mixing")
        with self._lock:
            self.count += 1
            number = self.count
        name = f"20261121_15{number:04}.wav"
        write_wav(self.settings.tracks_path / name, np.zeros((2, 4800), np.float32))
        (self.settings.tracks_path / name).with_suffix(".json").write_text("{}")
        row = TrackRow(
            id=f"track-{number}", path=name, prompt=plan.prompt, bpm=plan.bpm, key=plan.key,
            genre=plan.genre, seed=seed, duration_s=0.1, loudness_lufs=None,
            plan=plan_to_dict(plan), report={"stems": [CHOICE]},
        )  # fmt: skip
        with self.database.transaction() as session:
            crud.add_track(session, row)
        track = PlainTrack(
            {
                "track_id": row.id,
                "track_path": f"generated_tracks/{name}",
                "seed": seed,
                "plan": plan_to_dict(plan),
                "stems": [],
                "warnings": [],
                "duration_s": 0.1,
                "loudness_lufs": float("-inf"),
                "true_peak_dbtp": float("-inf"),
            }
        )
        self.made[row.id] = (self.settings.tracks_path / name, track)
        return track

    def finished_track(self, track_id: str) -> PlainTrack | None:
        path, track = self.made[track_id]
        return track if path.is_file() else None

    def finish_track(self, track_id: str) -> None:
        """There is nothing half done."""


@dataclass(frozen=True)
class PlainReport:
    found: int = 0

    def to_dict(self) -> dict[str, Any]:
        return {"found": self.found, "added": 0}


class PlainAnalyzer:
    """Finds nothing, but takes its time."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate

    def run(
        self,
        folder: Path | None = None,
        *,
        progress: Progress = silent,
        keep_bad_files: bool = False,
    ) -> PlainReport:
        self.gate.pass_through(progress, "analysing")
        return PlainReport()


class StandIns(Services):
    """The house with everything real but its ears and its voice."""

    def __init__(self, settings: Settings | None, worker: SharedWorker | None = None) -> None:
        assert settings is not None
        super().__init__(settings)
        self._worker = worker
        self.gate = Gate()

    @cached_property
    def runner(self) -> LocalRunner | BrokerRunner:
        return super().runner if self._worker is None else SharedRunner(self._worker)

    @cached_property
    def embedder(self) -> PlainEmbedder:  # type: ignore[override]
        return PlainEmbedder()

    @cached_property
    def arranger(self) -> PlainArranger:  # type: ignore[override]
        return PlainArranger()

    @cached_property
    def renderer(self) -> PlainRenderer:  # type: ignore[override]
        return PlainRenderer(self.database, self.settings, self.gate)

    @cached_property
    def generator(self) -> GeneratorService:
        return GeneratorService(self.settings, generator=PlainGenerator())

    @cached_property
    def analyzer(self) -> PlainAnalyzer:  # type: ignore[override]
        return PlainAnalyzer(self.gate)

    @cached_property
    def reanalysis(self) -> ReanalysisService:
        return ReanalysisService(self.database, self.settings, self.embedder, analysis=PLAIN)
