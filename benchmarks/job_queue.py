"""How long it takes to submit, list and look at jobs while thousands wait.

    python -m benchmarks.job_queue [--jobs 5000] [--database-url URL] [--json FILE]

The engine runs as a process of its own on loopback; its renderer waits until it is cancelled,
so that every further job stays in the queue. One client asks over HTTP, a connection for each
request, as the studio does.
"""

import argparse
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import uvicorn

from benchmarks import report
from benchmarks.job_server import JobServer
from src.core.config import Settings
from src.core.progress import Progress
from src.main import create_app
from src.wiring import Services

ASKED = 300
"""How often each question is asked once the queue is full."""

PLAN = {"bpm": 120, "structure": [{"bars": 2, "stem_queries": [{"category": "kick"}]}]}


class WaitingRenderer:
    """Renders nothing until it is told to stop."""

    def render_track(self, *_: object, progress: Progress, **__: object) -> Any:
        """Wait for the end."""
        while True:
            progress("waiting", 0, 0)
            time.sleep(0.5)

    def finish_track(self, track_id: str) -> None:
        """Nothing was begun."""


class WaitingServices(Services):
    """The engine, but for its renderer."""

    @cached_property
    def renderer(self) -> Any:
        """One that waits."""
        return WaitingRenderer()


def serve(port: int) -> None:
    """The engine of this benchmark."""
    app = create_app(Settings(), build=lambda settings: WaitingServices(settings or Settings()))
    uvicorn.run(app, port=port, log_level="warning")


def measure(server: JobServer, jobs: int) -> dict[str, list[float]]:
    """Milliseconds of each question."""
    submit = [_took(lambda: _submit(server)) for _ in range(jobs)]
    waiting = server.get("/api/v1/jobs?status=queued&limit=1")["items"][0]["id"]
    cursor = server.get("/api/v1/jobs?limit=50")["next_cursor"]
    found = {
        "submit, the last 500": submit[-500:],
        "submit, all": submit,
        "list the newest 50": _requested(server, "/api/v1/jobs?limit=50"),
        "list 50 that wait": _requested(server, "/api/v1/jobs?status=queued&limit=50"),
        "list the next 50 by cursor": _requested(server, f"/api/v1/jobs?limit=50&cursor={cursor}"),
        "one job, with its place": _requested(server, f"/api/v1/jobs/{waiting}"),
    }
    busy = threading.Event()
    beside = threading.Thread(target=_list_until, args=(server, busy))
    beside.start()
    found["submit while another lists"] = [_took(lambda: _submit(server)) for _ in range(ASKED)]
    busy.set()
    beside.join()
    return found


def _submit(server: JobServer) -> None:
    status, answer = server.post("/api/v1/tracks", {"plan": PLAN})
    if status != 202:
        raise RuntimeError(f"{status} {answer}")


def _requested(server: JobServer, path: str) -> list[float]:
    return [_took(lambda: server.get(path)) for _ in range(ASKED)]


def _list_until(server: JobServer, done: threading.Event) -> None:
    while not done.is_set():
        server.get("/api/v1/jobs?limit=50")


def _took(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - started)


def main() -> int:
    """The command line."""
    parser = report.parser(__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--jobs", type=int, default=5000)
    parser.add_argument("--database-url", help="an empty PostgreSQL database; None: SQLite")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        serve(options.serve)
        return 0
    more = {} if options.database_url is None else {"DATABASE_URL": options.database_url}
    with tempfile.TemporaryDirectory(prefix="queue-") as home:
        server = JobServer(Path(home), more, ("-m", "benchmarks.job_queue", "--serve"))
        try:
            server.start()
            found = measure(server, options.jobs)
        finally:
            server.clear()
    figures = {
        name: {"median_ms": statistics.median(took), "p95_ms": statistics.quantiles(took, n=20)[18]}
        for name, took in found.items()
    }
    rows = [(name, one["median_ms"], one["p95_ms"]) for name, one in figures.items()]
    report.print_table((f"{options.jobs} jobs wait", "median, ms", "p95, ms"), rows)
    report.save({"jobs": options.jobs, "asked": figures}, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
