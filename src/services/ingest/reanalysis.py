"""Hearing stems again: some or all, whatever version of the analysis heard them before.

    choose the stems → find what can be heard of each → analyse in worker processes
    → vectors in batches → one short transaction per batch, under the user's corrections
    → kits compared

Stopped at any point it leaves stems that were heard and stems that were not, each whole.
"""

import logging
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, load_only, selectinload

from src.analysis import labels_of, with_labels
from src.core.config import Settings
from src.core.progress import JobCancelled, Progress, silent
from src.db.database import Database
from src.db.models import Embedding, Place, Stem
from src.db.rows import imports, stem_edits
from src.db.rows.corrections import set_found
from src.db.rows.stem_edits import CHUNK, Selection
from src.embeddings.protocol import Embedder, Vectors
from src.music.evidence.name_shapes import without_variants
from src.services.ingest.kit_settling import settle_kits
from src.services.ingest.kits import kit_path
from src.services.ingest.licences import KitLicences
from src.services.ingest.lock import import_lock
from src.services.ingest.pool import Failure, WorkPool
from src.services.ingest.recovery import recover
from src.services.ingest.report import MOST_TOLD, FileProblem
from src.services.ingest.rows import analysis_columns, copy_name, vector_rows
from src.services.ingest.work import (
    Analysis,
    EmbedTask,
    FileTask,
    Postponed,
    Refused,
    StemTask,
    Taken,
    embed,
    own_analysis,
    take_in,
)
from src.storage.paths import path_of

log = logging.getLogger(__name__)

_PLACES = select(Place.path)

FACTS = (Stem.bpm, Stem.key, Stem.category, Stem.is_loop)
"""Columns by which a stem counts as changed."""


@dataclass
class ReanalysisReport:
    """What a re-analysis did.

    selected: stems that were meant; reanalysed: heard and written; changed: of these, how
    many hold another tempo, key, category or loop now
    from_copies: heard from their standardised copy, since every original is gone
    failed: left as they were; problems tell why
    """

    selected: int = 0
    reanalysed: int = 0
    changed: int = 0
    from_copies: int = 0
    failed: int = 0
    seconds: float = 0.0
    problems: list[FileProblem] = field(default_factory=list)

    def fail(self, place: str, reason: str, message: str) -> None:
        """Count a stem that could not be heard, and name it unless there are too many."""
        self.failed += 1
        log.warning("%s was not analysed again: %s", place, message)
        if len(self.problems) < MOST_TOLD:
            self.problems.append(FileProblem(place, reason, message))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Source:
    """What can be heard of a stem. copy: it is the standardised copy, not an original"""

    stem_id: str
    place: str
    task: StemTask
    copy: bool


@dataclass
class _Tools:
    """What a re-analysis works with. before: facts of the stems it wrote, by id"""

    pool: WorkPool
    embedder: bytes
    licences: KitLicences
    progress: Progress
    report: ReanalysisReport
    done: int = 0
    before: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    def step(self, count: int) -> None:
        self.done += count
        self.progress("analysing", self.done, self.report.selected)


