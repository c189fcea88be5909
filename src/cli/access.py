"""Keys of the API, and who changed what."""

import argparse
import shlex
from collections.abc import Sequence

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError

ACTIONS = ("create", "list", "revoke")
WHO = "command line"

_CHANGING = frozenset((
    "preprocess", "reanalyse", "reembed", "demo", "generate", "render", "revise", "export",
    "restore",
))  # fmt: skip
_CHANGING_OPTIONS = ("create", "add", "remove", "delete", "retry")


def add_key_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``keys``."""
    made.add_argument("action", choices=ACTIONS)
    made.add_argument("name", nargs="?", metavar="NAME")
    made.add_argument("--read-only", action="store_true", help="it may change nothing")


def add_audit_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``audit``."""
    made.add_argument("--limit", type=int, default=50)
    made.add_argument("--who", metavar="NAME", help="only what this key changed")


def keys(call: Call) -> Result:
    """Make, list or revoke keys of the API."""
    options, service = call.options, call.services.keys
    if options.action == "list":
        found = [one.model_dump(mode="json") for one in service.all()]
        lines = [
            f"{one['name']:<24} {'read-only' if one['read_only'] else 'full':<10}"
            f" used {_moment(one['last_used_at']):<17}"
            + (f" revoked {_moment(one['revoked_at'])}" if one["revoked_at"] else "")
            for one in found
        ]
        return Result({"keys": found}, "\n".join(lines) or "no keys yet: keys create NAME")
    if options.name is None:
        raise InvalidInputError(f"keys {options.action} takes the key's name")
    if options.action == "revoke":
        revoked = service.revoke(options.name)
        return Result(revoked.model_dump(mode="json"), f"{revoked.name} opens nothing any more")
    made = service.create(options.name, read_only=options.read_only)
    told = f"{made.key}\nIt is shown this once: only its digest is kept."
    return Result(made.model_dump(mode="json"), told)


def audit(call: Call) -> Result:
    """Tell who changed what, newest first."""
    from src.db.crud import Window

    page = call.services.audit.page(Window(call.options.limit, 0), who=call.options.who)
    lines = [
        f"{line.at:%Y-%m-%d %H:%M:%S}  {line.who:<16} {line.status or '-':>3}  {line.what}"
        f"  {line.request_id}".rstrip()
        for line in page.items
    ]
    return Result(page.model_dump(mode="json"), "\n".join(lines) or "nothing was changed yet")


def write_down(call: Call, command: str, words: Sequence[str]) -> None:
    """Leave a line of a command that changed something."""
    options = call.options
    asked = command in _CHANGING or any(getattr(options, one, None) for one in _CHANGING_OPTIONS)
    if command == "keys":
        asked = options.action != "list"
    if command == "cache" or not asked:
        return
    call.services.audit.write(WHO, shlex.join(words))


def _moment(text: str | None) -> str:
    return "never" if text is None else text[:16].replace("T", " ")
