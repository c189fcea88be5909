"""The words of the command line."""

import argparse
from collections.abc import Callable
from typing import NoReturn

from src import __version__
from src.cli import (
    access,
    agents,
    backups,
    dataset,
    exports,
    finding,
    generation,
    library,
    matches,
    models,
    revisions,
    system,
    tracks,
)
from src.cli.call import Call, Result
from src.cli.filters import add_filters
from src.core.errors import InvalidInputError
from src.music.theory.mastering_presets import PRESETS

Command = Callable[[Call], Result]

_FILL_LIBRARY = ("preprocess", "demo", "serve", "restore")
"""Commands to which ``--library`` names a home, even one that is not there yet."""


_TAKE_LONG = (
    "reanalyse", "notes", "reembed", "revise", "export", "dataset", "move-database", "dream",
    "gpu-worker",
)  # fmt: skip


class UsageError(InvalidInputError):
    """Words that are no command. usage: how they should have been"""

    code = "usage"

    def __init__(self, message: str, *, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """Raises UsageError instead of ending the program."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, usage=self.format_usage())


def parser() -> argparse.ArgumentParser:
    """Build the parser of all commands with their options. It raises UsageError for what is
    none.
    """
    common = _Parser(add_help=False)
    common.add_argument("--json", action="store_true", help="print one JSON object")
    common.add_argument("--quiet", action="store_true", help="no progress, no log")
    common.add_argument("--debug", action="store_true", help="log everything, show tracebacks")
    common.add_argument(
        "--library",
        metavar="DIR",
        help="a library's home (with raw_construction_kits/ and processed_database/), "
        "or any folder of sounds, which is analysed first and left as it is",
    )
    made = _Parser(
        prog="python -m src.cli", description="From a folder of stems and a sentence to a track."
    )
    made.add_argument("--version", action="version", version=__version__)
    commands = made.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        one = commands.add_parser(name, parents=[common], help=text, description=text)
        fills = name in _FILL_LIBRARY
        takes_long = fills or name in _TAKE_LONG
        one.set_defaults(command=name, run=run, fills_library=fills, takes_long=takes_long)
        return one

    _add_library_commands(command)
    _add_track_commands(command)
    _add_revision_commands(command)
    _add_system_commands(command)
    _add_generation_commands(command)
    return made


AddCommand = Callable[[str, Command, str], argparse.ArgumentParser]


def _add_library_commands(command: AddCommand) -> None:
    made = command("preprocess", library.preprocess, "analyse a folder of kits into the library")
    made.add_argument("folder", nargs="?", metavar="DIR", help="default: the kits folder")
    made = command("reanalyse", library.reanalyse, "hear stems again: some, or all")
    made.add_argument("ids", nargs="*", metavar="ID")
    made.add_argument("--all", action="store_true")
    add_filters(made)
    command("notes", library.notes, "hear the notes of melodic loops")
    command("reembed", library.reembed, "make the wanted embedder's vectors, then search by it")
    made = command("search", finding.search, "find stems by meaning, by likeness, by company")
    finding.add_search_options(made)
    add_filters(made)
    made = command("collections", finding.collections, "favourites and named sets of stems")
    finding.add_collection_options(made)
    made = command("matches", matches.matches, "tell what goes with a stem")
    matches.add_options(made)
    add_filters(made)
    dataset.add_options(command("dataset", dataset.dataset, "make training data of songs"))
    made = command("quarantine", library.quarantine, "list refused files, or retry one")
    made.add_argument("--retry", metavar="ID")


def _add_system_commands(command: AddCommand) -> None:
    models.add_options(command("models", models.models, "list, verify, pull or export CLAP"))
    command("doctor", system.doctor, "check that everything needed is there")
    access.add_key_options(command("keys", access.keys, "keys of the API: make, list, revoke"))
    access.add_audit_options(command("audit", access.audit, "tell who changed what"))
    system.add_cache_options(command("cache", system.cache, "what renders keep for later ones"))
    _add_safety_commands(command)
    agents.add_options(command("mcp", agents.mcp, "serve the library's tools to agents"))
    system.add_serve_options(command("serve", system.serve, "run the API"))


def _add_revision_commands(command: AddCommand) -> None:
    made = command("tracks", revisions.tracks, "list rendered tracks")
    made.add_argument("--limit", type=int, default=20)
    made = command("explain", revisions.explain, "tell why a track's stems were chosen")
    made.add_argument("track", metavar="TRACK_ID")
    made = command("suggest", revisions.suggest, "list stems that could play a part instead")
    made.add_argument("track", metavar="TRACK_ID")
    made.add_argument("voice", metavar="VOICE")
    made.add_argument("--limit", type=int, default=10)
    made = command("revise", revisions.revise, "change a track and render it anew")
    revisions.add_options(made)


def _add_safety_commands(command: AddCommand) -> None:
    backups.add_options(command("backup", backups.backup, "save the library"), saves=True)
    made = command("restore", backups.restore, "put a saved library in place")
    backups.add_options(made, saves=False)
    made = command(
        "move-database", backups.move_database, "copy the database to another one, and compare"
    )
    made.add_argument("to", metavar="URL", help="postgresql+psycopg://user:password@host/name")


def _add_generation_commands(command: AddCommand) -> None:
    made = command("dream", generation.dream, "make music of words with a model, on this machine")
    generation.add_options(made)
    command("gpu-worker", generation.gpu_worker, "make the music that the API is asked for")


def _add_track_commands(command: AddCommand) -> None:
    made = command("plan", tracks.plan, "plan a track without rendering it")
    made.add_argument("text", metavar="TEXT")
    made.add_argument("--seed", type=int, default=0)
    for name, run, text in (
        ("generate", tracks.generate, "render a track from a sentence"),
        ("render", tracks.render, "render a plan (JSON, as 'plan --json' prints it)"),
    ):
        made = command(name, run, text)
        if name == "generate":
            made.add_argument("text", metavar="TEXT")
        else:
            made.add_argument("plan", metavar="PLAN.json")
        made.add_argument("--seed", type=int, default=0)
        made.add_argument("--out", metavar="FILE.wav")
        made.add_argument(
            "--palette", action="append", metavar="ID|KIT", default=[],
            help="only stems of this collection or kit may play; may be given several times",
        )  # fmt: skip
        made.add_argument("--mastering", choices=tuple(PRESETS), help="where it will be heard")
    made = command("export", exports.export, "make stems, notes and projects of a rendered track")
    exports.add_options(made)
    made = command("exports", exports.exports, "list exports, and what they take on the disk")
    made.add_argument("--limit", type=int, default=50)
    command("demo", tracks.demo, "build demo kits, analyse them, render a track")
