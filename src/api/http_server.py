"""How requests are read from the wire: no head without end, and nobody who waits for ever."""

import asyncio
import sys
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from src.api.problems import problem

CLOSE_WITHIN_S = 3
"""How long the end of the server waits for who follows a job or waits for a track: they come
back, and the jobs go on at the next start."""


@dataclass(frozen=True)
class WireLimits:
    """What a client may send before anybody looks at it.

    head_bytes, head_fields: of request line, headers and trailers together
    head_s: how long a connection may take to send a head whole
    body_bytes, body_s: so much of a body has to come in each such time
    """

    head_bytes: int = 65_536
    head_fields: int = 128
    head_s: float = 15.0
    body_bytes: int = 1024
    body_s: float = 30.0


class LimitedHttp(HttpToolsProtocol):
    """uvicorn's reader of requests, with limits of size and time. Refusals close the connection.

    431 answers a head that is too large, 408 what comes too slowly. What waits for us, because
    we have not read on or not asked for the body yet, is given all the time it needs.
    """

    limits: ClassVar[WireLimits] = WireLimits()

    _timer: asyncio.TimerHandle | None = None
    _reads_body = False
    _body_seen = 0
    _head_seen = 0
    _fields = 0
    _too_large = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and refuse a head that has grown too large without an end."""
        if self.transport.is_closing():
            return
        in_head = not self._reads_body
        super().data_received(data)
        if self.transport is None or self.transport.is_closing():
            return
        if in_head and not self._reads_body and self._timer is not None:
            self._head_seen += len(data)
            if self._head_seen > self.limits.head_bytes:
                self._too_large = True
                self.send_400_response("")
        if self._timer is None and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_head()  # such as empty lines between two requests

    def on_message_begin(self) -> None:
        """Begin to wait for the rest of a head."""
        super().on_message_begin()
        self._head_seen = self._fields = 0
        self._wait_for_head()

    def on_url(self, url: bytes) -> None:
        """Take a piece of the address. Raises ValueError for more than is allowed."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take one field of the head. Raises ValueError for one more than is allowed."""
        self._fields += 1
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Hand the request to the app, and begin to wait for its body."""
        self._stop_waiting()
        self._head_seen = 0
        self._reads_body, self._body_seen = True, 0
        super().on_headers_complete()
        self._timer = self.loop.call_later(self.limits.body_s, self._judge_body)

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._body_seen += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Stop waiting: everything is here."""
        self._reads_body = False
        self._stop_waiting()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, or too large a one."""
        if self._too_large:
            rule = f"{self.limits.head_bytes} bytes and {self.limits.head_fields} fields"
            self._refuse(431, "head_too_large", f"the head of a request may have {rule}")
        else:
            self._refuse(400, "bad_request", msg)

    def _count(self, size: int) -> None:
        self._head_seen += size
        limits = self.limits
        if self._fields > limits.head_fields or self._head_seen > limits.head_bytes:
            self._too_large = True
            raise ValueError("the head is too large")  # the parser stops here

    def _wait_for_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.limits.head_s, self._judge_head)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _judge_head(self) -> None:
        self._timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._wait_for_head()  # it is we who have not answered the one before
            return
        if not self._head_seen and not self._fields:
            self.transport.close()  # a connection that nobody uses: there is nothing to answer
            return
        detail = f"the head of a request must be here within {self.limits.head_s:g} s"
        self._refuse(408, "too_slow", detail)

    def _judge_body(self) -> None:
        self._timer = None
        waits_for_us = self.flow.read_paused or self.cycle.waiting_for_100_continue
        if waits_for_us or self._body_seen >= self.limits.body_bytes:
            self._body_seen = 0
            self._timer = self.loop.call_later(self.limits.body_s, self._judge_body)
            return
        least = f"{self.limits.body_bytes} bytes in {self.limits.body_s:g} s"
        self._refuse(408, "too_slow", f"of a body at least {least} must come")

    def _refuse(self, status: int, code: str, detail: str) -> None:
        self._stop_waiting()
        begun = self.cycle is not None and self.cycle.response_started
        if not (begun and not self.cycle.response_complete):  # else it would land in that answer
            self.transport.write(_raw_problem(status, code, detail))
        self.transport.close()


def _raw_problem(status: int, code: str, detail: str) -> bytes:
    answer = problem("", status, code, detail, headers={"connection": "close"})
    title = HTTPStatus(status).phrase
    lines = [f"HTTP/1.1 {status} {title}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])


def http_server(
    app: ASGIApp,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    log_level: str | None = None,
    http: type[LimitedHttp] = LimitedHttp,
) -> uvicorn.Server:
    """Make the server of the API. port: 0 takes a free one; log_level: None leaves logging alone"""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=http,
        ws="none",
        timeout_graceful_shutdown=CLOSE_WITHIN_S,
        log_level=log_level,
        log_config=None if log_level is None else uvicorn.config.LOGGING_CONFIG,
    )
    return uvicorn.Server(config)


def run_server(server: uvicorn.Server) -> None:
    """Serve until a signal ends it. Raises SystemExit where it could not start."""
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(1)
