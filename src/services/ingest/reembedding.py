"""Another embedder for a library: its vectors are made beside the old ones, then used at once.

    stems without a vector of the wanted model → worker processes, batch by batch
    → one short transaction per batch → vectors into memory → one mark changes

Searches use the old vectors and the old text encoder until the mark changes, and the new ones
from then on. Stopped at any point, what was made stays, and the next run goes on from there.
"""

import logging
import pickle
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from src.core.config import Settings
from src.core.errors import GenerationFailedError
from src.core.progress import Progress, silent
from src.db.database import Database
from src.db.models import Stem
from src.db.rows import active_model
from src.embeddings.protocol import Embedder, Vectors
from src.services.ingest.lock import import_lock, when_free
from src.services.ingest.pool import Failure, WorkPool
from src.services.ingest.report import MOST_TOLD, FileProblem
from src.services.ingest.work import HEARD_WHOLE_S, EmbedTask, embed
from src.services.retrieval.embedding_models import EmbeddingModels
from src.services.search import SearchService

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
        """Plain values for JSON."""
        return asdict(self)


@dataclass
class _Run:
    """One run under way. failed: ids of stems that could not be embedded"""

    pool: WorkPool
    embedder: Embedder
    pickled: bytes
    progress: Progress
    report: ReembedReport
    failed: set[str] = field(default_factory=set)

    def step(self) -> None:
        """Tell how far it is."""
        done = self.report.embedded + len(self.failed)
        self.progress(EMBEDDING, done, max(self.report.stems, done))


class ReembeddingService:
    """Gives a library the vectors of the wanted embedder, and lets searches use them."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        models: EmbeddingModels,
        search: SearchService,
    ) -> None:
        self._database = database
        self._settings = settings
        self._models = models
        self._search = search

    def run(self, *, progress: Progress = silent) -> ReembedReport:
        """Embed what lacks a vector of the wanted model, then switch to it.

        Raises GenerationFailedError where too many stems can't be embedded,
        BackendUnavailableError where workers can't work; JobCancelled passes through. What was
        made before any of these stays, and searches go on with the old vectors.
        """
        started = time.monotonic()
        wanted, before = self._models.wanted, self._models.active()
        report = ReembedReport(wanted.model_id, before.model_id)
        with self._database.transaction() as session:
            report.stems = active_model.count_without(session, wanted.model_id)
        try:
            with self._pool(wanted) as pool:
                run = _Run(pool, wanted, pickle.dumps(wanted), progress, report)
                pool.waiting = run.step
                self._embed_missing(run)
                progress(SWITCHING, 0, 2)
                if wanted.model_id != before.model_id:
                    self._search.prepare(wanted)
                progress(SWITCHING, 1, 2)
                when_free(lambda: self._finish(run), progress)
        except BaseException:
            self._search.give_up()
            raise
        report.seconds = round(time.monotonic() - started, 3)
        log.info(
            "%d stems have vectors of %s now, %d failed, in %.1f s",
            report.embedded, report.model_id, report.failed, report.seconds,
        )  # fmt: skip
        return report

    def _finish(self, run: _Run) -> None:
        """While no import runs: embed what came in meanwhile, and change the mark.

        Raises LibraryBusyError while an import runs, GenerationFailedError.
        """
        with import_lock(self._settings.processed_path):
            self._embed_missing(run)
            self._check_failed(run)
            model_id = run.embedder.model_id
            with self._database.transaction() as session:
                active_model.set_active_model(session, model_id)
                lacking = active_model.count_without(session, model_id)
                if lacking > len(run.failed):
                    raise GenerationFailedError(
                        f"{lacking} stems have no vector of {model_id}, though no import runs"
                    )
        run.report.switched = run.report.before != model_id

    def _check_failed(self, run: _Run) -> None:
        run.report.failed = len(run.failed)
        with self._database.transaction() as session:
            stems = active_model.stem_count(session)
        if len(run.failed) > MOST_FAILED * stems:
            first = run.report.problems[0]
            raise GenerationFailedError(
                f"{len(run.failed)} of {stems} stems can't be embedded by {run.embedder.model_id}"
                f" (at most {MOST_FAILED:.0%} may lack): {first.path}: {first.message}"
            )

    def _pool(self, wanted: Embedder) -> WorkPool:
        return WorkPool(
            workers=self._settings.workers,
            timeout_s=self._settings.file_timeout_s * self._settings.embed_batch,
            preload=(type(wanted).__module__,),
        )

    def _embed_missing(self, run: _Run) -> None:
        """Embed every stem that lacks a vector, but those that failed before."""
        run.step()
        for task, outcome in run.pool.ordered(embed, self._tasks(run)):
            self._save(run, task, outcome)
            run.step()

    def _save(self, run: _Run, task: EmbedTask, outcome: Vectors | Failure) -> None:
        ids = [path.stem for path in task.paths]
        if isinstance(outcome, Failure):
            self._save_failed(run, task, outcome)
            return
        rows = [
            (one, vector.astype("<f4").tobytes()) for one, vector in zip(ids, outcome, strict=True)
        ]
        with self._database.transaction() as session:
            added = active_model.add_vectors(session, run.embedder.model_id, rows)
        run.report.embedded += added

    def _save_failed(self, run: _Run, task: EmbedTask, failure: Failure) -> None:
        """Try the stems of a batch one by one; one that fails alone is left out."""
        if len(task.paths) > 1:
            for path in task.paths:
                single = EmbedTask(task.embedder, (path,))
                self._save(run, single, run.pool.outcome(run.pool.start(embed, single)))
            return
        run.failed.add(task.paths[0].stem)
        place = f"stems/{task.paths[0].name}"
        log.error("%s got no vector: %s", place, failure.message)
        if len(run.report.problems) < MOST_TOLD:
            run.report.problems.append(FileProblem(place, failure.reason, failure.message))

    def _tasks(self, run: _Run) -> Iterator[EmbedTask]:
        """Batches of the stems that lack a vector, by id."""
        size, after = self._settings.embed_batch, ""
        while True:
            with self._database.transaction() as session:
                ids = active_model.stems_without(
                    session, run.embedder.model_id, after=after, limit=_LISTED
                )
                described = _described(session, ids)
            if not ids:
                return
            after = ids[-1]
            left = [one for one in ids if one not in run.failed]
            for start in range(0, len(left), size):
                some = left[start : start + size]
                yield EmbedTask(
                    embedder=run.pickled,
                    paths=tuple(self._settings.stems_path / f"{one}.wav" for one in some),
                    features=tuple(described.get(one) for one in some),
                )


def _described(session: Session, ids: Sequence[str]) -> dict[str, dict[str, float]]:
    """Descriptors of stems that the present analysis heard whole, for embedders that use them."""
    from src.analysis import ANALYSIS_VERSION

    rows = session.execute(
        select(Stem.id, Stem.features).where(
            Stem.id.in_(ids),
            Stem.analysis_version == ANALYSIS_VERSION,
            Stem.duration_s <= HEARD_WHOLE_S,
        )
    )
    return {row[0]: dict(row[1]) for row in rows}
