"""Who may ask: everybody on this machine, and elsewhere whoever has the key."""

import hashlib
import hmac
from typing import Any
from urllib.parse import urlsplit

from fastapi import Depends
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from src.api.deps import Engine
from src.api.docs_pages import DOCS_PATHS
from src.api.guard.brake import KeyBrake
from src.api.guard.trail import NOBODY, READING, changes
from src.api.problems import problem
from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError
from src.core.exposure import is_loopback, reached_from
from src.services.access.keys import PREFIX, KeyGrant

HEADER = "X-API-Key"
MIN_KEY_SIGNS, MIN_DIFFERENT_SIGNS = 8, 4

FREE_PATHS = frozenset(("/healthz", "/readyz", "/openapi.json")) | DOCS_PATHS
"""Answered without the key: whether it lives, and what it can be asked."""

OWNER = KeyGrant("API_KEY")
_ANYBODY = KeyGrant(NOBODY)

_KEYS = "The server's API_KEY, or one that `keys create` made"
KEY_SCHEMES = [
    Depends(APIKeyHeader(name=HEADER, auto_error=False, description=_KEYS)),
    Depends(HTTPBearer(auto_error=False, description=_KEYS)),
]
"""Tell OpenAPI, and with it the page at /docs, where the key goes. AccessGuard asks for it."""


def check_access(settings: Settings, host: str) -> None:
    """Raise where the server would be open to strangers, or its key is none to speak of.

    host: the address that it will listen on
    """
    if settings.api_key is not None:
        _check_key(settings.api_key.get_secret_value())
        return
    beyond = reached_from(host, settings.published_at)
    if beyond:
        raise ConflictError(
            f"without API_KEY the engine answers on this machine only, got {', '.join(beyond)}:"
            " set API_KEY (see .env.example), or leave the address at 127.0.0.1",
            code="api_key_missing",
        )


def _check_key(key: str) -> None:
    if len(key) < MIN_KEY_SIGNS:
        raise InvalidInputError(
            f"API_KEY must have at least {MIN_KEY_SIGNS} signs, got {len(key)}", code="bad_api_key"
        )
    if len(set(key)) < MIN_DIFFERENT_SIGNS:
        rule = f"API_KEY must have at least {MIN_DIFFERENT_SIGNS} different signs"
        raise InvalidInputError(f"{rule}, got {len(set(key))}", code="bad_api_key")
    if not (key.isascii() and key.isprintable()) or " " in key:
        rule = "API_KEY must be of ASCII letters, digits and signs, without spaces"
        raise InvalidInputError(rule, code="bad_api_key")


