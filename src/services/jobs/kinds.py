"""What the jobs of one name do, and what holds for all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from src.core.progress import Progress

Task = Callable[[Mapping[str, Any], Progress], Mapping[str, Any]]
"""Does the work of one kind of job: parameters and progress in, result out."""

LIBRARY, VECTORS, TRACKS, GPU = "library", "vectors", "tracks", "gpu"
"""Lanes. Jobs of one lane wait for each other, those of different lanes never."""


BrokerState = Literal["unused", "ok", "away"]
"""Whether ids of jobs go over a broker at all, and whether it answered when last asked."""


@dataclass(frozen=True)
class JobKind:
    """What the jobs of one name do.

    stages: the stages in their order, each with its share of the work; a stage that is
        not named here moves the message, not the progress
    alone: at most one such job is queued or running at a time
    lane: with which other kinds it shares workers
    again: whether a job whose worker went is simply run again: what it does twice is as if
        done once
    tidy: removes what an attempt that was cut off left, given the parameters
    missing: tells what to start where nobody is there who could do it; None: somebody is
    """

    task: Task
    stages: tuple[tuple[str, float], ...] = ()
    alone: bool = False
    lane: str = TRACKS
    again: bool = False
    tidy: Callable[[Mapping[str, Any]], None] | None = None
    missing: Callable[[], str | None] | None = None


@dataclass(frozen=True)
class Ticket:
    """The id of a queued job on its way to a worker. Lost or doubled, it does no harm."""

    job_id: str
    kind: str
    lane: str


@dataclass(frozen=True)
class JobRules:
    """What holds for all jobs.

    lease_s: a worker that is not heard of for so long has lost its job
    resend_after_s: a job that waits is sent again after so long
    most_deaths: so many workers may go over one job before it fails
    most_queued: so many jobs may wait
    nobody_s: where nobody who could do a job is seen for so long, those that wait fail
    kept_days: finished jobs, their events and logs are kept for so long
    """

    lease_s: float = 20.0
    resend_after_s: float = 10.0
    most_deaths: int = 3
    most_queued: int = 10_000
    nobody_s: float = 300.0
    kept_days: float = 30.0

    @property
    def beat_s(self) -> float:
        """How often a worker says that it lives, and looks after those that don't."""
        return self.lease_s / 4
