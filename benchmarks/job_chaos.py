"""Kills the engine at random moments while it works on jobs, and counts what came of them.

    python -m benchmarks.job_chaos [--jobs 200] [--kills 50] [--cancels 100] [--json FILE]

Renders, exports, imports and re-analyses of a small library are asked for over HTTP, each under an
Idempotency-Key, while the engine's process is killed (SIGKILL) again and again and started anew.
It must show: each request is one job that ends once; each render one track, whole, with row,
sound and description; no half file, no file without a row, no process left over. Then jobs
are cancelled at random moments: in effect within two seconds, nothing half written.
"""

import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import report
from benchmarks.job_checks import faults_of
from benchmarks.job_server import Gone, JobServer
from src.core.config import Settings
from src.demo.kits import write_demo_kits
from src.wiring import build_services

LEASE_S = 3.0
CANCEL_WITHIN_S = 2.0
_ENDED = ("succeeded", "failed", "cancelled")
_PATIENCE_S = 900.0
_ORPHANS_END_S = 10.0


@dataclass
class Tally:
    """What happened. faults: in words, empty when all is well; ends: states of the jobs"""

    kills: int = 0
    jobs: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    attempts: dict[int, int] = field(default_factory=dict)
    taken_up_s: list[float] = field(default_factory=list)
    cancels: int = 0
    cancel_s: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def make_library(home: Path) -> None:
    """A small library with one track, by the engine itself."""
    settings = Settings(TRAUM_HOME=home)
    write_demo_kits(settings.raw_path)
    services = build_services(settings)
    services.analyzer.run()
    services.close()


def settings_of(home: Path) -> Settings:
    """Settings of the library under trial."""
    return Settings(TRAUM_HOME=home)


