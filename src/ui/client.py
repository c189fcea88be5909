"""The API over HTTP: one method per verb, and failures as one kind of exception."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import httpx

Params = Mapping[str, Any]

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
UPLOAD_TIMEOUT = httpx.Timeout(600.0, connect=5.0)
UNREACHABLE = "unreachable"


class ApiProblem(Exception):
    """Why a request failed.

    code: stable name of the problem, as the API gives it, or "unreachable"
    detail: rule and value seen, in the API's own (English) words
    more: further members of the answer, such as ``job_id``
    """

    def __init__(
        self, code: str, detail: str, *, status: int = 0, more: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status
        self.more = dict(more or {})


@dataclass(frozen=True)
class Outgoing:
    """A file on its way to the API. name: with its folders, as it is to be called there."""

    name: str
    content: IO[bytes]
    media_type: str = field(default="application/octet-stream")


class Api:
    """The engine as the studio sees it.

    base_url: where the API listens, as this process reaches it
    api_key: sent with every request; empty: none is
    transport: another way to reach it, for tests
    """

    def __init__(
        self, base_url: str, api_key: str = "", *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = {"X-API-Key": api_key} if api_key else {}
        self._http = httpx.Client(
            base_url=self.base_url, headers=self.headers, timeout=TIMEOUT, transport=transport
        )

    def get(self, path: str, params: Params | None = None) -> Any:
        """Get the answer's JSON. Raises ApiProblem. Parameters that are None or "" are left out."""
        return self._requested("GET", path, params=told(params))

    def post(self, path: str, body: Any = None, params: Params | None = None) -> Any:
        """Post a JSON body and get the answer's JSON. Raises ApiProblem."""
        return self._requested("POST", path, params=told(params), json={} if body is None else body)

    def patch(self, path: str, body: Any) -> Any:
        """Patch with a JSON body and get the answer's JSON. Raises ApiProblem."""
        return self._requested("PATCH", path, json=body)

    def delete(self, path: str, params: Params | None = None) -> Any:
        """Delete, and get the answer's JSON; None where it is empty. Raises ApiProblem."""
        return self._requested("DELETE", path, params=told(params))

    def send_file(
        self,
        path: str,
        file: Outgoing,
        *,
        name: str = "files",
        form: Mapping[str, str] | None = None,
        params: Params | None = None,
    ) -> Any:
        """Upload one file, read in pieces while it is sent."""
        files = {name: (file.name, file.content, file.media_type)}
        return self._requested(
            "POST", path, params=told(params), files=files, data=form, timeout=UPLOAD_TIMEOUT
        )

    def pages(self, path: str, params: Params | None = None, *, limit: int = 200) -> Iterator[Any]:
        """Yield every item of a list that comes in pages, asked for as far as it is read."""
        offset = 0
        while True:
            page = self.get(path, {**(params or {}), "limit": limit, "offset": offset})
            yield from page["items"]
            offset += limit
            if offset >= page["total"]:
                return

    def _requested(self, verb: str, path: str, **request: Any) -> Any:
        try:
            answer = self._http.request(verb, path, **request)
        except httpx.HTTPError as error:
            raise ApiProblem(UNREACHABLE, f"{self.base_url}: {error}") from error
        if answer.status_code >= 400:
            raise problem_of(answer)
        return answer.json() if answer.content else None


def told(params: Params | None) -> list[tuple[str, str]]:
    """Return parameters as a query takes them: lists repeated, truth values in lower case."""
    pairs: list[tuple[str, str]] = []
    for name, value in (params or {}).items():
        several = isinstance(value, Sequence) and not isinstance(value, str)
        for one in value if several else [value]:
            if one is None or one == "":
                continue
            pairs.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return pairs


def problem_of(answer: httpx.Response) -> ApiProblem:
    """Read the failure from an answer, also when something else than the API made it."""
    try:
        content = answer.json()
    except ValueError:
        content = None
    if not isinstance(content, dict) or "code" not in content:
        text = answer.text[:200] or answer.reason_phrase
        return ApiProblem(f"http_{answer.status_code}", text, status=answer.status_code)
    return ApiProblem(
        str(content["code"]),
        str(content.get("detail", "")),
        status=answer.status_code,
        more=content,
    )
