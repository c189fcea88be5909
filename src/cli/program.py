"""One run of the program: words in, answer and exit code out."""

import argparse
import io
import json
import logging
import sys
from collections.abc import Sequence
from typing import NoReturn

from pydantic import ValidationError

from src.cli.access import write_down
from src.cli.call import Call, ProgressBar
from src.cli.settings import settings_of
from src.cli.words import UsageError, parser
from src.core.config import Settings
from src.core.errors import InvalidInputError, TraumError
from src.core.logs import logging_put_back, print_answer, set_up_logging
from src.core.progress import JobCancelled
from src.wiring import build_services

log = logging.getLogger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. Raises SystemExit(2) for wrong usage."""
    with logging_put_back():
        return _run(sys.argv[1:] if arguments is None else arguments)


def _run(words: Sequence[str]) -> int:
    try:
        options = parser().parse_args(words)
    except UsageError as error:
        _refuse_usage(error, as_json="--json" in words)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    progress = ProgressBar(quiet=options.quiet or options.json)
    try:
        services = build_services(settings_of(options))
        set_up_logging(_log_level(options, services.settings), services.settings.log_format)
        try:
            call = Call(services, options, progress)
            result = options.run(call)
            write_down(call, options.command, words)
        finally:
            progress.close()
            services.close()
    except (TraumError, ValidationError) as error:
        return _complain(error, as_json=options.json)
    except OSError as error:
        position = f": {error.filename}" if error.filename else ""
        problem = TraumError(f"{error.strerror or error}{position}", code="disk")
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
    if not (options.json or result.text):
        return int(result.code)
    as_json = json.dumps(result.answer, ensure_ascii=False, indent=2)
    read = print_answer(as_json if options.json else result.text)
    return int(result.code) if read else 141


def _log_level(options: argparse.Namespace, settings: Settings) -> str:
    """Choose the log level: only the long tasks report what they do."""
    if options.debug:
        return "DEBUG"
    if options.quiet or options.json:
        return "ERROR"
    return settings.log_level if options.takes_long else "WARNING"


def _refuse_usage(error: UsageError, *, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message}}))
    print(f"{error.usage}error: {error.message}", file=sys.stderr)
    raise SystemExit(2)


def _complain(error: TraumError | ValidationError, *, as_json: bool) -> int:
    if isinstance(error, ValidationError):
        found = error.errors()[0]
        message = f"setting {'.'.join(str(part) for part in found['loc'])}: {found['msg']}"
        error = InvalidInputError(f"{message}, got {found.get('input')!r}")
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message}}))
    print(f"error: {error.message}", file=sys.stderr)
    return 1