class Chaos:
    """One engine, the requests made of it, and the hand that kills it."""

    def __init__(self, home: Path, *, seed: int, lease_s: float = LEASE_S) -> None:
        self.home = home
        self.rng = random.Random(seed)
        settings = {"JOB_LEASE_S": str(lease_s), "WORKERS": "1", "RENDER_CACHE_MB": "0"}
        self.server = JobServer(home, settings)
        self.tally = Tally()
        self.ids: list[str] = []
        self.track_id = ""
        self._sounds = sorted(settings_of(home).raw_path.rglob("*.wav"))

    def begin(self) -> None:
        """Start the engine and render the track that exports are made of."""
        self.server.start()
        job_id = self._asked_for("/api/v1/tracks", self._render(bars=2))
        self.track_id = self._end(job_id)["result"]["track_id"]

    def submit(self) -> None:
        """Ask for one job, again and again until it is taken or one like it is open."""
        path, body = self._request()
        if path == "/preprocess":
            self._drop_a_sound()
        self._asked_for(path, body)

    def wait_for_all(self) -> None:
        """Wait until every job has ended."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._open():
            if time.monotonic() > deadline:
                self.tally.faults.append(f"{self._open()} jobs never ended")
                return
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill the engine, start it anew, and see how long what it did lies untouched."""
        try:
            running = self._running()
        except Gone:
            running = {}
        self.server.kill()
        self.tally.kills += 1
        self.server.start()
        started = time.monotonic()
        while running and time.monotonic() - started < 10.0:
            for job_id, attempt in list(running.items()):
                job = self.server.get(f"/api/v1/jobs/{job_id}")
                if job["attempt"] > attempt or job["status"] in _ENDED:
                    self.tally.taken_up_s.append(time.monotonic() - started)
                    del running[job_id]
            time.sleep(0.05)
            if self.rng.random() < 0.02:  # the next death may come before
                return

    def cancel_one(self) -> None:
        """Ask for a long job and cancel it at a random moment."""
        path, body = self._long_request()
        status, job = self.server.post(path, body)
        if status != 202:
            self.tally.faults.append(f"POST {path}: {status} {job}")
            return
        time.sleep(self.rng.uniform(0.0, 2.0))
        requested = time.monotonic()
        status, _ = self.server.ask("POST", f"/api/v1/jobs/{job['id']}/cancel")
        ended = self._end(job["id"])
        if status == 200 and ended["status"] == "cancelled":
            self.tally.cancels += 1
            took = self.tally.cancel_s.setdefault(ended["kind"], [])
            took.append(round(time.monotonic() - requested, 3))
        self.ids.append(job["id"])

    def conclude(self) -> Tally:
        """Let one more import tidy up, stop the engine, and check what is there."""
        self._end(self._asked_for("/preprocess", None))
        self.server.stop()
        left = self.server.left_over(patience_s=_ORPHANS_END_S)
        if left:
            self.tally.faults.append(f"processes left over: {left}")
        found = faults_of(settings_of(self.home), self.ids)
        self.tally.faults += found.faults
        self.tally.ends, self.tally.attempts = dict(found.ends), dict(found.attempts)
        self.tally.jobs = len(self.ids)
        return self.tally

    def _request(self) -> tuple[str, Any]:
        kind = self.rng.choices(("render", "export", "preprocess", "reanalyse"), (6, 2, 1, 1))[0]
        if kind == "render":
            return "/api/v1/tracks", self._render(bars=2)
        if kind == "export":
            formats = self.rng.sample(["midi", "dawproject", "reaper", "stems", "flac"], 1)
            return f"/api/v1/tracks/{self.track_id}/exports", {"formats": formats}
        if kind == "preprocess":
            return "/preprocess", None
        return "/api/v1/stems/reanalyse", {"filter": {"category": "kick"}}

    def _long_request(self) -> tuple[str, Any]:
        kind = self.rng.choice(("render", "export", "reanalyse"))
        if kind == "render":
            return "/api/v1/tracks", self._render(bars=64)
        if kind == "export":
            # a format that was made once is not made again: each time of another track
            job = self._end(self._asked_for("/api/v1/tracks", self._render(bars=64)))
            formats = {"formats": ["stems", "mp3", "flac", "dawproject"]}
            return f"/api/v1/tracks/{job['result']['track_id']}/exports", formats
        return "/api/v1/stems/reanalyse", {"all": True}

    def _render(self, *, bars: int) -> dict[str, Any]:
        queries = [{"category": "kick"}, {"category": "bass"}]
        section = {"section": "Groove", "bars": bars, "stem_queries": queries}
        plan = {"bpm": 120, "key": "Am", "structure": [section]}
        return {"plan": plan, "seed": self.rng.randrange(2**31)}

    def _drop_a_sound(self) -> None:
        """A new file for the next import: a known sound, its last sample cut off."""
        source = self.rng.choice(self._sounds)
        data = source.read_bytes()
        name = f"new {self.rng.randrange(10**9)}.wav"
        (source.parent / name).write_bytes(data[: len(data) - 64 * self.rng.randrange(1, 40)])

    def _asked_for(self, path: str, body: Any) -> str:
        """The job of a request, sent until somebody answers it."""
        key = f"{self.rng.getrandbits(64):x}"
        while True:
            try:
                status, answer = self.server.post(path, body, once=key)
            except Gone:
                time.sleep(0.05)
                continue
            if status == 202:
                self.ids.append(answer["id"])
                return str(answer["id"])
            if answer.get("code") == "job_running":
                return str(answer["job_id"])
            raise RuntimeError(f"POST {path}: {status} {answer}")

    def _end(self, job_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE_S
        while time.monotonic() < deadline:
            job: dict[str, Any] = self.server.get(f"/api/v1/jobs/{job_id}")
            if job["status"] in _ENDED:
                return job
            time.sleep(0.01)
        raise RuntimeError(f"job {job_id} never ended")

    def _running(self) -> dict[str, int]:
        page = self.server.get("/api/v1/jobs?status=running&limit=100")
        return {job["id"]: job["attempt"] for job in page["items"]}

    def _open(self) -> int:
        total: int = self.server.get("/api/v1/jobs?status=queued&status=running&limit=1")["total"]
        return total


def kill_at_random(chaos: Chaos, *, jobs: int, kills: int) -> None:
    """Spread the requests over the kills, so that there is work under way at each."""
    for number in range(kills):
        for _ in range(jobs * (number + 1) // kills - jobs * number // kills):
            chaos.submit()
        time.sleep(chaos.rng.uniform(0.0, 2.5))
        chaos.kill()
        print(f"\r{number + 1} kills, {len(chaos.ids)} jobs", end="", file=sys.stderr)
    print(file=sys.stderr)
    chaos.wait_for_all()


def cancel_at_random(chaos: Chaos, cancels: int) -> None:
    """Cancel until so many jobs were cancelled while they were open."""
    for _ in range(4 * cancels):
        if chaos.tally.cancels >= cancels:
            return
        chaos.cancel_one()
        print(f"\r{chaos.tally.cancels} cancelled", end="", file=sys.stderr)
    chaos.tally.faults.append(f"only {chaos.tally.cancels} jobs were cancelled in time")


def trial(home: Path, *, jobs: int, kills: int, cancels: int, seed: int) -> Tally:
    """Kill, cancel, check. home: a library that :func:`make_library` made"""
    chaos = Chaos(home, seed=seed)
    try:
        chaos.begin()
        if kills:
            kill_at_random(chaos, jobs=jobs, kills=kills)
        if cancels:
            cancel_at_random(chaos, cancels)
        return chaos.conclude()
    finally:
        chaos.server.clear()


def main() -> int:
    """The command line."""
    parser = report.parser(__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--cancels", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--library", type=Path, help="a home to copy; None: the demo kits")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jobs-") as folder:
        home = Path(folder) / "home"
        if options.library is None:
            make_library(home)
        else:
            shutil.copytree(options.library, home)
        tally = trial(
            home, jobs=options.jobs, kills=options.kills, cancels=options.cancels,
            seed=options.seed,
        )  # fmt: skip
    show(tally)
    report.save(asdict(tally), options.json)
    return 1 if tally.faults else 0


def show(tally: Tally) -> None:
    """Print what happened."""
    rows: list[tuple[str, Any]] = [
        ("jobs", tally.jobs),
        ("kills", tally.kills),
        ("ends", dict(Counter(tally.ends))),
        ("attempts", dict(sorted(tally.attempts.items()))),
        ("taken up after a start, s (lease 3 s)", _most(tally.taken_up_s)),
        ("cancelled", tally.cancels),
        *(
            (f"cancel of {kind} in effect after at most, s (above 2 s)", _cancels(took))
            for kind, took in sorted(tally.cancel_s.items())
        ),
    ]
    report.print_table(("what", "figure"), rows)
    good = "each job ended once; nothing lost, doubled, half or left over"
    print("\n".join(tally.faults) or good)


def _cancels(took: list[float]) -> str:
    return f"{_most(took)} ({sum(one > CANCEL_WITHIN_S for one in took)} of {len(took)})"


def _most(seconds: list[float]) -> Any:
    return round(max(seconds), 2) if seconds else "none"


if __name__ == "__main__":
    sys.exit(main())
