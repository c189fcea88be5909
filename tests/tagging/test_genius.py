"""A server of our own answers as Genius may: well, badly, slowly."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from src.tagging.genius import Genius, Lyrics, Politeness, read_page

PAGE = """<html><head><script>var lyrics = "no";</script></head><body>
<div class="x"><div data-lyrics-container="true" class="Lyrics__Container">
<div data-exclude-from-selection="true">3 Contributors<div>A Lyrics</div></div>
[Verse 1]<br/>Paper <a href="/1"><span>boats</span></a> &amp; rain<br>Go down<br><br>
</div><aside>Buy now</aside><div data-lyrics-container="true">[Chorus]<br>Float
<button>Share</button></div></div></body></html>"""
TEXT = "[verse]\nPaper boats & rain\nGo down\n\n[chorus]\nFloat"


def hits(*songs: tuple[str, str, str]) -> str:
    listed = [
        {"result": {"title": title, "primary_artist": {"name": artist}, "path": path}}
        for title, artist, path in songs
    ]
    return json.dumps({"response": {"hits": listed}})


FOUND = hits(("Other", "Else", "/no"), ("Paper Boats", "The Rain", "/a-lyrics"))
Answer = tuple[int, dict[str, str], str]


class Server:
    """Answers requests one after the other by a list; the last answer stays."""

    def __init__(self) -> None:
        self.search: list[Answer] = [(200, {}, FOUND)]
        self.page: list[Answer] = [(200, {}, PAGE)]
        self.seen: list[str] = []
        self.tokens: list[str] = []
        self.hold = threading.Event()
        self.address = ""

    def answer(self, path: str) -> Answer:
        answers = self.search if path.startswith("/search") else self.page
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def serving(server: Server) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.seen.append(self.path)
            server.tokens.append(self.headers.get("Authorization", ""))
            code, headers, body = server.answer(self.path)
            if code == 0:
                server.hold.wait(20)
                return
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.address = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.hold.set()
        http.shutdown()
        thread.join()
        http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    with serving(one):
        yield one


class Time:
    """A clock that goes on by sleeping alone."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.slept: list[float] = []

    def sleep(self, pause_s: float) -> None:
        self.slept.append(pause_s)
        self.now_s += pause_s

    def __call__(self) -> float:
        return self.now_s


def client(server: Server, cache: Path | None = None, **rules: float) -> tuple[Genius, Time]:
    clock = Time()
    politeness = Politeness(**{"answer_s": 10.0, **rules})  # type: ignore[arg-type]
    return Genius(
        "secret", cache, politeness, server.address, server.address, clock.sleep, clock
    ), clock


def test_lyrics_are_found_by_title_and_artist_and_cleaned(server: Server) -> None:
    genius, _ = client(server)
    found = genius.find("Paper boats", "Rain")
    assert (found.state, found.text) == ("found", TEXT)
    assert server.seen == ["/search?q=Rain+Paper+boats", "/a-lyrics"]
    assert server.tokens == ["Bearer secret", ""]


def test_a_song_of_another_name_is_not_taken(server: Server) -> None:
    genius, _ = client(server)
    assert genius.find("Paper Planes", "The Rain").state == "not_found"
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    ("answers", "state", "requests"),
    [
        ([(404, {}, "gone")], "not_found", 2),
        ([(429, {"Retry-After": "7"}, "")], "rate_limited", 4),
        ([(500, {}, "oops")], "unavailable", 4),
        ([(200, {}, "")], "unreadable", 2),
        ([(200, {}, "<html>Just a moment... captcha</html>")], "blocked", 2),
        ([(403, {}, "captcha")], "blocked", 2),
        ([(200, {}, "<div data-lyrics-container='true'></div>")], "unreadable", 2),
        ([(200, {}, "<p>This song is an instrumental</p>")], "instrumental", 2),
        ([(500, {}, ""), (200, {}, PAGE)], "found", 3),
        ([(302, {"Location": "http://127.0.0.1:1/"}, "")], "unavailable", 2),
    ],
)
def test_bad_answers_are_states_and_never_texts(
    server: Server, answers: list[Answer], state: str, requests: int
) -> None:
    server.page = answers
    genius, _ = client(server)
    found = genius.find("Paper Boats", "The Rain")
    assert found.state == state
    assert found.text in ("", TEXT, "[instrumental]")
    assert len(server.seen) == requests


def test_a_search_that_gives_something_else_than_hits_is_told(server: Server) -> None:
    server.search = [(200, {}, "<html>")]
    genius, _ = client(server)
    assert genius.find("A").state == "unreadable"


def test_a_server_that_never_answers_is_left_after_the_limit(server: Server) -> None:
    server.page = [(0, {}, "")]
    genius, _ = client(server, answer_s=0.2, tries=2)
    assert genius.find("Paper Boats", "The Rain").state == "unavailable"


def test_an_endless_answer_is_cut(server: Server) -> None:
    server.page = [(200, {}, "x" * 10_000)]
    genius, _ = client(server, largest_bytes=1_000, tries=1)
    assert "1000 bytes" in genius.find("Paper Boats", "The Rain").reason


def test_requests_stand_apart_and_a_bidden_pause_is_kept(server: Server) -> None:
    server.page = [(429, {"Retry-After": "7"}, ""), (200, {}, PAGE)]
    genius, clock = client(server)
    assert genius.find("Paper Boats", "The Rain").state == "found"
    assert clock.slept == [1.0, 7.0]
    genius.find("Another")
    assert clock.slept == [1.0, 7.0, 1.0]


def test_what_was_found_is_not_asked_for_again_but_failures_are(
    server: Server, tmp_path: Path
) -> None:
    server.page = [(500, {}, ""), (200, {}, PAGE)]
    genius, _ = client(server, tmp_path, tries=1)
    assert genius.find("Paper Boats", "The Rain").state == "unavailable"
    first = genius.find("Paper Boats", "The Rain")
    asked = len(server.seen)
    assert genius.find("paper boats", "the rain") == first
    assert (first.text, len(server.seen)) == (TEXT, asked)


def test_a_broken_cache_is_no_answer(server: Server, tmp_path: Path) -> None:
    genius, _ = client(server, tmp_path)
    genius.find("Paper Boats", "The Rain")
    for path in tmp_path.iterdir():
        path.write_text("{", encoding="utf-8")
    assert genius.find("Paper Boats", "The Rain").state == "found"


def test_a_hit_may_not_lead_to_another_host(server: Server) -> None:
    server.search = [(200, {}, hits(("A", "B", "//elsewhere/x"), ("A", "B", "http://else/")))]
    genius, _ = client(server)
    assert genius.find("A", "B").state == "not_found"


def test_older_pages_are_read_too() -> None:
    page = "<div class='lyrics'><p>[Hook]<br>One<br>Two</p></div>"
    assert read_page(page, "x") == Lyrics("found", "[chorus]\nOne\nTwo", "x")
