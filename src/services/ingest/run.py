"""One import under way: files through the workers, batches into the database."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from src.analysis import with_labels
from src.core.config import Settings
from src.core.progress import Progress
from src.db.rows.imports import LibraryState
from src.embeddings.protocol import Vectors
from src.embeddings.zero_shot import Labels
from src.services.ingest.batch import Batch, BatchWriter, Group
from src.services.ingest.pool import Failure, Running, WorkPool
from src.services.ingest.report import FileProblem, ImportReport
from src.services.ingest.rows import copy_name
from src.services.ingest.scan import FoundFile
from src.services.ingest.work import (
    Analyse,
    EmbedTask,
    FileTask,
    Postponed,
    Refused,
    StemTask,
    Taken,
    embed,
    fingerprint,
    take_in,
)
from src.storage.fingerprint import stem_id

log = logging.getLogger(__name__)

FILES_AT_ONCE = 256
"""How many files are fingerprinted before the first of them is analysed."""

LEAST_UNDER_WAY = 2
"""How many batches may at least wait for their vectors while further files are analysed; with more
workers as many as there are, so that all of them can embed."""

Outcome = Taken | Refused | Postponed | Failure | None


@dataclass(frozen=True)
class Tools:
    """What an import works with. embedder: pickled, for the workers

    labels: what the embedder calls sounds, by their vectors; None: it can't
    """

    settings: Settings
    embedder: bytes
    analyse: Analyse
    pool: WorkPool
    progress: Progress
    labels: Callable[[Vectors], list[Labels] | None] = field(default=lambda _: None)


@dataclass
class ImportRun:
    """Carries files through fingerprint, analysis, vectors and database, in their order.

    The order of the rows is that of the files, however the work was spread: so an import
    that was killed and taken up again ends like one that never was.
    """

    tools: Tools
    state: LibraryState
    writer: BatchWriter
    report: ImportReport
    total: int
    done: int = 0
    waiting: deque[tuple[Batch, Running[EmbedTask, Vectors] | None]] = field(default_factory=deque)

    def read(self, files: Iterable[FoundFile]) -> None:
        """Take in files that are new or changed."""
        self._step(0)
        remaining = iter(files)
        while chunk := list(islice(remaining, FILES_AT_ONCE)):
            self._read_chunk(chunk)

    def _read_chunk(self, chunk: Sequence[FoundFile]) -> None:
        batch = Batch()
        for group, outcome in self._examined(self._groups(chunk)):
            batch.add(group, outcome)
            if batch.full(self.tools.settings.embed_batch):
                self._send(batch)
                batch = Batch()
        self._send(batch)
        self._save(until=0)

    def _groups(self, chunk: Sequence[FoundFile]) -> list[Group]:
        """The files of a chunk by content, in the order of the first of each."""
        groups: list[Group] = []
        by_digest: dict[str, Group] = {}
        found_at = {found.path: found for found in chunk}
        work = (FileTask(f.path, f.size_bytes, f.modified_ns) for f in chunk)
        for task, digest in self.tools.pool.ordered(fingerprint, work):
            found = found_at[task.path]
            if not isinstance(digest, str):
                groups.append(Group(None, [found], early=digest))
            elif digest in by_digest:
                by_digest[digest].files.append(found)
            else:
                by_digest[digest] = Group(digest, [found])
                groups.append(by_digest[digest])
        return groups

    def _examined(self, groups: Iterable[Group]) -> Iterator[tuple[Group, Outcome]]:
        """Each group with what the analysis of its first file gave; None for known content."""
        window: deque[tuple[Group, Running[StemTask, Taken | Refused | Postponed] | None]] = deque()

        def first() -> tuple[Group, Outcome]:
            group, running = window.popleft()
            if running is None:
                return group, group.early
            return group, self.tools.pool.outcome(running)

        for group in groups:
            new = group.digest is not None and group.digest not in self.state.stems
            window.append((group, self._start(group) if new else None))
            if len(window) > 4 * self.tools.pool.workers:
                yield first()
        while window:
            yield first()

    def _start(self, group: Group) -> Running[StemTask, Taken | Refused | Postponed]:
        assert group.digest is not None
        return self.tools.pool.start(take_in, self.stem_task(group.files[0], group.digest))

    def stem_task(self, found: FoundFile, digest: str) -> StemTask:
        """What a worker needs to take a file in."""
        return StemTask(
            file=FileTask(found.path, found.size_bytes, found.modified_ns),
            hint_path=found.hint_path,
            target=self.tools.settings.processed_path / copy_name(digest),
            max_s=self.tools.settings.max_stem_s,
            analyse=self.tools.analyse,
        )

    def _send(self, batch: Batch) -> None:
        """Let a worker make the vectors of a batch, and save batches that have theirs."""
        if not batch.items:
            return
        new = {stem_id(digest): taken.described for digest, taken in batch.new_stems()}
        self.waiting.append((batch, self._start_embedding(new) if new else None))
        self._save(until=max(LEAST_UNDER_WAY, self.tools.pool.workers))

    def _start_embedding(
        self, stems: Mapping[str, Mapping[str, float] | None]
    ) -> Running[EmbedTask, Vectors]:
        """Let a worker embed stems, given with their descriptors where these may serve."""
        folder = self.tools.settings.stems_path
        task = EmbedTask(
            embedder=self.tools.embedder,
            paths=tuple(folder / f"{one}.wav" for one in stems),
            features=tuple(stems.values()),
        )
        limit = self.tools.settings.file_timeout_s * len(stems)
        return self.tools.pool.start(embed, task, timeout_s=limit)

    def _save(self, *, until: int) -> None:
        while self.waiting and (
            len(self.waiting) > until or (until and _is_ready(self.waiting[0][1]))
        ):
            batch, running = self.waiting.popleft()
            vectors = {} if running is None else self._vectors(running)
            self._reconsider(batch, vectors)
            self.writer.save(batch, vectors)
            self._step(batch.files)

    def _reconsider(self, batch: Batch, vectors: Mapping[str, Vectors]) -> None:
        """Add to each new stem what an embedder that can name sounds calls it."""
        for n, (group, outcome) in enumerate(batch.items):
            if isinstance(outcome, Taken) and group.digest is not None:
                vector = vectors.get(stem_id(group.digest))
                batch.items[n] = (group, self._labelled(outcome, vector))

    def _labelled(self, taken: Taken, vector: Vectors | None) -> Taken:
        labels = None if vector is None else self.tools.labels(vector)
        if not labels:
            return taken
        return replace(taken, facts=with_labels(taken.facts, labels[0]))

    def _vectors(self, running: Running[EmbedTask, Vectors]) -> dict[str, Vectors]:
        """Vectors by stem id, shape (1, dimension); stems that can't be embedded are left out."""
        paths = running.task.paths
        outcome = self.tools.pool.outcome(running)
        if not isinstance(outcome, Failure):
            return {path.stem: outcome[n : n + 1] for n, path in enumerate(paths)}
        if len(paths) > 1:
            log.warning("a batch gave no vectors (%s): one by one", outcome.message)
            found: dict[str, Vectors] = {}
            for path in paths:
                found |= self._vectors(self._start_embedding({path.stem: None}))
            return found
        self.report.failed += 1
        message = f"no vector: {outcome.message}"
        self.report.tell(FileProblem(f"stems/{paths[0].name}", outcome.reason, message))
        log.error("stem %s got no vector: %s", paths[0].stem, outcome.message)
        return {}

    def embed_missing(self, ids: Sequence[str]) -> None:
        """Give stems their vector of the present model, all workers at it."""
        size = self.tools.settings.embed_batch
        under_way: deque[tuple[int, Running[EmbedTask, Vectors] | None]] = deque()
        for start in range(0, len(ids), size):
            some = [one for one in ids[start : start + size] if self._copy(one).is_file()]
            running = self._start_embedding(dict.fromkeys(some)) if some else None
            under_way.append((min(size, len(ids) - start), running))
            if len(under_way) > self.tools.pool.workers:
                self._save_vectors(*under_way.popleft())
        while under_way:
            self._save_vectors(*under_way.popleft())

    def _save_vectors(self, count: int, running: Running[EmbedTask, Vectors] | None) -> None:
        if running is not None:
            self.writer.save_vectors(self._vectors(running))
        self._step(count)

    def refresh(self, outdated: dict[str, FoundFile], digests: dict[str, str]) -> None:
        """Analyse stems again and write their copies anew; corrections stay."""
        by_path = {found.path: stem for stem, found in outdated.items()}
        tasks = (self.stem_task(found, digests[stem]) for stem, found in outdated.items())
        for task, outcome in self.tools.pool.ordered(take_in, tasks):
            if isinstance(outcome, Taken):
                stem = by_path[task.file.path]
                self.writer.refresh(stem, self._labelled(outcome, self.writer.vector_of(stem)))
            else:
                self.report.failed += 1
                self.report.tell(FileProblem(task.hint_path, "failed", outcome.message))
            self._step(1)

    def _copy(self, stem: str) -> Path:
        return self.tools.settings.stems_path / f"{stem}.wav"

    def listen(self) -> None:
        """Hear whether the import is to stop, while a task takes its time."""
        self._step(0)

    def _step(self, count: int) -> None:
        self.done += count
        self.tools.progress("analysing", self.done, self.total)


def _is_ready(running: Running[EmbedTask, Vectors] | None) -> bool:
    return running is None or running.done
