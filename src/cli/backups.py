"""Commands that save a library and put it back."""

import argparse
import sys
from pathlib import Path

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError, NotFoundError

PIPE = "-"


def backup(call: Call) -> Result:
    """Save the library as one file."""
    options, service = call.options, call.services.backup
    requested = {"tracks": not options.no_tracks, "models": options.models}
    if options.file == PIPE:
        _check_pipe(call, sys.stdout.isatty(), "backup - > FILE")
        report = service.write(sys.stdout.buffer, **requested, progress=call.progress)
        sys.stdout.buffer.flush()
    else:
        report = service.save(Path(options.file), **requested, progress=call.progress)
    text = f"{report.files} files, {report.size_bytes / 1e6:.1f} MB: {options.file}"
    if report.vanished:
        text += f"\n{len(report.vanished)} files were removed meanwhile and are not in it"
    if options.file == PIPE:
        print(text, file=sys.stderr)
        text = ""
    return Result(report.to_dict(), text)


def restore(call: Call) -> Result:
    """Put a saved library in place."""
    options, service = call.options, call.services.restore
    if options.file == PIPE:
        _check_pipe(call, sys.stdin.isatty(), "restore - < FILE")
        report = service.restore(sys.stdin.buffer, replace=options.replace, progress=call.progress)
    else:
        source = Path(options.file)
        if not source.is_file():
            raise NotFoundError(f"there is no backup {options.file!r}")
        with source.open("rb") as stream:
            report = service.restore(
                stream,
                replace=options.replace,
                size_bytes=source.stat().st_size,
                progress=call.progress,
            )
    lines = [
        f"{report.files} files, {report.size_bytes / 1e6:.1f} MB, saved {report.made_at}"
        f" by version {report.made_by}",
        *(f"what was there before: {folder}" for folder in report.set_aside),
    ]
    return Result(report.to_dict(), "\n".join(lines))


def move_database(call: Call) -> Result:
    """Copy the library's database to another one, such as from SQLite to PostgreSQL."""
    report = call.services.moving.move(call.options.to, progress=call.progress)
    rows = sum(report.tables.values())
    text = (
        f"{rows} rows copied to {report.to} and compared; the old database is as it was.\n"
        "Set DATABASE_URL to the new address and start the engine."
    )
    return Result(report.to_dict(), text)


def add_options(made: argparse.ArgumentParser, *, saves: bool) -> None:
    """Add the options of ``backup`` (saves) and ``restore``."""
    end = "standard output" if saves else "standard input"
    made.add_argument("file", metavar="FILE", help=f"a tar; - is {end}")
    if saves:
        made.add_argument("--no-tracks", action="store_true", help="leave rendered tracks out")
        made.add_argument("--models", action="store_true", help="take the models' files along")
    else:
        made.add_argument(
            "--replace", action="store_true", help="set a library that is there aside"
        )


def _check_pipe(call: Call, at_terminal: bool, usage: str) -> None:
    if at_terminal:
        raise InvalidInputError(f"a backup is no text: {usage}")
    if call.options.json and usage.startswith("backup"):
        raise InvalidInputError("--json and a backup can't share standard output: name a file")