class ReanalysisService:
    """Analyses stems of one library again.

    active: tells by which embedder the library is searched; None: the given one
    analysis: how; None: that of ``src.analysis``
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        embedder: Embedder,
        *,
        active: Callable[[], Embedder] | None = None,
        analysis: Analysis | None = None,
    ) -> None:
        self.database = database
        self.settings = settings
        self.embedder = embedder
        self._active = active
        self._analysis = analysis

    def check(self, selection: Selection) -> int:
        """How many stems are meant. Raises NotFoundError naming unknown ids."""
        with self.database.transaction() as session:
            return len(stem_edits.selected_ids(session, selection))

    def run(self, selection: Selection, *, progress: Progress = silent) -> ReanalysisReport:
        """Analyse the selected stems again and make their vectors anew; corrections stay.

        Raises NotFoundError for unknown ids, LibraryBusyError while an import runs,
        BackendUnavailableError where workers can't work; JobCancelled passes through. What
        was saved before any of these stays.
        """
        started = time.monotonic()
        analysis = own_analysis() if self._analysis is None else self._analysis
        with import_lock(self.settings.processed_path):
            if self._active is not None:
                self.embedder = self._active()
            with self.database.transaction() as session:
                ids = stem_edits.selected_ids(session, selection)
            report = ReanalysisReport(selected=len(ids))
            if ids:
                self._work(ids, analysis, report, progress)
        report.seconds = round(time.monotonic() - started, 3)
        log.info(
            "%d stems analysed again, %d of them changed, %d failed, in %.1f s",
            report.reanalysed, report.changed, report.failed, report.seconds,
        )  # fmt: skip
        return report

    def _work(
        self, ids: Sequence[str], analysis: Analysis, report: ReanalysisReport, progress: Progress
    ) -> None:
        preload = (analysis.analyse.__module__, type(self.embedder).__module__)
        try:
            with WorkPool(
                workers=self.settings.workers,
                timeout_s=self.settings.file_timeout_s,
                preload=preload,
            ) as pool:
                licences = KitLicences(self.settings.raw_path)
                tools = _Tools(pool, pickle.dumps(self.embedder), licences, progress, report)
                tools.step(0)
                pool.waiting = partial(tools.step, 0)
                heard = self._heard(ids, analysis, tools)
                while batch := list(islice(heard, self.settings.embed_batch)):
                    self._save(batch, analysis.version, tools)
            settle_kits(self.database, progress)
            report.changed = self._count_changed(tools.before)
        except (JobCancelled, KeyboardInterrupt):
            recover(self.database, self.settings)
            raise

    def _count_changed(self, before: dict[str, tuple[Any, ...]]) -> int:
        """How many stems hold other facts than before, now that their kits were compared."""
        changed, ids = 0, sorted(before)
        for start in range(0, len(ids), CHUNK):
            with self.database.transaction() as session:
                wanted = select(Stem.id, *FACTS).where(Stem.id.in_(ids[start : start + CHUNK]))
                for stem_id, *facts in session.execute(wanted):
                    changed += tuple(facts) != before[stem_id]
        return changed

    def _heard(
        self, ids: Sequence[str], analysis: Analysis, tools: _Tools
    ) -> Iterator[tuple[_Source, Taken]]:
        """Each stem that could be heard, with what was found out."""
        sources: dict[str, _Source] = {}

        def tasks() -> Iterator[StemTask]:
            for source in self._sources(ids, analysis, tools):
                sources[source.task.target.stem] = source
                yield source.task

        for task, outcome in tools.pool.ordered(take_in, tasks()):
            source = sources.pop(task.target.stem)
            if isinstance(outcome, Taken):
                yield source, outcome
            else:
                tools.report.fail(source.place, _reason(outcome), outcome.message)
                tools.step(1)

    def _sources(self, ids: Sequence[str], analysis: Analysis, tools: _Tools) -> Iterator[_Source]:
        with self.database.transaction() as session:
            hints = without_variants(hint_path(place) for place in session.scalars(_PLACES))
        for start in range(0, len(ids), CHUNK):
            with self.database.transaction() as session:
                rows = _rows(session, ids[start : start + CHUNK])
            for stem in rows:
                found = self._source(stem, analysis)
                if found is None:
                    message = "neither its original nor its copy is there"
                    tools.report.fail(stem.original_file, "missing", message)
                    tools.step(1)
                else:
                    hint = hints.get(found.task.hint_path, found.task.hint_path)
                    yield replace(found, task=replace(found.task, hint_path=hint))

    def _source(self, stem: Stem, analysis: Analysis) -> _Source | None:
        """An original that is as it was taken in, else the copy; None where both are gone."""
        own_first = sorted(stem.places, key=lambda one: (one.path != stem.original_file, one.path))
        copy = self.settings.processed_path / copy_name(stem.content_hash)
        for place in own_first:
            file = _unchanged(place, self.settings)
            if file is not None:
                return _Source(
                    stem.id, place.path, self._task(file, place.path, stem, analysis), False
                )
        if not copy.is_file():
            return None
        state = copy.stat()
        file = FileTask(copy, state.st_size, state.st_mtime_ns)
        task = self._task(file, stem.original_file, stem, analysis)
        return _Source(stem.id, stem.original_file, task, True)

    def _task(self, file: FileTask, place: str, stem: Stem, analysis: Analysis) -> StemTask:
        return StemTask(
            file=file,
            hint_path=hint_path(place),
            target=self.settings.processed_path / copy_name(stem.content_hash),
            max_s=self.settings.max_stem_s,
            analyse=analysis.analyse,
        )

    def _save(self, batch: Sequence[tuple[_Source, Taken]], version: str, tools: _Tools) -> None:
        """Write what was found out about a batch, and its vectors, in one transaction."""
        vectors = self._vectors(batch, tools)
        batch = [(source, self._labelled(source, taken, vectors)) for source, taken in batch]
        with self.database.transaction() as session:
            wanted = sorted(source.stem_id for source, _ in batch)
            stem_edits.hold(session, wanted)
            stems = {
                stem.id: stem for stem in session.scalars(select(Stem).where(Stem.id.in_(wanted)))
            }
            for source, taken in batch:
                if source.stem_id in stems:  # else it was removed meanwhile
                    _write(stems[source.stem_id], source, taken, version, tools)
            session.flush()
            _replace_vectors(
                session, {one: v for one, v in vectors.items() if one in stems}, self.embedder
            )
        tools.step(len(batch))

    def _labelled(self, source: _Source, taken: Taken, vectors: dict[str, Vectors]) -> Taken:
        """Add what an embedder that can name sounds calls a stem."""
        vector = vectors.get(source.stem_id)
        labels = None if vector is None else labels_of(self.embedder, vector)
        if not labels:
            return taken
        return replace(taken, facts=with_labels(taken.facts, labels[0]))

    def _vectors(self, batch: Sequence[tuple[_Source, Taken]], tools: _Tools) -> dict[str, Vectors]:
        """Vectors by stem id, shape (1, dimension); stems that can't be embedded keep theirs."""
        task = EmbedTask(
            embedder=tools.embedder,
            paths=tuple(source.task.target for source, _ in batch),
            features=tuple(taken.described for _, taken in batch),
        )
        limit_s = self.settings.file_timeout_s * len(batch)
        outcome = tools.pool.outcome(tools.pool.start(embed, task, timeout_s=limit_s))
        if not isinstance(outcome, Failure):
            return {source.stem_id: outcome[n : n + 1] for n, (source, _) in enumerate(batch)}
        if len(batch) > 1:
            found: dict[str, Vectors] = {}
            for one in batch:
                found |= self._vectors([one], tools)
            return found
        tools.report.problems.append(
            FileProblem(batch[0][0].place, outcome.reason, f"no new vector: {outcome.message}")
        )
        return {}


