"""The command line: ``python -m src.cli COMMAND``. Needs no server.

Answers go to standard output (``--json``: one JSON object), everything else to standard
error. The exit code is 0 only on success: 1 an error the user can mend, 2 wrong usage,
70 a defect of ours, 130 cancelled, 141 nobody reads the answer.
"""

import argparse
import hashlib
import io
import json
import logging
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from tqdm import tqdm

from src import __version__
from src.core.config import Settings
from src.core.errors import InvalidInputError, NotFoundError, TraumError
from src.core.logs import print_answer, set_up_logging
from src.core.progress import JobCancelled
from src.wiring import Services, build_services

if TYPE_CHECKING:
    from src.music.plan import ArrangementPlan

DEMO_PROMPT = "driving industrial techno 138 bpm"
log = logging.getLogger(__name__)


class ProgressBar:
    """Progress on standard error: a bar on a terminal, a line per stage elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.stage = ""
        self.bar: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.quiet:
            return
        if stage != self.stage:
            self.close()
            self.stage = stage
            if sys.stderr.isatty():
                self.bar = tqdm(desc=stage, total=total or None, leave=False)
            else:
                print(f"{stage} ...", file=sys.stderr)
        if self.bar is not None:
            self.bar.total = total or None
            self.bar.update(done - self.bar.n)

    def close(self) -> None:
        """End the present bar."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


@dataclass(frozen=True)
class Call:
    """What a command gets."""

    services: Services
    options: argparse.Namespace
    progress: ProgressBar


@dataclass(frozen=True)
class Result:
    """What a command answers: for ``--json``, for people, and the exit code."""

    answer: dict[str, Any]
    text: str
    code: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    progress = ProgressBar(quiet=options.quiet or options.json)
    try:
        services = build_services(_settings(options))
        set_up_logging(_log_level(options, services.settings))
        try:
            result = options.run(Call(services, options, progress))
        finally:
            progress.close()
            services.close()
    except (TraumError, ValidationError) as error:
        return _complain(error, as_json=options.json)
    except OSError as error:
        place = f": {error.filename}" if error.filename else ""
        problem = TraumError(f"{error.strerror or error}{place}", code="disk")
        return _complain(problem, as_json=options.json)
    except (KeyboardInterrupt, JobCancelled):
        print("cancelled", file=sys.stderr)
        return 130
    except Exception as error:
        if options.debug:
            raise
        log.error("unexpected %s: %s", error.__class__.__name__, error)
        print("This is a defect of ours; --debug shows where.", file=sys.stderr)
        return 70
    as_json = json.dumps(result.answer, ensure_ascii=False, indent=2)
    read = print_answer(as_json if options.json else result.text)
    return int(result.code) if read else 141


def _log_level(options: argparse.Namespace, settings: Settings) -> str:
    """Only the long tasks tell what they do; the others just answer."""
    if options.debug:
        return "DEBUG"
    if options.quiet or options.json:
        return "ERROR"
    return settings.log_level if options.fills_library else "WARNING"


def _complain(error: TraumError | ValidationError, *, as_json: bool) -> int:
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        message = f"setting {'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
        error = InvalidInputError(f"{message}, got {found.get('input')!r}")
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message}}))
    print(f"error: {error.message}", file=sys.stderr)
    return 1


# --- which library -------------------------------------------------------------------------


def _settings(options: argparse.Namespace) -> Settings:
    settings = Settings()
    if options.library is None:
        return settings
    folder = Path(options.library)
    if (folder / "stems.db").is_file():
        return settings.model_copy(update={"processed_dir": folder.resolve(), "database_url": None})
    if _is_home(folder, settings) or options.fills_library:
        return settings.model_copy(update={"home": folder.resolve(), "database_url": None})
    if not folder.is_dir():
        raise NotFoundError(f"--library must be a folder, got {options.library!r}")
    return _library_of_folder(folder.resolve(), settings)


def _is_home(folder: Path, settings: Settings) -> bool:
    return any((folder / name).is_dir() for name in (settings.raw_dir, settings.processed_dir))


def _library_of_folder(folder: Path, settings: Settings) -> Settings:
    """A folder of sounds: its library lies below ours, the folder itself is only read."""
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    processed = settings.processed_path / "libraries" / f"{folder.name}-{digest}"
    return settings.model_copy(
        update={"raw_dir": folder, "processed_dir": processed.resolve(), "database_url": None}
    )


