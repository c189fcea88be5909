"""Under which names the studio answers: its own, and none that a stranger can point at it."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READING = frozenset(("GET", "HEAD", "OPTIONS"))


def named_hosts(published_at: str) -> frozenset[str]:
    """List the names among the places where the studio is published.

    published_at: addresses and names with commas between them, as in PUBLISHED_AT
    """
    places = (place.strip().lower().rstrip(".") for place in published_at.split(","))
    return frozenset(place for place in places if place and not _is_address(place))


class HostGuard:
    """Refuses requests, websockets too, that come under another's name or from another's page.

    A page that a visitor has open can let its own name lead to this machine (DNS rebinding) and
    would then read the studio as if it were its own. Addresses can't be used so, nor names
    without a dot, which nobody can register; other names must stand in PUBLISHED_AT.
    """

    def __init__(self, app: ASGIApp, *, published_at: str) -> None:
        self.app = app
        self.names = named_hosts(published_at)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403 in the studio's stead."""
        refused = "" if scope["type"] == "lifespan" else self._refusal(scope)
        if not refused:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused})
        else:
            await PlainTextResponse(refused, status_code=403)(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        host = hosts[0] if len(hosts) == 1 else ""
        if not self._is_ours(host):
            return f"the studio does not answer as {host[:80]!r}: name it in PUBLISHED_AT"
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        origin = headers.get("origin")
        if changes and origin is not None and not self._is_own_page(origin, host):
            return f"pages of {origin[:80]!r} may not use the studio"
        return ""

    def _is_ours(self, host: str) -> bool:
        name = _name_of(f"//{host}")
        return bool(name) and ("." not in name or _is_address(name) or name in self.names)

    def _is_own_page(self, origin: str, host: str) -> bool:
        return _netloc_of(origin) == host.lower() or _name_of(origin) in self.names


def _netloc_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _name_of(url: str) -> str:
    """Read the name or address of a URL in lower case; "" where it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for what is no port
    except ValueError:
        return ""
    if parts.username is not None or parts.path or parts.query or parts.fragment:
        return ""
    return (parts.hostname or "").rstrip(".")


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
