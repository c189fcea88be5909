"""One import under way: files through the workers, batches into the database."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from src.core.config import Settings
from src.core.progress import Progress
from src.db.rows.imports import LibraryState
from src.embeddings.protocol import Vectors
from src.services.ingest.batch import BatchWriter, is_full
from src.services.ingest.contents import FAILED, Content, Failure, Taken
from src.services.ingest.embedding import EmbeddingStep
from src.services.ingest.pool import Running, WorkPool
from src.services.ingest.report import FileProblem, ImportReport
from src.services.ingest.scan import FoundFile
from src.services.ingest.work import Stems, fingerprint
from src.storage.stem_copies import copied_stems, copy_path

FILES_AT_ONCE = 256
"""How many files are fingerprinted before the first of them is analysed."""

LEAST_UNDER_WAY = 2
"""How many batches may at least wait for their vectors while further files are analysed; with more
workers as many as there are, so that all of them can embed."""


@dataclass(frozen=True)
class Tools:
    """What an import works with. take_in: what workers do with a new content"""

    settings: Settings
    pool: WorkPool
    take_in: Callable[[Content], Taken | Failure]
    embedding: EmbeddingStep
    progress: Progress


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
    waiting: deque[tuple[list[Content], Running[Stems, Vectors] | None]] = field(
        default_factory=deque
    )

    def read(self, files: Iterable[FoundFile]) -> None:
        """Take in files that are new or changed."""
        self._step(0)
        remaining = iter(files)
        while chunk := list(islice(remaining, FILES_AT_ONCE)):
            self._read_chunk(chunk)

    def embed_missing(self, ids: Sequence[str]) -> None:
        """Give stems their vector of the present model, all workers at it."""
        size, copies = self.tools.settings.embed_batch, copied_stems(self.tools.settings.stems_path)
        there = [one for one in ids if one in copies]
        self._step(len(ids) - len(there))
        batches = (dict.fromkeys(there[n : n + size]) for n in range(0, len(there), size))
        for stems, vectors in self.tools.embedding.all(batches):
            self.writer.save_vectors(vectors)
            self._step(len(stems))

    def refresh(self, outdated: Iterable[Content]) -> None:
        """Analyse stems again and write their copies again; corrections stay."""
        for content, outcome in self.tools.pool.ordered(self.tools.take_in, outdated):
            if isinstance(outcome, Taken):
                vector = self.writer.vector_of(content.stem_id)
                taken = self.tools.embedding.labelled(outcome, vector)
                self.writer.refresh(content.stem_id, taken)
            else:
                self.report.failed += 1
                location = content.files[0].hint_path
                self.report.tell(FileProblem(location, FAILED, outcome.message))
            self._step(1)

    def _read_chunk(self, chunk: Sequence[FoundFile]) -> None:
        batch: list[Content] = []
        for content in self._examined(self._contents(chunk)):
            batch.append(content)
            if is_full(batch, self.tools.settings.embed_batch):
                self._send(batch)
                batch = []
        self._send(batch)
        self._save(until=0)

    def _contents(self, chunk: Sequence[FoundFile]) -> list[Content]:
        """Return the files of a chunk by content, in the order of the first of each."""
        contents: list[Content] = []
        by_digest: dict[str, Content] = {}
        for found, digest in self.tools.pool.ordered(fingerprint, chunk):
            if isinstance(digest, Failure):
                contents.append(Content(None, [found], digest))
            elif digest in by_digest:
                by_digest[digest].files.append(found)
            else:
                by_digest[digest] = Content(digest, [found])
                contents.append(by_digest[digest])
        return contents

    def _examined(self, contents: Iterable[Content]) -> Iterator[Content]:
        """Yield each content with the outcome of its first file; known content stays as it is."""
        window: deque[tuple[Content, Running[Content, Taken | Failure] | None]] = deque()

        def first() -> Content:
            content, running = window.popleft()
            if running is not None:
                content.outcome = self.tools.pool.outcome(running)
            return content

        for content in contents:
            new = content.digest is not None and content.digest not in self.state.stems
            running = self.tools.pool.start(self.tools.take_in, content) if new else None
            window.append((content, running))
            if len(window) > 4 * self.tools.pool.workers:
                yield first()
        while window:
            yield first()

    def _send(self, batch: list[Content]) -> None:
        """Let a worker make the vectors of a batch, and save batches that have theirs."""
        if not batch:
            return
        new = {
            one.stem_id: one.outcome.described for one in batch if isinstance(one.outcome, Taken)
        }
        self.waiting.append((batch, self.tools.embedding.start(new) if new else None))
        self._save(until=max(LEAST_UNDER_WAY, self.tools.pool.workers))

    def _save(self, *, until: int) -> None:
        while self.waiting and (
            len(self.waiting) > until or (until and _is_ready(self.waiting[0][1]))
        ):
            batch, running = self.waiting.popleft()
            vectors = {} if running is None else self.tools.embedding.vectors(running)
            self._label(batch, vectors)
            self.writer.save(batch, vectors)
            self._step(sum(len(content.files) for content in batch))

    def _label(self, batch: Iterable[Content], vectors: Mapping[str, Vectors]) -> None:
        """Add to each new stem what an embedder that can name sounds calls it."""
        for content in batch:
            if isinstance(content.outcome, Taken):
                vector = vectors.get(content.stem_id)
                content.outcome = self.tools.embedding.labelled(content.outcome, vector)

    def listen(self) -> None:
        """Hear whether the import is to stop, while a task takes its time."""
        self._step(0)

    def _step(self, count: int) -> None:
        self.done += count
        self.tools.progress("analysing", self.done, self.total)


def not_embedded(report: ImportReport, stem: str, failure: Failure) -> None:
    """Note in a report that a stem got no vector."""
    report.failed += 1
    report.tell(FileProblem(copy_path(stem), failure.reason, f"no vector: {failure.message}"))


def _is_ready(running: Running[Stems, Vectors] | None) -> bool:
    return running is None or running.done