def _bring_up_to_date(call: Call) -> None:
    """Analyse the sounds of a library that was named explicitly."""
    if call.options.library is not None and call.services.settings.raw_path.is_dir():
        call.services.analyzer.run(progress=call.progress, keep_bad_files=True)


# --- commands ------------------------------------------------------------------------------


def _preprocess(call: Call) -> Result:
    folder = Path(call.options.folder) if call.options.folder else None
    if folder is not None and not folder.is_dir():
        raise NotFoundError(f"there is no folder {call.options.folder!r}")
    if folder is None:
        call.services.settings.raw_path.mkdir(parents=True, exist_ok=True)
    report = call.services.analyzer.run(folder, progress=call.progress).to_dict()
    names = ("found", "unchanged", "added", "duplicates", "moved", "quarantined", "missing")
    text = ", ".join(f"{report[name]} {name}" for name in names if name in report)
    return Result(report, f"{text}, in {report['seconds']:.1f} s")


def _search(call: Call) -> Result:
    from src.services.search import SearchQuery

    _bring_up_to_date(call)
    query = SearchQuery(
        prompt=call.options.text,
        limit=call.options.limit,
        category=call.options.category,
        bpm_min=call.options.bpm_min,
        bpm_max=call.options.bpm_max,
        key=call.options.key,
        is_loop=call.options.loop,
    )
    hits = call.services.search.search(query)
    rows = [
        {
            "id": hit.stem.id,
            "name": hit.stem.name,
            "path": str(call.services.settings.processed_path / hit.stem.path),
            "original_file": hit.stem.original_file,
            "category": hit.stem.category,
            "bpm": hit.stem.bpm,
            "key": hit.stem.key,
            "score": round(hit.score, 4),
            "reasons": list(hit.reasons),
        }
        for hit in hits
    ]
    lines = [
        f"{row['score']:.2f}  {row['category']:<10} {_number(row['bpm']):>6} {row['key'] or '-':<4}"
        f" {row['original_file']}"
        for row in rows
    ]
    text = "\n".join(lines) or "Nothing found. Is the library empty? Try: doctor"
    return Result({"prompt": call.options.text, "hits": rows}, text)


def _number(value: Any) -> str:
    return f"{value:g}" if value is not None else "-"


def _plan(call: Call) -> Result:
    from src.music.plan import plan_to_dict

    plan = plan_to_dict(
        call.services.arranger.generate_arrangement_plan(call.options.text, seed=call.options.seed)
    )
    lines = [f"{plan['genre']}, {plan['bpm']:g} bpm, {plan['key']}"]
    for section in plan["structure"]:
        roles = ", ".join(query["category"] for query in section["stem_queries"])
        lines.append(f"  {section['bars']:>3} bars  {section['section']:<12} {roles}")
    lines += [f"  note: {note}" for note in plan["notes"]]
    return Result(plan, "\n".join(lines))


def _generate(call: Call) -> Result:
    _bring_up_to_date(call)
    plan = call.services.arranger.generate_arrangement_plan(
        call.options.text, seed=call.options.seed
    )
    return _rendered(call, plan, seed=call.options.seed, out=call.options.out)


