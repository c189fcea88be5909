"""From folders of files to the library: the story of one import.

    look for files → read what is new → standardise and analyse in worker processes
    → vectors in batches → one short transaction per batch → kits compared → report

It may be killed at any point: the next run tidies up, goes on where the rows end, and
finishes with the same rows as a run that nobody disturbed.
"""

import logging
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from src.core.config import Settings
from src.core.errors import NotFoundError
from src.core.progress import JobCancelled, Progress, silent
from src.db.database import Database
from src.db.rows import imports
from src.db.rows.imports import LibraryState
from src.embeddings.protocol import Embedder
from src.services.ingest.batch import BatchWriter
from src.services.ingest.diff import Scope, Todo, compare
from src.services.ingest.embedding import EmbeddingStep
from src.services.ingest.kit_consensus import reconcile_kits
from src.services.ingest.licences import KitLicences, add_late_licences
from src.services.ingest.lock import import_lock
from src.services.ingest.pool import WorkPool
from src.services.ingest.recovery import recover
from src.services.ingest.report import ImportReport
from src.services.ingest.run import ImportRun, Tools, not_embedded
from src.services.ingest.scan import Scan, Stamps, readable_endings, scan_folder
from src.services.ingest.work import Analysis, own_analysis, taking_in
from src.storage.fingerprint import stem_id
from src.storage.second_decoder import second_decoder
from src.storage.stem_copies import copied_stems

log = logging.getLogger(__name__)


