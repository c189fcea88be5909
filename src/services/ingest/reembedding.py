"""Another embedder for a library: its vectors are made beside the old ones, then used at once.

    stems without a vector of the wanted model → worker processes, batch by batch
    → one short transaction per batch → vectors into memory → one mark changes

Searches use the old vectors and the old text encoder until the mark changes, and the new ones
from then on. Stopped at any point, what was made stays, and the next run goes on from there.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from src.core.config import Settings
from src.core.errors import GenerationFailedError
from src.core.progress import Progress, silent
from src.db import crud
from src.db.database import Database
from src.db.rows import active_model
from src.embeddings.protocol import Embedder
from src.services.ingest.contents import ANALYSED_WHOLE_S, Failure
from src.services.ingest.embedding import EmbeddingStep
from src.services.ingest.lock import import_lock, when_free
from src.services.ingest.pool import WorkPool
from src.services.ingest.report import MOST_REPORTED, FileProblem
from src.services.ingest.rows import vector_bytes
from src.services.ingest.work import Stems
from src.services.retrieval.embedding_models import EmbeddingModels
from src.services.retrieval.space import SearchSpaces
from src.storage.stem_copies import copy_path

log = logging.getLogger(__name__)

EMBEDDING, SWITCHING = "embedding", "switching"
REEMBED_STAGES = ((EMBEDDING, 0.97), (SWITCHING, 0.03))

MOST_FAILED = 0.05
"""Where a larger share of the stems can't be embedded, the old vectors stay in use."""

_LISTED = 500


@dataclass
class ReembedReport:
    """What a re-embedding did.

    model_id: the wanted model; before: the one that was searched by
    stems: that lacked a vector; embedded: that got one; failed: that could not be heard
    switched: whether searches use the wanted model's vectors now and did not before
    """

    model_id: str
    before: str
    stems: int = 0
    embedded: int = 0
    failed: int = 0
    switched: bool = False
    seconds: float = 0.0
    problems: list[FileProblem] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


class _Run:
    """One run under way. failed: ids of stems that could not be embedded"""

    def __init__(
        self, pool: WorkPool, embedder: Embedder, settings: Settings, report: ReembedReport
    ) -> None:
        self.model_id = embedder.model_id
        self.report = report
        self.embedding = EmbeddingStep(pool, embedder, settings, self._fail)
        self.failed: set[str] = set()

    def _fail(self, stem: str, failure: Failure) -> None:
        self.failed.add(stem)
        if len(self.report.problems) < MOST_REPORTED:
            problem = FileProblem(copy_path(stem), failure.reason, failure.message)
            self.report.problems.append(problem)

    def step(self, progress: Progress) -> None:
        """Tell how far it is."""
        done = self.report.embedded + len(self.failed)
        progress(EMBEDDING, done, max(self.report.stems, done))


class ReembeddingService:
    """Gives a library the vectors of the wanted embedder, and lets searches use them."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        models: EmbeddingModels,
        spaces: SearchSpaces,
    ) -> None:
        self._database = database
        self._settings = settings
        self._models = models
        self._spaces = spaces

    def run(self, *, progress: Progress = silent) -> ReembedReport:
        """Embed what lacks a vector of the wanted model, then switch to it.

        Raises GenerationFailedError where too many stems can't be embedded,
        BackendUnavailableError where workers can't work; JobCancelled passes through. What was
        made before any of these stays, and searches go on with the old vectors.
        """
        started = time.monotonic()
        requested, before = self._models.requested, self._models.active()
        report = ReembedReport(requested.model_id, before.model_id)
        with self._database.transaction() as session:
            report.stems = active_model.count_without(session, requested.model_id)
        try:
            with self._pool(requested) as pool:
                run = _Run(pool, requested, self._settings, report)
                pool.waiting = partial(run.step, progress)
                self._embed_missing(run, progress)
                progress(SWITCHING, 0, 2)
                if requested.model_id != before.model_id:
                    self._spaces.prepare(requested)
                progress(SWITCHING, 1, 2)
                when_free(lambda: self._finish(run, progress), progress)
        except BaseException:
            self._spaces.give_up()
            raise
        report.seconds = round(time.monotonic() - started, 3)
        log.info(
            "%d stems have vectors of %s now, %d failed, in %.1f s",
            report.embedded, report.model_id, report.failed, report.seconds,
        )  # fmt: skip
        return report

    def _finish(self, run: _Run, progress: Progress) -> None:
        """Embed, while no import runs, what came in meanwhile, and change the mark.

        Raises LibraryBusyError while an import runs, GenerationFailedError.
        """
        with import_lock(self._settings.processed_path):
            self._embed_missing(run, progress)
            self._check_failed(run)
            with self._database.transaction() as session:
                active_model.set_active_model(session, run.model_id)
                lacking = active_model.count_without(session, run.model_id)
                if lacking > len(run.failed):
                    raise GenerationFailedError(
                        f"{lacking} stems have no vector of {run.model_id}, though no import runs"
                    )
        run.report.switched = run.report.before != run.model_id

    def _check_failed(self, run: _Run) -> None:
        run.report.failed = len(run.failed)
        with self._database.transaction() as session:
            stems = crud.stem_count(session)
        if len(run.failed) > MOST_FAILED * stems:
            first = run.report.problems[0]
            raise GenerationFailedError(
                f"{len(run.failed)} of {stems} stems can't be embedded by {run.model_id}"
                f" (at most {MOST_FAILED:.0%} may lack): {first.path}: {first.message}"
            )

    def _pool(self, requested: Embedder) -> WorkPool:
        return WorkPool(
            workers=self._settings.workers,
            timeout_s=self._settings.file_timeout_s,
            preload=(type(requested).__module__,),
        )

    def _embed_missing(self, run: _Run, progress: Progress) -> None:
        """Embed every stem that lacks a vector, but those that failed before."""
        run.step(progress)
        for _, vectors in run.embedding.all(self._batches(run)):
            raw = [(one, vector_bytes(vector)) for one, vector in vectors.items()]
            with self._database.transaction() as session:
                run.report.embedded += active_model.add_vectors(session, run.model_id, raw)
            run.step(progress)

    def _batches(self, run: _Run) -> Iterator[Stems]:
        """Return batches of the stems that lack a vector, by id."""
        from src.analysis import ANALYSIS_VERSION

        size, after = self._settings.embed_batch, ""
        while True:
            with self._database.transaction() as session:
                ids = active_model.stems_without(session, run.model_id, after=after, limit=_LISTED)
                described = active_model.features_of(
                    session, ids, analysis_version=ANALYSIS_VERSION, longest_s=ANALYSED_WHOLE_S
                )
            if not ids:
                return
            after = ids[-1]
            left = [one for one in ids if one not in run.failed]
            for start in range(0, len(left), size):
                yield {one: described.get(one) for one in left[start : start + size]}
