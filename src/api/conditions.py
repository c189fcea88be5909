"""What a client has already, or believes to know: If-None-Match, If-Match, If-Modified-Since."""

import hashlib
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_TAG = re.compile(r'(W/)?"([^"]*)"')
GZIPPED = "-gzip"
"""Ends the tag of an answer that was compressed: its bytes are others."""


def tag_of(body: bytes) -> str:
    """Return the entity tag of an answer, without quotes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def names(header: str, tag: str) -> bool:
    """Tell whether a list of entity tags, or ``*``, names this one, compressed or not."""
    if header.strip() == "*":
        return True
    return any(one.removesuffix(GZIPPED) == tag for _, one in _TAG.findall(header))


def has_already(headers: Mapping[str, str], *, tag: str, modified: str | None = None) -> bool:
    """Tell whether a client has an answer, by its tag or else by when it was changed (RFC 9110).

    modified: the answer's Last-Modified; None: it has none
    """
    if "if-none-match" in headers:
        return names(headers["if-none-match"], tag)
    since = headers.get("if-modified-since")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False  # what is no date is as if it were not there
