"""The command that exports rendered tracks."""

import argparse
from pathlib import Path

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError
from src.storage.atomic import replacing


def export(call: Call) -> Result:
    """Make stems, notes and projects of a rendered track."""
    service, options = call.services.exports, call.options
    track_id = options.track or service.newest()
    formats = None if options.formats is None else _names(options.formats)
    if options.delete:
        gone = service.delete(track_id, formats)
        text = f"{len(gone.files)} files deleted, {gone.bytes / 1e6:.1f} MB free"
        return Result(gone.model_dump(), text)
    made = service.export(track_id, formats, call.progress)
    folder = service.folder(track_id)
    answer = {**made.model_dump(), "folder": str(folder)}
    lines = [f"{file.bytes:>12,}  {file.name}" for file in made.files]
    if options.zip is not None:
        target = _zipped(call, track_id, Path(options.zip))
        answer["zip"] = str(target)
        lines.append(f"{target.stat().st_size:>12,}  {target}")
    return Result(answer, "\n".join([*lines, str(folder)]))


def exports(call: Call) -> Result:
    """List the tracks that have exports, and what those take on the disk."""
    from src.db.crud import Window

    use = call.services.exports.everything(Window(call.options.limit, 0))
    lines = [f"{one.track_id}  {one.bytes:>13,}  {one.prompt}" for one in use.items]
    limit = "" if use.limit_bytes is None else f" of {use.limit_bytes / 1e6:,.0f}"
    lines.append(f"{use.used_bytes / 1e6:,.1f}{limit} MB in exports of {use.total} tracks")
    return Result(use.model_dump(mode="json"), "\n".join(lines))


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the options of ``export``."""
    made.add_argument("track", nargs="?", metavar="TRACK_ID", help="default: the newest")
    made.add_argument(
        "--formats",
        metavar="NAMES",
        help="such as stems,midi,dawproject; default: all of them",
    )
    made.add_argument("--delete", action="store_true", help="remove them instead")
    made.add_argument("--zip", metavar="FILE.zip", help="put all that was exported into one file")


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise InvalidInputError(f"formats must be named, with commas between them, got {text!r}")
    return names


def _zipped(call: Call, track_id: str, target: Path) -> Path:
    if target.is_dir():
        raise InvalidInputError(f"--zip must name a file, got the folder {str(target)!r}")
    with replacing(target) as temporary, temporary.open("wb") as file:
        for chunk in call.services.exports.zip(track_id, "all.zip").pieces:
            file.write(chunk)
    return target
