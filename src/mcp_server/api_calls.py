"""The engine's API, as tools ask it."""

from collections.abc import Mapping
from typing import Any

import httpx
from mcp.server.mcpserver.exceptions import ToolError

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
KEY_HEADER = "X-API-Key"
Json = dict[str, Any]


class ApiCalls:
    """Asks the API over HTTP, so that its keys, limits and audit log hold for agents too.

    base_url: where the API listens; api_key: sent with every request, empty: none is
    """

    def __init__(self, base_url: str, api_key: str = "") -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {KEY_HEADER: api_key} if api_key else {}

    async def get(self, path: str, params: Mapping[str, Any] | None = None) -> Json:
        """Get the answer's JSON. Parameters that are None are left out. Raises ToolError."""
        return await self._requested("GET", path, params=params)

    async def post(
        self, path: str, body: Mapping[str, Any], params: Mapping[str, Any] | None = None
    ) -> Json:
        """Post a JSON body and get the answer's JSON. Raises ToolError."""
        return await self._requested("POST", path, params=params, json=dict(body))

    async def finished(self, job: Json) -> Json:
        """Wait for a job's end and return its result. Raises ToolError where it has none."""
        path = f"/api/v1/jobs/{job['id']}"
        while job["status"] in ("queued", "running"):
            job = await self.get(path, {"wait": 30})
        if job["status"] != "succeeded":
            problem = job.get("problem") or {"code": "job_cancelled", "detail": job["id"]}
            raise ToolError(f"{problem['code']}: {problem['detail']}")
        result: Json = job["result"]
        return result

    def url(self, path: str) -> str:
        """Return the whole address of a path that the API told."""
        return self._base_url + path

    async def _requested(
        self, method: str, path: str, *, params: Mapping[str, Any] | None, json: Json | None = None
    ) -> Json:
        given = {name: value for name, value in (params or {}).items() if value is not None}
        client = httpx.AsyncClient(
            base_url=self._base_url, headers=self._headers, timeout=TIMEOUT, trust_env=False
        )
        async with client:
            try:
                answer = await client.request(method, path, params=given, json=json)
            except httpx.HTTPError as error:
                raise ToolError(f"unreachable: {self._base_url}: {error}") from error
        if answer.status_code >= 400:
            raise ToolError(_problem(answer))
        told: Json = answer.json()
        return told


def _problem(answer: httpx.Response) -> str:
    try:
        told = answer.json()
        return f"{told['code']}: {told['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"http_{answer.status_code}: {answer.text[:200]}"
