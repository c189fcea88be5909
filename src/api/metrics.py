"""Numbers for Prometheus: requests as this process answers them, and what the database counts.

The library that writes them down is imported when they are first asked for: who watches nothing
pays nothing.
"""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src import __version__
from src.services.jobs.figures import JobFigures
from src.services.jobs.workers import WorkerState

if TYPE_CHECKING:
    from prometheus_client import Metric

BUCKETS_S = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)
"""Upper ends of the histogram of how long requests take; above them all is one more."""

QUANTILES = (0.5, 0.95)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_UNKNOWN = "none"
"""Stands for all addresses that are none of ours, or anybody could make up series without end."""


@dataclass
class _Series:
    """Requests of one route, method and status. counts: by bucket, the last above all ends"""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS_S) + 1))
    total_s: float = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(BUCKETS_S, seconds)] += 1
        self.total_s += seconds


class RequestFigures:
    """Requests that were answered, by method, route and status."""

    def __init__(self) -> None:
        self._series: defaultdict[tuple[str, str, str], _Series] = defaultdict(_Series)

    def add(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._series[method, route, str(status)].add(seconds)

    def metrics(self) -> Iterator["Metric"]:
        """Write the histogram."""
        from prometheus_client.core import HistogramMetricFamily

        found = HistogramMetricFamily(
            "traum_request_duration_seconds",
            "Time from a request to the end of its answer",
            labels=("method", "route", "status"),
        )
        ends = [*(str(end) for end in BUCKETS_S), "+Inf"]
        for labels, series in sorted(self._series.items()):
            sums = list(zip(ends, accumulate(series.counts), strict=True))
            found.add_metric(labels, sums, series.total_s)
        yield found


def note_route(request: Request) -> None:
    """Leave the route of a request where :class:`RequestMeter` finds it."""
    request.state.route = getattr(request.scope.get("route"), "path", _UNKNOWN)


class RequestMeter:
    """Measures requests into the figures of the app. Streams count when they end."""

    def __init__(self, app: ASGIApp, *, figures: RequestFigures) -> None:
        self.app = app
        self._figures = figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            took_s = time.perf_counter() - started
            self._figures.add(scope["method"], state.get("route", _UNKNOWN), status, took_s)


@dataclass(frozen=True)
class EngineFigures:
    """What the database counts. library: name -> how many rows"""

    jobs: JobFigures
    workers: tuple[WorkerState, ...]
    library: Mapping[str, int]

    def metrics(self) -> Iterator["Metric"]:
        """Write gauges."""
        from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily

        yield InfoMetricFamily("traum_engine", "This engine", value={"version": __version__})
        counts = GaugeMetricFamily(
            "traum_jobs", "Jobs that are kept, by kind and state", labels=("kind", "state")
        )
        for labels, count in sorted(self.jobs.counts.items()):
            counts.add_metric(labels, count)
        yield counts
        waits = GaugeMetricFamily(
            "traum_queue_age_seconds", "How long the oldest job that waits does", labels=("kind",)
        )
        for kind, wait_s in sorted(self.jobs.waits_s.items()):
            waits.add_metric((kind,), wait_s)
        yield waits
        yield from self._durations()
        yield from self._workers()
        sizes = GaugeMetricFamily("traum_library_rows", "What the library holds", labels=("what",))
        for name, count in sorted(self.library.items()):
            sizes.add_metric((name,), count)
        yield sizes

    def _durations(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        took = GaugeMetricFamily(
            "traum_job_duration_seconds",
            "From start to end of jobs that succeeded within the last hour",
            labels=("kind", "quantile"),
        )
        ended = GaugeMetricFamily(
            "traum_jobs_lately", "Jobs that succeeded within the last hour", labels=("kind",)
        )
        for kind, seconds in sorted(self.jobs.took_s.items()):
            ordered = sorted(seconds)
            ended.add_metric((kind,), len(ordered))
            for share in QUANTILES:
                value = ordered[min(int(share * len(ordered)), len(ordered) - 1)]
                took.add_metric((kind, str(share)), value)
        yield took
        yield ended

    def _workers(self) -> Iterator["Metric"]:
        from prometheus_client.core import GaugeMetricFamily

        seen = GaugeMetricFamily(
            "traum_worker_seen_timestamp_seconds",
            "Last sign of life of a worker, in Unix time",
            labels=("worker", "host"),
        )
        alive = GaugeMetricFamily("traum_workers", "Workers", labels=("alive",))
        for one in self.workers:
            seen.add_metric((one.name, one.host), one.seen_at.timestamp())
        living = sum(one.alive for one in self.workers)
        alive.add_metric(("yes",), living)
        alive.add_metric(("no",), len(self.workers) - living)
        yield seen
        yield alive


def prometheus_text(*sources: RequestFigures | EngineFigures) -> bytes:
    """Write the figures in Prometheus' text format 0.0.4."""
    from prometheus_client import CollectorRegistry, generate_latest

    class Collected:
        def collect(self) -> Iterator["Metric"]:
            for source in sources:
                yield from source.metrics()

    registry = CollectorRegistry(auto_describe=False)
    registry.register(Collected())
    return generate_latest(registry)