def hint_path(place: str) -> str:
    """The part of a place that may give hints: below the library, or from its kit on."""
    if not place.startswith("/"):
        return place
    kit = kit_path(place)
    above = PurePosixPath(place if kit is None else kit).parent
    return PurePosixPath(place).relative_to(above).as_posix()


def _rows(session: Session, ids: Sequence[str]) -> list[Stem]:
    columns = load_only(Stem.id, Stem.content_hash, Stem.original_file)
    wanted = select(Stem).where(Stem.id.in_(ids)).order_by(Stem.original_file, Stem.id)
    return list(session.scalars(wanted.options(columns, selectinload(Stem.places))))


def _unchanged(place: Place, settings: Settings) -> FileTask | None:
    """The file at a place, if it is the one that was taken in."""
    path = path_of(place.path, settings.raw_path)
    try:
        state = path.stat()
    except OSError:
        return None  # gone, or out of reach: another place or the copy serves
    if (state.st_size, state.st_mtime_ns) != (place.size_bytes, place.modified_ns):
        return None  # it may hold another sound; the next import finds out
    return FileTask(path, state.st_size, state.st_mtime_ns)


def _write(stem: Stem, source: _Source, taken: Taken, version: str, tools: _Tools) -> None:
    """Lay what was found out under the user's corrections."""
    tools.before[stem.id] = (stem.bpm, stem.key, stem.category, stem.is_loop)
    columns = analysis_columns(taken, analysis_version=version)
    if source.copy:
        # A copy tells nothing of the file that it was made of.
        for name in ("original_sample_rate", "quality_ok"):
            del columns[name]
        if not stem.quality_ok:
            columns["warnings"] = list(dict.fromkeys([*stem.warnings, *columns["warnings"]]))
        tools.report.from_copies += 1
    else:
        kit_licence = tools.licences.of(source.place)
        columns["licence"] = kit_licence if taken.licence is None else taken.licence
    set_found(stem, columns)
    tools.report.reanalysed += 1


def _replace_vectors(session: Session, vectors: dict[str, Vectors], embedder: Embedder) -> None:
    model_id = embedder.model_id
    session.execute(
        delete(Embedding).where(Embedding.stem_id.in_(vectors), Embedding.model_id == model_id)
    )
    rows = [row for one, v in vectors.items() for row in vector_rows([one], v, model_id=model_id)]
    imports.add_rows(session, vectors=rows)


def _reason(outcome: Refused | Postponed | Failure) -> str:
    return "busy" if isinstance(outcome, Postponed) else outcome.reason
