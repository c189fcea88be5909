"""A PostgreSQL server for a test run, where its programs are installed."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.patience import PATIENCE_S

HOW_TO_GET = (
    "no PostgreSQL here: install it (apt-get install postgresql), or set TEST_POSTGRES_URL to a"
    " server whose user may create databases (postgresql+psycopg://user:password@host/postgres)"
)


class NoServerError(Exception):
    """There is no server to test with."""


@contextmanager
def postgres_url() -> Iterator[str]:
    """The URL of a server: the one that is named in the environment, or one of our own.

    Raises NoServerError where there is neither.
    """
    if named := os.environ.get("TEST_POSTGRES_URL"):
        yield named
        return
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    try:
        user = _unprivileged()
        if user is not None:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        yield from _served(programs, folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _served(programs: Path, folder: Path, user: str | None) -> Iterator[str]:
    data = folder / "data"
    init = [programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "-N"]
    subprocess.run(init, user=user, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    serve = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-F"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(serve, user=user, cwd=folder, stderr=log, stdout=log)
    try:
        _until_ready(programs, folder, server)
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)  # the quick way: no waiting for clients
        server.wait(PATIENCE_S)


def _until_ready(programs: Path, folder: Path, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    asking = [programs / "pg_isready", "-q", "-h", folder]
    while subprocess.run(asking, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise NoServerError((folder / "log").read_text(errors="replace"))
        time.sleep(0.05)


def _programs() -> Path:
    """The folder with initdb and postgres."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file():
            return folder
    raise NoServerError(HOW_TO_GET)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: somebody else, or None when we are not root."""
    if os.getuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return name
    raise NoServerError("PostgreSQL does not run as root, and there is no other user")