def _render(call: Call) -> Result:
    from src.music.plan import plan_from_dict

    try:
        data = json.loads(Path(call.options.plan).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"plan {call.options.plan!r} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise InvalidInputError(f"plan {call.options.plan!r} must hold a JSON object")
    _bring_up_to_date(call)
    return _rendered(call, plan_from_dict(data), seed=call.options.seed, out=call.options.out)


def _rendered(call: Call, plan: "ArrangementPlan", *, seed: int, out: str | None) -> Result:
    started = time.monotonic()
    track = call.services.renderer.render_track(
        plan, seed=seed, out=Path(out) if out else None, progress=call.progress
    )
    answer = track.to_dict()
    lines = [f"warning: {warning}" for warning in answer["warnings"]]
    seconds = time.monotonic() - started
    lines.append(
        f"{answer['duration_s']:.0f} s of music at {answer['loudness_lufs']:.1f} LUFS,"
        f" true peak {answer['true_peak_dbtp']:.1f} dBTP, rendered in {seconds:.1f} s"
    )
    lines.append(answer["track_path"])
    return Result(answer, "\n".join(lines))


def _demo(call: Call) -> Result:
    from src.services.demo import write_demo_kits

    raw = call.services.settings.raw_path
    stems = write_demo_kits(raw, progress=call.progress)
    kits = sorted({stem.relative_to(raw).parts[0] for stem in stems})
    report = call.services.analyzer.run(progress=call.progress)
    plan = call.services.arranger.generate_arrangement_plan(DEMO_PROMPT, seed=1)
    track = _rendered(call, plan, seed=1, out=None)
    answer = {"kits": kits, "import": report.to_dict(), **track.answer}
    return Result(
        answer, f'{len(kits)} kits with {len(stems)} stems, prompt "{DEMO_PROMPT}"\n{track.text}'
    )


def _quarantine(call: Call) -> Result:
    from src.services.quarantine import QuarantineService

    service = QuarantineService(call.services.database, call.services.settings)
    if call.options.retry:
        service.retry(call.options.retry)
        report = call.services.analyzer.run(progress=call.progress)
        return Result(report.to_dict(), f"{report.added} added, {report.quarantined} refused again")
    rows = [item.to_dict() for item in service.list_files()]
    lines = [f"{row['id']}  {row['reason']:<16} {row['original_path']!r}" for row in rows]
    return Result({"quarantine": rows}, "\n".join(lines) or "The quarantine is empty.")


def _doctor(call: Call) -> Result:
    from src.services.doctor import examine

    checks = examine(call.services.settings)
    healthy = all(check.state != "fail" for check in checks)
    text = "\n".join(f"{check.state:<5} {check.name:<18} {check.detail}" for check in checks)
    answer = {"ok": healthy, "version": __version__, "checks": [c.to_dict() for c in checks]}
    return Result(answer, text, 0 if healthy else 1)


def _serve(call: Call) -> Result:
    import uvicorn

    from src.main import check_serving, create_app

    settings = call.services.settings
    host = call.options.host or settings.host
    port = settings.port if call.options.port is None else call.options.port
    check_serving(settings, host, port)
    uvicorn.run(create_app(settings), host=host, port=port, log_level=settings.log_level.lower())
    return Result({"served": f"http://{host}:{port}"}, "")


# --- words of the command line -------------------------------------------------------------

Command = Callable[[Call], Result]


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON object")
    common.add_argument("--quiet", action="store_true", help="no progress, no log")
    common.add_argument("--debug", action="store_true", help="log everything, show tracebacks")
    common.add_argument(
        "--library",
        metavar="DIR",
        help="a library's home (with raw_construction_kits/ and processed_database/), "
        "or any folder of sounds, which is analysed first and left as it is",
    )
    parser = argparse.ArgumentParser(
        prog="python -m src.cli", description="From a folder of stems and a sentence to a track."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[common], help=text, description=text)
        made.set_defaults(run=run, fills_library=name in ("preprocess", "demo", "serve"))
        return made

    _add_commands(command)
    return parser


def _add_commands(command: Callable[[str, Command, str], argparse.ArgumentParser]) -> None:
    made = command("preprocess", _preprocess, "analyse a folder of kits into the library")
    made.add_argument("folder", nargs="?", metavar="DIR", help="default: the kits folder")
    made = command("search", _search, "find stems by meaning")
    made.add_argument("text", metavar="TEXT")
    made.add_argument("--limit", type=int, default=5)
    made.add_argument("--category")
    made.add_argument("--bpm-min", type=float)
    made.add_argument("--bpm-max", type=float)
    made.add_argument("--key")
    made.add_argument("--loop", action=argparse.BooleanOptionalAction, default=None)
    made = command("plan", _plan, "plan a track without rendering it")
    made.add_argument("text", metavar="TEXT")
    made.add_argument("--seed", type=int, default=0)
    for name, run, text in (
        ("generate", _generate, "render a track from a sentence"),
        ("render", _render, "render a plan (JSON, as 'plan --json' prints it)"),
    ):
        made = command(name, run, text)
        if name == "generate":
            made.add_argument("text", metavar="TEXT")
        else:
            made.add_argument("plan", metavar="PLAN.json")
        made.add_argument("--seed", type=int, default=0)
        made.add_argument("--out", metavar="FILE.wav")
    made = command("quarantine", _quarantine, "list refused files, or retry one")
    made.add_argument("--retry", metavar="ID")
    command("demo", _demo, "build demo kits, analyse them, render a track")
    command("doctor", _doctor, "check that everything needed is there")
    made = command("serve", _serve, "run the API")
    made.add_argument("--host")
    made.add_argument("--port", type=int)


if __name__ == "__main__":
    sys.exit(main())