class NeuroAnalyzer:
    """Imports folders of sounds into the library.

    active: tells by which embedder the library is searched when an import starts; None: the
    given one
    analysis: what is found out about each sound; stems that another version analysed are
    analysed again. None: that of ``src.analysis``
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
        self.analysis = own_analysis() if analysis is None else analysis

    def run(
        self,
        folder: Path | None = None,
        *,
        progress: Progress = silent,
        keep_bad_files: bool = False,
    ) -> ImportReport:
        """Import what is new below ``folder`` (the raw folder by default).

        keep_bad_files: list refused files with their reason but leave them in their place

        Raises NotFoundError for a folder that is not there, ConflictError while another
        import runs, BackendUnavailableError where workers can't work; JobCancelled passes
        through from ``progress``. What was saved before any of these stays.
        """
        started = time.monotonic()
        source = self.settings.raw_path if folder is None else folder
        if not source.is_dir():
            raise NotFoundError(f"there is no folder {str(source)!r} to import")
        with import_lock(self.settings.processed_path):
            if self._active is not None:
                self.embedder = self._active()
            recover(self.database, self.settings)
            progress("looking for files", 0, 0)
            scan = self._scan(source)
            with self.database.transaction() as session:
                state = imports.library_state(session, model_id=self.embedder.model_id)
            todo = self._compared(scan, state, source)
            report = self._opening_report(scan, todo)
            licences = KitLicences(self.settings.raw_path, folder)
            writer = self._writer(state, todo, report, keep_bad_files, licences)
            self._work(todo, state, writer, progress)
            self._settle(todo, state, writer)
            report.licensed = add_late_licences(self.database, licences)
            reconcile_kits(self.database, progress)
        report.seconds = round(time.monotonic() - started, 3)
        _conclude(report)
        return report

    def stamps(self) -> Stamps:
        """List where each file of the raw folder lies, its bytes and its time."""
        return frozenset((one.location, *one.stamp) for one in self._scan(self._raw()).files)

    def has_new_files(self) -> bool:
        """Tell whether an import would read files that are new or changed."""
        source = self._raw()
        with self.database.transaction() as session:
            state = imports.library_state(session, model_id=self.embedder.model_id)
        return bool(self._compared(self._scan(source), state, source).fresh)

    def _raw(self) -> Path:
        source = self.settings.raw_path
        if not source.is_dir():
            raise NotFoundError(f"there is no folder {str(source)!r} to import")
        return source

    def _scan(self, source: Path) -> Scan:
        own = (self.settings.processed_path, self.settings.tracks_path)
        return scan_folder(
            source, raw_root=self.settings.raw_path, excluded=own, endings=readable_endings()
        )

    def _compared(self, scan: Scan, state: LibraryState, source: Path) -> Todo:
        """Return what there is to do, held against what the library knows."""
        return compare(
            scan,
            state,
            scope=Scope(source, self.settings.raw_path, tuple(scan.unread)),
            outdated=self._outdated(state),
            second_decoder=second_decoder() is not None,
        )

    def _outdated(self, state: LibraryState) -> dict[str, str]:
        """Return stems that were analysed by another version, or whose copy is gone: hash by id."""
        copies = copied_stems(self.settings.stems_path)
        return {
            stem_id(digest): digest
            for digest, version in state.stems.items()
            if version != self.analysis.version or stem_id(digest) not in copies
        }

    def _opening_report(self, scan: Scan, todo: Todo) -> ImportReport:
        log.info(
            "%d files found: %d done already, %d new or changed",
            len(scan.files), todo.unchanged, len(todo.fresh),
        )  # fmt: skip
        return ImportReport(
            found=len(scan.files),
            unchanged=todo.unchanged,
            left_alone=len(todo.kept_bad),
            messages=scan.notes(),
        )

    def _writer(
        self,
        state: LibraryState,
        todo: Todo,
        report: ImportReport,
        keep_bad_files: bool,
        licences: KitLicences,
    ) -> BatchWriter:
        return BatchWriter(
            database=self.database,
            settings=self.settings,
            model_id=self.embedder.model_id,
            analysis_version=self.analysis.version,
            state=state,
            gone=todo.gone,
            report=report,
            keep_bad_files=keep_bad_files,
            licences=licences,
        )

    def _work(
        self, todo: Todo, state: LibraryState, writer: BatchWriter, progress: Progress
    ) -> None:
        """Read, analyse and embed what there is to do; without work no worker starts."""
        bare = sorted({stem_id(digest) for digest in state.stems} - state.embedded)
        total = len(todo.fresh) + len(todo.outdated) + len(bare)
        if total == 0:
            return
        try:
            with self._pool() as pool:
                take_in = taking_in(self.settings, self.analysis.analyse)
                failed = partial(not_embedded, writer.report)
                embedding = EmbeddingStep(pool, self.embedder, self.settings, failed)
                tools = Tools(self.settings, pool, take_in, embedding, progress)
                run = ImportRun(tools, state, writer, writer.report, total)
                pool.waiting = run.listen
                run.read(todo.fresh)
                run.refresh(todo.outdated.values())
                run.embed_missing(bare)
        except (JobCancelled, KeyboardInterrupt):
            recover(self.database, self.settings)
            raise

    def _pool(self) -> WorkPool:
        return WorkPool(
            workers=self.settings.workers,
            timeout_s=self.settings.file_timeout_s,
            preload=(self.analysis.analyse.__module__, type(self.embedder).__module__),
        )

    def _settle(self, todo: Todo, state: LibraryState, writer: BatchWriter) -> None:
        """Conclude what only the whole scan shows: which files are gone, which are back."""
        report = writer.report
        report.missing = len(todo.gone_places)
        newly = [location for location in todo.gone_places if not state.locations[location].missing]
        kept = writer.move_kept(todo.kept_bad)
        others = report.moved or report.replaced or report.duplicates
        if newly or todo.back or others or kept:
            with self.database.transaction() as session:
                imports.set_missing(session, newly, missing=True)
                imports.set_missing(session, todo.back, missing=False)
                imports.drop_empty_kits(session)
        for location in newly:
            log.warning("the original %r is gone; its stem stays", location)
        if report.missing:
            report.messages.append(f"{report.missing} originals are gone; their stems stay")
        if report.unsupported:
            reported = f"{report.unsupported} sounds are of kinds that are not read; they stay"
            report.messages.append(f"{reported} where they are")
        if report.left_outside:
            reported = f"{report.left_outside} refused files lie outside the library and stay there"
            report.messages.append(reported)


def _conclude(report: ImportReport) -> None:
    if report.licensed:
        report.messages.append(f"{report.licensed} stems got the licence of a text that came later")
    nothing = not (report.added or report.moved or report.duplicates or report.quarantined)
    if nothing and report.unchanged == report.found - report.left_alone:
        report.messages.append(f"nothing new: all {report.unchanged} files were done already")
    log.info(
        "%d new stems, %d further places, %d moved, %d refused, %d left for later in %.1f s",
        report.added, report.duplicates, report.moved, report.quarantined, report.failed,
        report.seconds,
    )  # fmt: skip
    for message in report.messages:
        log.info("%s", message)
