"""Lyrics from Genius: its search, then the page of the song, asked for politely.

Off unless a token is given. Requests stand apart by a second, answers have a time and a size
limit, busy servers are asked again a few times, and what was found is kept in a folder.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Literal, get_args

import httpx
from rapidfuzz import fuzz

from src.storage.atomic import write_json
from src.storage.fingerprint import text_hash
from src.tagging.lyrics_text import INSTRUMENTAL, clean_lyrics
from src.tagging.whitelist import plain

LyricsState = Literal[
    "found", "instrumental", "not_found", "off", "rate_limited", "blocked", "unavailable",
    "unreadable",
]  # fmt: skip
"""How a search for lyrics ended. blocked: a captcha or a ban; unreadable: a page of no known
shape; off: nobody was asked."""

_LASTING: frozenset[LyricsState] = frozenset({"found", "instrumental", "not_found"})
_STATES: frozenset[str] = frozenset(get_args(LyricsState))
_ALIKE = 88.0
"""Likeness in percent that title and artist of a hit need."""

_BUSY = (429, 500, 502, 503, 504)
_WALLS = ("captcha", "cf-challenge", "challenge-platform", "are you a robot", "just a moment")
_VOID = frozenset({"br", "img", "hr", "input", "meta", "link", "source", "wbr"})
_SKIPPED = frozenset({"script", "style", "button", "aside"})


@dataclass(frozen=True)
class Lyrics:
    """What a search for lyrics gave.

    text: cleaned; "" in every state but "found" and "instrumental"
    source: "file", "embedded" or an address; reason: why there is no text, for people
    """

    state: LyricsState
    text: str = ""
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Politeness:
    """How a server is asked.

    between_s: from one request to the next; answer_s: for a whole answer
    tries: of one request; longest_wait_s: most that a server may bid one to wait
    """

    between_s: float = 1.0
    answer_s: float = 15.0
    tries: int = 3
    longest_wait_s: float = 30.0
    largest_bytes: int = 3 << 20


class _RefusedError(Exception):
    """A request ended without a page."""

    def __init__(self, state: LyricsState, reason: str) -> None:
        super().__init__(reason)
        self.state: LyricsState = state
        self.reason = reason


@dataclass
class Genius:
    """A client of Genius. An instance is used by one thread.

    token: of its API; cache: folder of what was found, None keeps nothing
    """

    token: str
    cache: Path | None = None
    politeness: Politeness = field(default_factory=Politeness)
    api_url: str = "https://api.genius.com"
    page_url: str = "https://genius.com"
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _free_at_s: float = 0.0

    def find(self, title: str, artist: str = "") -> Lyrics:
        """Search a song's lyrics. Failures of net and server are states of the answer."""
        kept = self._kept(title, artist)
        if kept is not None:
            return kept
        try:
            found = self._ask(title, artist)
        except _RefusedError as refused:
            return Lyrics(refused.state, reason=refused.reason)
        if found.state in _LASTING and self.cache is not None:
            write_json(self._slot(self.cache, title, artist), asdict(found))
        return found

    def _ask(self, title: str, artist: str) -> Lyrics:
        query = httpx.QueryParams(q=f"{artist} {title}".strip())
        headers = {"Authorization": f"Bearer {self.token}"}
        body = self._fetched(f"{self.api_url}/search?{query}", headers)
        path = _matching_path(body, title, artist)
        if path is None:
            return Lyrics("not_found", reason="no song of this title and artist")
        address = f"{self.page_url}{path}"
        return read_page(self._fetched(address, {}), address)

    def _fetched(self, address: str, headers: Mapping[str, str]) -> str:
        """Fetch a text, trying again where the server is busy. Raises _RefusedError."""
        refused = _RefusedError("unavailable", "was not asked")
        for attempt in range(self.politeness.tries):
            pause_s = max(self._free_at_s - self.clock(), 0.0)
            if pause_s:
                self.sleep(pause_s)
            try:
                response = self._answered(address, headers)
            except httpx.HTTPError as error:
                refused = _RefusedError("unavailable", str(error) or error.__class__.__name__)
                self._rest(attempt, "")
                continue
            if response.status_code == 200:
                self._rest(0, "")
                return response.text
            refused = _refusal(response)
            self._rest(attempt, response.headers.get("Retry-After", ""))
            if response.status_code not in _BUSY:
                break
        raise refused

    def _answered(self, address: str, headers: Mapping[str, str]) -> httpx.Response:
        """Read one answer within its time and size. Raises httpx.HTTPError."""
        limits = self.politeness
        end_s = self.clock() + limits.answer_s
        with httpx.stream(
            "GET", address, headers=dict(headers), timeout=limits.answer_s, follow_redirects=False
        ) as response:
            body = bytearray()
            for block in response.iter_bytes():
                body += block
                if self.clock() > end_s:
                    raise httpx.ReadTimeout(f"no whole answer in {limits.answer_s:g} s")
                if len(body) > limits.largest_bytes:
                    raise httpx.DecodingError(f"more than {limits.largest_bytes} bytes")
            kept = {"Retry-After": response.headers.get("Retry-After", "")}
            return httpx.Response(response.status_code, headers=kept, content=bytes(body))

    def _rest(self, attempt: int, bidden: str) -> None:
        """Note from when on the server may be asked again."""
        wanted_s = float(bidden) if bidden.isdecimal() else 0.0
        pause_s = max(self.politeness.between_s * 2.0**attempt, wanted_s)
        self._free_at_s = self.clock() + min(pause_s, self.politeness.longest_wait_s)

    def _kept(self, title: str, artist: str) -> Lyrics | None:
        path = None if self.cache is None else self._slot(self.cache, title, artist)
        if path is None or not path.is_file():
            return None
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
        except (ValueError, OSError):
            return None  # Whatever happened to the cache, the server knows.
        if not isinstance(stored, dict) or stored.get("state") not in _STATES:
            return None
        words = {name: str(stored.get(name, "")) for name in ("text", "source", "reason")}
        return Lyrics(stored["state"], **words)

    @staticmethod
    def _slot(folder: Path, title: str, artist: str) -> Path:
        return folder / f"{text_hash(plain(artist) + chr(31) + plain(title))[:32]}.json"


