"""Hearing stems again: some or all, whatever version of the analysis heard them before.

    choose the stems → find what can be heard of each → analyse in worker processes
    → vectors in batches → one short transaction per batch, under the user's corrections
    → kits compared

Stopped at any point it leaves stems that were heard and stems that were not, each whole.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

from src.core.config import Settings
from src.core.progress import JobCancelled, Progress, silent
from src.db.database import Database
from src.db.models import Stem
from src.db.rows import reanalysis as rows
from src.db.rows import stem_edits
from src.db.rows.corrections import set_found
from src.db.rows.reanalysis import Facts
from src.db.rows.stem_edits import CHUNK, Selection
from src.embeddings.protocol import Embedder
from src.music.evidence.name_shapes import without_variants
from src.services.ingest.contents import Content, Failure, Taken
from src.services.ingest.embedding import EmbeddingStep
from src.services.ingest.kit_consensus import reconcile_kits
from src.services.ingest.kits import kit_path
from src.services.ingest.licences import KitLicences
from src.services.ingest.lock import import_lock
from src.services.ingest.pool import WorkPool
from src.services.ingest.recovery import recover
from src.services.ingest.report import MOST_REPORTED, FileProblem
from src.services.ingest.rows import analysis_columns, vector_bytes
from src.services.ingest.scan import FoundFile
from src.services.ingest.work import Analysis, own_analysis, taking_in
from src.storage.paths import path_of
from src.storage.stem_copies import copy_in

log = logging.getLogger(__name__)


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

    def fail(self, location: str, reason: str, message: str) -> None:
        """Count a stem that could not be heard, and name it unless there are too many."""
        self.failed += 1
        log.warning("%s was not analysed again: %s", location, message)
        if len(self.problems) < MOST_REPORTED:
            self.problems.append(FileProblem(location, reason, message))

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


@dataclass
class _Tools:
    """What a re-analysis works with.

    places: by stem id the files of the batch that is saved; before: by stem id the facts
        that were there
    """

    pool: WorkPool
    embedding: EmbeddingStep
    licences: KitLicences
    progress: Progress
    report: ReanalysisReport
    locations: dict[str, str] = field(default_factory=dict)
    before: dict[str, Facts] = field(default_factory=dict)
    done: int = 0

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
        """Count the stems that are meant. Raises NotFoundError naming unknown ids."""
        with self.database.transaction() as session:
            return len(stem_edits.selected_ids(session, selection))

    def run(self, selection: Selection, *, progress: Progress = silent) -> ReanalysisReport:
        """Analyse the selected stems again and make their vectors again; corrections stay.

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
                tools = self._tools(pool, report, progress)
                tools.step(0)
                pool.waiting = partial(tools.step, 0)
                analysed = self._analysed(ids, analysis, tools)
                while batch := list(islice(analysed, self.settings.embed_batch)):
                    self._save(batch, analysis.version, tools)
            reconcile_kits(self.database, progress)
            with self.database.transaction() as session:
                report.changed = rows.count_changed(session, tools.before)
        except (JobCancelled, KeyboardInterrupt):
            recover(self.database, self.settings)
            raise

    def _tools(self, pool: WorkPool, report: ReanalysisReport, progress: Progress) -> _Tools:
        locations: dict[str, str] = {}

        def failed(stem: str, failure: Failure) -> None:
            message = f"no new vector: {failure.message}"
            report.problems.append(FileProblem(locations[stem], failure.reason, message))

        embedding = EmbeddingStep(pool, self.embedder, self.settings, failed)
        licences = KitLicences(self.settings.raw_path)
        return _Tools(pool, embedding, licences, progress, report, locations)

    def _analysed(self, ids: Sequence[str], analysis: Analysis, tools: _Tools) -> Iterator[Content]:
        """Yield each stem that could be decoded, with its analysis."""
        take_in = taking_in(self.settings, analysis.analyse)
        for content, outcome in tools.pool.ordered(take_in, self._contents(ids, tools)):
            if isinstance(outcome, Failure):
                tools.report.fail(content.files[0].location, outcome.reason, outcome.message)
                tools.step(1)
            else:
                content.outcome = outcome
                yield content

    def _contents(self, ids: Sequence[str], tools: _Tools) -> Iterator[Content]:
        """Yield stems with the file that is to be analysed of each."""
        with self.database.transaction() as session:
            hints = without_variants(hint_path(location) for location in rows.all_places(session))
        for start in range(0, len(ids), CHUNK):
            with self.database.transaction() as session:
                stems = rows.stems_with_places(session, ids[start : start + CHUNK])
            for stem in stems:
                found = self._source(stem)
                if found is None:
                    message = "neither its original nor its copy is there"
                    tools.report.fail(stem.original_file, "missing", message)
                    tools.step(1)
                else:
                    hint = hints.get(found.hint_path, found.hint_path)
                    yield Content(stem.content_hash, [replace(found, hint_path=hint)])

    def _source(self, stem: Stem) -> FoundFile | None:
        """Choose an original that is as it was taken in, else the copy; None where both are
        gone.
        """
        own_first = sorted(
            stem.locations, key=lambda one: (one.path != stem.original_file, one.path)
        )
        for location in own_first:
            found = _found(path_of(location.path, self.settings.raw_path), location.path)
            # Of another size or time it may hold another sound: the next import finds out.
            if found is not None and found.stamp == (location.size_bytes, location.modified_ns):
                return found
        return _found(copy_in(self.settings.stems_path, stem.id), stem.original_file)

    def _save(self, batch: Sequence[Content], version: str, tools: _Tools) -> None:
        """Write what was found out about a batch, and its vectors, in one transaction."""
        tools.locations.clear()
        tools.locations.update((one.stem_id, one.files[0].location) for one in batch)
        taken = {one.stem_id: one.outcome for one in batch if isinstance(one.outcome, Taken)}
        described = {stem: one.described for stem, one in taken.items()}
        vectors = tools.embedding.vectors(tools.embedding.start(described))
        taken = {
            stem: tools.embedding.labelled(one, vectors.get(stem)) for stem, one in taken.items()
        }
        with self.database.transaction() as session:
            stems = rows.held_stems(session, list(taken))
            for content in batch:
                stem = stems.get(content.stem_id)
                if stem is not None:  # else it was removed meanwhile
                    self._write(stem, content.files[0], taken[stem.id], version, tools)
            raw = {one: vector_bytes(v) for one, v in vectors.items() if one in stems}
            rows.replace_vectors(session, self.embedder.model_id, raw)
        tools.step(len(batch))

    def _write(
        self, stem: Stem, found: FoundFile, taken: Taken, version: str, tools: _Tools
    ) -> None:
        """Lay what was found out under the user's corrections."""
        tools.before[stem.id] = rows.facts_of(stem)
        columns = analysis_columns(taken, analysis_version=version)
        if found.path == copy_in(self.settings.stems_path, stem.id):
            # A copy tells nothing of the file that it was made of.
            for name in ("original_sample_rate", "quality_ok"):
                del columns[name]
            if not stem.quality_ok:
                columns["warnings"] = list(dict.fromkeys([*stem.warnings, *columns["warnings"]]))
            tools.report.from_copies += 1
        else:
            columns["licence"] = taken.licence or tools.licences.of(found.location)
            if columns["licence"] is None and found.location.startswith("/"):
                del columns["licence"]  # the folder that was imported may have stated it
        set_found(stem, columns)
        tools.report.reanalysed += 1


def hint_path(location: str) -> str:
    """Cut a place to the part that may give hints: below the library, or from its kit on."""
    if not location.startswith("/"):
        return location
    kit = kit_path(location)
    above = PurePosixPath(location if kit is None else kit).parent
    return PurePosixPath(location).relative_to(above).as_posix()


def _found(path: Path, location: str) -> FoundFile | None:
    """Return a file to be heard; None where it is gone or out of reach."""
    try:
        state = path.stat()
    except OSError:
        return None
    return FoundFile(path, location, hint_path(location), state.st_size, state.st_mtime_ns)
