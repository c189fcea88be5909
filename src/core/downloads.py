"""Fetches files over HTTP: resumable, kept only when they are what they must be."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from src.core.digests import FileDigest, digest_of
from src.core.errors import BackendUnavailableError
from src.core.progress import Progress

MOST_TRIES = 5
MOST_BYTES_UNPINNED = 16 * 2**20
"""Longest file that is taken without knowing its size (a tokenizer has 2 MB)."""

STAGE = "downloading"


@dataclass(frozen=True)
class Download:
    """A file to fetch. expected: what it must be, where that is known; headers: to ask with"""

    url: str
    target: Path
    expected: FileDigest | None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def part(self) -> Path:
        """Where its beginning lies until it is whole."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def most_bytes(self) -> int:
        """Return how much is taken before it is too much."""
        return MOST_BYTES_UNPINNED if self.expected is None else self.expected.size_bytes

    def here(self) -> int:
        """Count the bytes that came already; without a known size it starts afresh."""
        if self.expected is None or not self.part.is_file():
            return 0
        return self.part.stat().st_size


@dataclass
class DownloadMeter:
    """Counts the bytes of all files together."""

    progress: Progress
    total: int
    finished: int = 0

    def tell(self, present: int) -> None:
        """Report how much of the present file is here."""
        done = self.finished + present
        self.progress(STAGE, done, max(self.total, done))


def fetch(client: httpx.Client, download: Download, meter: DownloadMeter) -> None:
    """Fetch one file, tried several times, each time from where the last one broke off."""
    if not download.target.is_file():  # it has its name only since it was proved
        broken = httpx.TransportError("no answer")
        for _ in range(MOST_TRIES):
            try:
                _receive(client, download, meter)
                break
            except httpx.HTTPStatusError as error:
                raise BackendUnavailableError(
                    f"{download.url} answers {error.response.status_code}"
                ) from error
            except httpx.TransportError as error:
                broken = error
        else:
            raise BackendUnavailableError(
                f"{download.url} broke off {MOST_TRIES} times ({broken}); "
                "what came is kept: try again"
            ) from broken
        _accept(download)
    meter.finished += download.target.stat().st_size


def _receive(client: httpx.Client, download: Download, meter: DownloadMeter) -> None:
    """Ask for what is missing and append it. A server that ignores ranges starts it again."""
    here = download.here()
    if download.expected is not None and here >= download.expected.size_bytes:
        return
    headers = {"Accept-Encoding": "identity", **download.headers}
    if here:
        headers["Range"] = f"bytes={here}-"
    with client.stream("GET", download.url, headers=headers) as answer:
        answer.raise_for_status()
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT
        if goes_on and not answer.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
            download.part.unlink(missing_ok=True)
            raise httpx.RemoteProtocolError("it answers another range than it was asked for")
        written = here if goes_on else 0
        with download.part.open("ab" if goes_on else "wb") as file:
            for block in answer.iter_raw():
                written += len(block)
                if written > download.most_bytes:
                    break
                file.write(block)
                meter.tell(written)
    if written > download.most_bytes:
        download.part.unlink()
        raise BackendUnavailableError(
            f"{download.url} must have at most {download.most_bytes} bytes, but sends more"
        )


def _accept(download: Download) -> None:
    """Give a file its name, if it is what it must be; else remove it."""
    found = digest_of(download.part)
    if download.expected is not None and found != download.expected:
        download.part.unlink()
        raise BackendUnavailableError(
            f"{download.url} is not what it was: it must have "
            f"{download.expected.size_bytes} bytes and SHA-256 {download.expected.sha256}, "
            f"got {found.size_bytes} and {found.sha256}"
        )
    os.replace(download.part, download.target)
