"""Jobs in numbers, for who watches over many machines."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from src.db.database import Database
from src.db.rows import jobs as rows
from src.db.rows.clock import Clock, database_time

LATELY = timedelta(hours=1)
"""Durations are those of the jobs that ended within this time, at most ``_MOST`` of them."""

_MOST = 5_000


@dataclass(frozen=True)
class JobFigures:
    """How the jobs are doing.

    counts: (kind, state) -> how many are kept
    waits_s: kind -> age of the oldest that waits, in seconds
    took_s: kind -> seconds from start to end of those that succeeded lately
    """

    counts: Mapping[tuple[str, str], int]
    waits_s: Mapping[str, float]
    took_s: Mapping[str, Sequence[float]]


def job_figures(database: Database, clock: Clock = database_time) -> JobFigures:
    """Count jobs, and measure how long they wait and take."""
    with database.transaction() as session:
        moment = clock(session)
        counts = rows.job_counts(session)
        waits = rows.longest_waits(session)
        finished = rows.finished_since(session, moment - LATELY, _MOST)
    took: dict[str, list[float]] = defaultdict(list)
    for one in finished:
        took[one.kind].append((one.finished_at - one.started_at).total_seconds())
    return JobFigures(
        counts, {kind: (moment - since).total_seconds() for kind, since in waits}, took
    )
