"""The step from copies to vectors that import, re-analysis and re-embedding share."""

import logging
import pickle
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

from src.analysis import labels_of, with_labels
from src.core.config import Settings
from src.embeddings.protocol import Embedder, Vectors
from src.services.ingest.contents import Failure, Taken
from src.services.ingest.pool import Running, WorkPool
from src.services.ingest.work import Stems, embed

log = logging.getLogger(__name__)

Failed = Callable[[str, Failure], None]
"""Told of a stem that can't be embedded: its id and why."""


class EmbeddingStep:
    """Lets the workers of a pool embed stems by their standardised copies.

    embedder: makes the vectors; a worker builds its own copy once
    failed: is called with each stem that can't be embedded
    """

    def __init__(
        self, pool: WorkPool, embedder: Embedder, settings: Settings, failed: Failed
    ) -> None:
        self._pool = pool
        self._embedder = embedder
        self._failed = failed
        self._timeout_s = settings.file_timeout_s
        self._embed = partial(embed, embedder=pickle.dumps(embedder), copies=settings.stems_path)

    def start(self, stems: Stems) -> Running[Stems, Vectors]:
        """Let a worker embed stems; ask for their vectors later."""
        return self._pool.start(self._embed, stems, timeout_s=self._timeout_s * len(stems))

    def vectors(self, running: Running[Stems, Vectors]) -> dict[str, Vectors]:
        """Wait for vectors by stem id, shape (1, dimension); stems that failed are left out.

        The stems of a batch that failed are embedded one by one, from their sound alone.
        Raises BackendUnavailableError where workers can't work.
        """
        stems = running.task
        outcome = self._pool.outcome(running)
        if not isinstance(outcome, Failure):
            return {one: outcome[number : number + 1] for number, one in enumerate(stems)}
        if len(stems) > 1:
            log.warning("a batch gave no vectors (%s): one by one", outcome.message)
            found: dict[str, Vectors] = {}
            for one in stems:
                found |= self.vectors(self.start({one: None}))
            return found
        for one in stems:
            log.error("stem %s got no vector: %s", one, outcome.message)
            self._failed(one, outcome)
        return {}

    def all(self, batches: Iterable[Stems]) -> Iterator[tuple[Stems, dict[str, Vectors]]]:
        """Embed batch after batch, all workers at it: each batch with its vectors, in order."""
        under_way: deque[Running[Stems, Vectors]] = deque()
        for stems in batches:
            under_way.append(self.start(stems))
            if len(under_way) > self._pool.workers:
                first = under_way.popleft()
                yield first.task, self.vectors(first)
        for first in under_way:
            yield first.task, self.vectors(first)

    def labelled(self, taken: Taken, vector: Vectors | None) -> Taken:
        """Add to a stem what an embedder that can name sounds calls it.

        vector: of the stem, shape (1, dimension); None: it has none, nothing changes
        """
        labels = None if vector is None else labels_of(self._embedder, vector)
        if not labels:
            return taken
        return replace(taken, facts=with_labels(taken.facts, labels[0]))