class AccessGuard:
    """Answers for the app to whoever may not ask, before a byte of the body is read.

    With API_KEY: 401 to requests that carry neither it nor a named key, in ``X-API-Key`` or as a
    bearer token. Who carries a key for reading alone may change nothing (403).
    Without: 401 to wrong keys, 403 to what did not come from this machine, or comes from a page
    of another site that is open in a browser on it.
    429 to an address that has guessed too often; nobody looks at its key then.
    """

    def __init__(self, app: ASGIApp, *, brake: KeyBrake | None = None) -> None:
        self.app = app
        self.brake = KeyBrake() if brake is None else brake

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it may not be asked."""
        if scope["type"] == "lifespan" or scope["path"] in FREE_PATHS:
            await self.app(scope, receive, send)
            return
        engine: Engine = scope["app"].state.engine
        address = _address_of(scope)
        wait_s = self.brake.wait_s(address)
        grant = None if wait_s else await _granted(engine, Headers(scope=scope))
        refused = _not_now(wait_s) if wait_s else _refusal(engine.settings, scope, grant)
        if refused is None and grant is not None:
            scope.setdefault("state", {})["who"] = grant.name
            await self.app(scope, receive, send)
            if grant not in (OWNER, _ANYBODY):
                await run_in_threadpool(engine.keys.note_use, grant.name)
            return
        assert refused is not None, "who has no grant is refused"
        if refused[0] == 401 and _given(Headers(scope=scope)):
            self.brake.wrong(address)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused[1]})
            return
        status, code, detail = refused
        # the connection goes, or the server would read the rest of an upload to get past it
        headers = {"connection": "close"}
        if wait_s:
            headers["retry-after"] = str(wait_s)
        if status == 401:
            headers["www-authenticate"] = 'Bearer realm="Traum-Engine"'
        await problem(scope["path"], status, code, detail, headers=headers)(scope, receive, send)


Refusal = tuple[int, str, str]
"""Status, code and detail of a problem."""


def granted(engine: Engine, headers: Headers) -> KeyGrant | None:
    """Find as whom a request may ask: by the key that it carries, or where none is needed."""
    given, key = _given(headers), engine.settings.api_key
    if key is None and not given:
        return _ANYBODY
    if key is not None and _same(given, key.get_secret_value()):
        return OWNER
    return engine.keys.grant(given)


async def _granted(engine: Engine, headers: Headers) -> KeyGrant | None:
    """Find the same, on a thread where the database is asked."""
    if _given(headers).startswith(PREFIX):
        return await run_in_threadpool(granted, engine, headers)
    return granted(engine, headers)


def _address_of(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _not_now(wait_s: int) -> Refusal:
    return 429, "too_many_wrong_keys", f"too many wrong keys came from here: wait {wait_s} s"


def _given(headers: Headers) -> str:
    return headers.get(HEADER) or _bearer(headers.get("authorization", ""))


def _refusal(settings: Settings, scope: Scope, grant: KeyGrant | None) -> Refusal | None:
    headers = Headers(scope=scope)
    if settings.api_key is None:
        method = scope.get("method", "GET")
        foreign = _beyond(settings, scope) or _from_elsewhere(headers, method)
        if foreign is not None:
            return foreign
    if grant is None and not _given(headers):
        return 401, "unauthorised", f"the server's key is needed, in the header {HEADER}"
    if grant is None:
        return 401, "unauthorised", f"the key in {HEADER} or Authorization is not the server's"
    if grant.read_only and scope["type"] == "http" and changes(scope):
        detail = f"the key {grant.name!r} may read, and change nothing"
        return 403, "read_only_key", detail
    return None


def _bearer(value: str) -> str:
    scheme, _, token = value.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _same(given: str, key: str) -> bool:
    """Compare in a time that tells neither where they differ nor how long the key is."""
    digests = (hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in (given, key))
    return hmac.compare_digest(*digests)


def _beyond(settings: Settings, scope: Scope) -> Refusal | None:
    """Tell whether the request came in at an address that others can reach."""
    server: Any = scope.get("server")
    address = str(server[0]) if server and server[1] is not None else "localhost"
    if settings.published_at or is_loopback(address) or not _is_address(address):
        return None
    return (
        403,
        "api_key_missing",
        f"without API_KEY the engine answers on this machine only, not at {address}",
    )


def _from_elsewhere(headers: Headers, method: str) -> Refusal | None:
    """Tell whether a browser sends it for another site, or under a name that is not ours."""
    host = headers.get("host", "")
    name = _host_of(f"//{host}").rpartition("@")[2]
    if not _is_ours(name):
        detail = f"without API_KEY the engine answers as localhost or by its address, got {host!r}"
        return 403, "api_key_missing", detail
    origin = headers.get("origin")
    if method not in READING and origin is not None and _host_of(origin) != host:
        return 403, "cross_origin", f"pages of {origin!r} may not change anything here"
    return None


def _host_of(url: str) -> str:
    """Name and port of a URL, empty where it is none."""
    try:
        return urlsplit(url).netloc
    except ValueError:
        return ""


def _is_ours(host: str) -> bool:
    """Tell whether a Host header holds an address, or a name without dots, which nobody can
    register.
    """
    name = host if host.startswith("[") else host.partition(":")[0]
    return "." not in name or _is_address(name)


def _is_address(text: str) -> bool:
    return ":" in text or text.replace(".", "").isdecimal()