def read_page(page: str, address: str) -> Lyrics:
    """Read the lyrics of a song's page, whatever stands around them."""
    reader = _PageReader()
    reader.feed(page)
    reader.close()
    text = clean_lyrics("".join(reader.found))
    if text:
        state: LyricsState = "instrumental" if text == INSTRUMENTAL else "found"
        return Lyrics(state, text, address)
    lowered = page.lower()
    if any(wall in lowered for wall in _WALLS):
        return Lyrics("blocked", source=address, reason="the page asks for a captcha")
    if "this song is an instrumental" in lowered:
        return Lyrics("instrumental", INSTRUMENTAL, address)
    if "lyrics for this song have yet to be" in lowered:
        return Lyrics("not_found", source=address, reason="the page holds no lyrics yet")
    return Lyrics("unreadable", source=address, reason="the page holds no lyrics that are known")


def _refusal(response: httpx.Response) -> _RefusedError:
    code = response.status_code
    if code == 404:
        return _RefusedError("not_found", "the server has no such page")
    if code == 429:
        return _RefusedError("rate_limited", "the server asks for fewer requests")
    if code in (401, 403):
        walled = any(wall in response.text.lower() for wall in _WALLS)
        why = "the page asks for a captcha" if walled else f"refused with {code}: see the token"
        return _RefusedError("blocked", why)
    return _RefusedError("unavailable", f"the server answered {code}")


def _matching_path(body: str, title: str, artist: str) -> str | None:
    """Return the page of the first hit whose title and artist are those asked for.

    Raises _RefusedError where the answer is no list of hits.
    """
    try:
        hits = json.loads(body)["response"]["hits"]
        results = [hit["result"] for hit in hits]
    except (ValueError, KeyError, TypeError) as error:
        raise _RefusedError("unreadable", "the search gave no list of hits") from error
    return next((path for one in results if (path := _path_of(one, title, artist))), None)


def _path_of(result: Any, title: str, artist: str) -> str | None:
    """Return the address of a hit below the site, None where another song is meant."""
    if not isinstance(result, dict):
        return None
    path = str(result.get("path", ""))
    by = result.get("primary_artist")
    name = str(by.get("name", "")) if isinstance(by, dict) else ""
    titled = fuzz.ratio(plain(str(result.get("title", ""))), plain(title)) >= _ALIKE
    sung = not artist or fuzz.token_set_ratio(plain(name), plain(artist)) >= _ALIKE
    safe = path.startswith("/") and not path.startswith("//")
    return path if titled and sung and safe else None


class _PageReader(HTMLParser):
    """Collects the text of all containers of lyrics, with line ends for breaks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._depth = 0
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter a container, or note a line's end within one."""
        names = dict(attrs)
        if not self._depth:
            words = (names.get("class") or "").split()
            if names.get("data-lyrics-container") == "true" or "lyrics" in words:
                self._depth = 1
            return
        if tag == "br":
            self.found.append("\n")
        if tag in _VOID:
            return
        self._depth += 1
        hidden = names.get("data-exclude-from-selection") == "true"
        if self._skipped or tag in _SKIPPED or hidden:
            self._skipped += 1

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; containers end with a line's end."""
        if not self._depth or tag in _VOID:
            return
        self._depth -= 1
        self._skipped = max(self._skipped - 1, 0)
        if not self._depth:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Take the text of a container."""
        if self._depth and not self._skipped:
            self.found.append(data)
