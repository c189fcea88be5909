"""The engine as a process that benchmarks start, ask and kill. Loopback only."""

import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

START_WITHIN_S = 120.0
ANSWER_WITHIN_S = 60.0


class Gone(Exception):
    """The server did not answer, or broke off."""


class JobServer:
    """``python -m src.cli serve`` on a free port, in a session of its own.

    settings: environment variables, beside those that are there
    command: what is run instead, given the port at its end
    """

    def __init__(
        self, home: Path, settings: Mapping[str, str], command: tuple[str, ...] = ()
    ) -> None:
        self._environment = {
            **os.environ,
            "TRAUM_HOME": str(home),
            "PYTHONWARNINGS": "ignore",  # of semaphores that the killed left
            **settings,
        }
        self._command = command or ("-m", "src.cli", "serve", "--port")
        self.port = _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.sessions: list[int] = []

    def start(self) -> float:
        """Start it; the seconds until it answers."""
        begun = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, *self._command, str(self.port)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.sessions.append(self._process.pid)
        while time.monotonic() - begun < START_WITHIN_S:
            if self._process.poll() is not None:
                raise RuntimeError(f"the server ended with {self._process.returncode}")
            with suppress(Gone):
                if self.ask("GET", "/healthz")[0] == 200:
                    return time.monotonic() - begun
            time.sleep(0.02)
        raise RuntimeError("the server does not answer")

    def kill(self) -> None:
        """Kill its first process, and no other: its children have to see to themselves."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, Any]:
        """Status and JSON of an answer. Raises Gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_WITHIN_S)
        try:
            data = None if body is None else json.dumps(body)
            sent = {"content-type": "application/json", **(headers or {})}
            connection.request(method, path, data, sent)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Gone(str(error)) from error
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        """The JSON of a good answer. Raises Gone; RuntimeError for any other answer."""
        status, content = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status} {content}")
        return content

    def post(self, path: str, body: Any, *, once: str | None = None) -> tuple[int, Any]:
        """The answer to a request that wants a job. once: its Idempotency-Key"""
        key = secrets.token_hex(8) if once is None else once
        headers = {"Idempotency-Key": key, "Prefer": "respond-async"}
        return self.ask("POST", path, body, headers=headers)

    def left_over(self, *, patience_s: float) -> list[str]:
        """Processes that outlived by so much the servers that started them."""
        living = self._process.pid if self._process and self._process.poll() is None else None
        ours = set(self.sessions) - {living}
        deadline = time.monotonic() + patience_s
        while True:
            left = [pid for pid, session in _sessions() if session in ours]
            if not left or time.monotonic() > deadline:
                return [_told_of(pid) for pid in left]
            time.sleep(0.1)

    def clear(self) -> None:
        """End what is left of all that was started here."""
        for pid, session in _sessions():
            if session in self.sessions:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _sessions() -> list[tuple[int, int]]:
    """Process and session of all that live."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        with suppress(OSError, ValueError, IndexError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if fields[0] not in "ZX":
                found.append((int(entry.name), int(fields[3])))
    return found


def _told_of(pid: int) -> str:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
    except OSError:
        words = b""
    return f"{pid} {words.decode(errors='replace').strip()[:200]}"


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
