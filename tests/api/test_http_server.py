"""What the server reads of a client before anybody has looked at it."""

import json
import socket
from collections.abc import Iterator

import pytest

from src.api.http_server import LimitedHttp, WireLimits
from tests.api.serving import Serving, connected
from tests.api.stand_ins import StandIns

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /api/v1/plans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


class Impatient(LimitedHttp):
    """Waits for nobody; what comes at once is taken whole."""

    limits = WireLimits(head_s=0.2, body_s=0.2)


@pytest.fixture
def port(services: StandIns) -> Iterator[int]:
    with Serving(services) as port:
        yield port


@pytest.fixture
def impatient(services: StandIns) -> Iterator[int]:
    with Serving(services, http=Impatient) as port:
        yield port


def until_hung_up(client: socket.socket) -> bytes:
    """All that the server sends before it closes the connection."""
    answer = b""
    try:
        while piece := client.recv(65536):
            answer += piece
    except ConnectionResetError:
        pass  # it closed with our bytes unread
    return answer


def refusal(answer: bytes) -> tuple[int, str]:
    """Status and code of a refusal."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    problem = json.loads(body)
    return int(head.split()[1]), str(problem["code"])


def test_heads_of_usual_size_are_answered_one_after_another(port: int) -> None:
    with connected(port) as client:
        for _ in range(3):
            client.sendall(HEAD + b"X-Note: " + b"n" * 20_000 + b"\r\n\r\n")
            assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"X-Note: " + b"n" * 70_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n",
        b"GET /healthz?" + b"n" * 70_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n"
        + b"".join(b"X-%d: 1\r\n" % number for number in range(200)) + b"\r\n",
    ],
    ids=["long", "many", "address", "trailers"],
)  # fmt: skip
def test_too_large_a_head_is_refused(port: int, head: bytes) -> None:
    with connected(port) as client:
        client.sendall(head)
        assert refusal(until_hung_up(client)) == (431, "head_too_large")


def test_a_head_without_end_is_not_read_on(port: int) -> None:
    sent = 0
    with connected(port) as client:
        client.sendall(HEAD + b"X-Note: ")
        try:
            for _ in range(2_000):
                sent += client.send(b"n" * 100_000)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert sent < 100_000_000


@pytest.mark.parametrize("begun", [b"", b"\r\n", b"GET", HEAD, HEAD + b"\r\n" + HEAD])
def test_half_a_head_does_not_keep_the_connection(impatient: int, begun: bytes) -> None:
    with connected(impatient) as client:
        client.sendall(begun)
        answer = until_hung_up(client)
    if begun.startswith(b"G"):
        assert b"too_slow" in answer


def test_half_a_body_does_not_keep_it_either(impatient: int) -> None:
    with connected(impatient) as client:
        client.sendall(POST + b"Content-Length: 1000\r\n\r\n{")
        assert refusal(until_hung_up(client)) == (408, "too_slow")


def test_what_waits_for_us_may_wait(services: StandIns, impatient: int) -> None:
    """A track takes longer than any body may; so does a request behind it."""
    services.gate.close()
    body = b'{"prompt": "techno"}'
    request = POST.replace(b"/api/v1/plans", b"/generate-track")
    with connected(impatient) as client:
        client.sendall(request + b"Content-Length: %d\r\n\r\n" % len(body) + body + HEAD)
        assert services.gate.reached.wait(30)
        with connected(impatient) as other:
            other.sendall(HEAD)
            until_hung_up(other)  # at least that long it has waited
        services.gate.open.set()
        assert client.recv(65536).startswith(b"HTTP/1.1 200 ")


def test_what_is_no_request_is_a_problem(port: int) -> None:
    with connected(port) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert refusal(until_hung_up(client)) == (400, "bad_request")
