"""Following jobs: one question to the database for all who follow, whoever does the work."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from src.db.database import DATABASE_DOWN
from src.services.jobs.service import JobService
from src.services.jobs.states import JobNews

log = logging.getLogger(__name__)

ASK_EVERY_S = 0.25
"""How often the database is asked for news while somebody follows."""

_TAIL = 64
_PAGE = 200


@dataclass
class _Followed:
    """A job that somebody follows. newest: number of its newest event; tail: the last of them"""

    followers: int = 0
    newest: int = 0
    gone: bool = False
    tail: deque[JobNews] = field(default_factory=lambda: deque(maxlen=_TAIL))
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self) -> None:
        """Wake all followers."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


class JobWatch:
    """Tells any number of followers of the events of jobs, in order, each once.

    For each job followed a few of the newest events are held, however many follow; older ones
    are read from the database by whom they lack. Everything happens on one event loop.
    """

    def __init__(self, jobs: JobService, *, every_s: float = ASK_EVERY_S) -> None:
        self._jobs = jobs
        self._every_s = every_s
        self._followed: dict[str, _Followed] = {}
        self._asking: asyncio.Task[None] | None = None
        self._closed = False

    async def events(self, job_id: str, after: int) -> AsyncIterator[JobNews]:
        """Return what happened behind an event and what happens from now on, up to the job's end.

        Ends early where the job's row goes, or the process is about to end.
        """
        with self._following(job_id) as followed:
            while not (self._closed or followed.gone):
                changed = followed.changed
                for news in await self._behind(job_id, followed, after):
                    after = news.number
                    yield news
                    if news.last:
                        return
                if after >= followed.newest:
                    await changed.wait()

    def close(self) -> None:
        """Let everybody go."""
        self._closed = True
        for followed in self._followed.values():
            followed.tell()

    async def ended(self) -> None:
        """Wait, after ``close``, until no question to the database is under way any more."""
        if self._asking is not None:
            await self._asking

    @contextmanager
    def _following(self, job_id: str) -> Iterator[_Followed]:
        followed = self._followed.setdefault(job_id, _Followed())
        followed.followers += 1
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        try:
            yield followed
        finally:
            followed.followers -= 1
            if followed.followers == 0:
                del self._followed[job_id]

    async def _behind(self, job_id: str, followed: _Followed, after: int) -> list[JobNews]:
        """Return events behind one: from the tail where it reaches back so far."""
        if followed.tail and followed.tail[0].number <= after + 1:
            return [news for news in followed.tail if news.number > after]
        return await run_in_threadpool(self._jobs.events, job_id, after=after, limit=_PAGE)

    async def _ask(self) -> None:
        """Look for news of all jobs that are followed, while any is."""
        while self._followed and not self._closed:
            try:
                await self._look()
            except DATABASE_DOWN as error:
                log.warning("no news of jobs, the database does not answer: %s", error)
            except Exception:  # the boundary of this task: who follows must not wait for ever
                log.exception("no news of jobs")
            await asyncio.sleep(self._every_s)

    async def _look(self) -> None:
        requested = list(self._followed)
        newest = await run_in_threadpool(self._jobs.newest_events, requested)
        for job_id in requested:
            followed = self._followed.get(job_id)
            if followed is None:
                continue
            if job_id not in newest:
                followed.gone = True
                followed.tell()
            elif newest[job_id] > followed.newest:
                await self._read(job_id, followed, newest[job_id])

    async def _read(self, job_id: str, followed: _Followed, newest: int) -> None:
        start = max(followed.newest, newest - _TAIL)
        news = await run_in_threadpool(self._jobs.events, job_id, after=start, limit=_TAIL)
        followed.tail.extend(news)
        followed.newest = news[-1].number if news else newest
        followed.tell()
