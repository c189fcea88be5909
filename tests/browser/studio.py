"""The engine and the studio as a user starts them: two processes on ports of their own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.patience import until

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required", "--mute-audio",
)  # fmt: skip


@dataclass(frozen=True)
class Studio:
    """A running pair. home: the engine's; engine: its process"""

    url: str
    api_url: str
    home: Path
    engine: "subprocess.Popen[bytes]"


def chromium() -> str | None:
    """Debian's Chromium, where it is installed."""
    return shutil.which("chromium")


@contextmanager
def running_studio(home: Path, *, more: Mapping[str, str] | None = None) -> Iterator[Studio]:
    """Start both on a home, wait until both answer, and stop both at the end.

    more: further settings of the studio's environment
    """
    api_port, port = free_port(), free_port()
    api_url, url = f"http://127.0.0.1:{api_port}", f"http://127.0.0.1:{port}"
    python = sys.executable
    quiet = {name: value for name, value in os.environ.items() if name not in ("API_KEY",)}
    engine_env = {**quiet, "TRAUM_HOME": str(home), "LOG_LEVEL": "INFO"}
    studio_env = {**quiet, "BACKEND_URL": api_url, **(more or {})}
    with ExitStack() as stack:
        engine = stack.enter_context(
            _process(
                [python, "-m", "src.cli", "serve", "--port", str(api_port)],
                engine_env, home / "engine.log",
            )
        )  # fmt: skip
        stack.enter_context(
            _process(
                [python, "-m", "src.ui.serve", "--port", str(port)], studio_env, home / "studio.log"
            )
        )
        _wait_for(f"{api_url}/readyz", home / "engine.log")
        _wait_for(f"{url}/_stcore/health", home / "studio.log")
        yield Studio(url, api_url, home, engine)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def _process(
    command: list[str], environment: Mapping[str, str], log: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    with log.open("wb") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=dict(environment), stdout=file, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(url: str, log: Path) -> None:
    def answers() -> bool:
        try:
            return httpx.get(url, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    try:
        until(answers, url)
    except AssertionError as error:
        raise AssertionError(f"{error}: {log.read_text()[-2000:]}") from error
