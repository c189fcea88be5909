"""The pages that show the API to people, with every script and style from our own server."""

import base64
import hashlib
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from starlette.responses import HTMLResponse, Response

from src.api.files import file_answer

DOCS_URL, REDOC_URL, ASSETS_URL = "/docs", "/redoc", "/docs/assets"
_MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript", "favicon.png": "image/png",
}  # fmt: skip
_FREE_OF_KEYS = (DOCS_URL, REDOC_URL, *(f"{ASSETS_URL}/{name}" for name in _MEDIA_TYPES))

DOCS_PATHS = frozenset(_FREE_OF_KEYS)
"""All that these pages need beside ``/openapi.json``."""

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def add_docs(app: FastAPI) -> None:
    """Serve Swagger UI at ``/docs`` and Redoc at ``/redoc``.

    A policy in their answers keeps the browser from asking anybody else for anything.
    """
    folder = Path(str(files("fastapi_offline").joinpath("static")))
    swagger = _page(
        get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{ASSETS_URL}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS_URL}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS_URL}/favicon.png",
            swagger_ui_parameters={"validatorUrl": None},
        )
    )
    redoc = _page(
        get_redoc_html(
            openapi_url="/openapi.json",
            title=app.title,
            redoc_js_url=f"{ASSETS_URL}/redoc.standalone.js",
            redoc_favicon_url=f"{ASSETS_URL}/favicon.png",
            with_google_fonts=False,
        )
    )

    def show_docs() -> Response:
        return swagger

    def show_redoc() -> Response:
        return redoc

    def get_asset(request: Request) -> Response:
        name = request.url.path.rpartition("/")[2]
        return file_answer(request, folder / name, media_type=_MEDIA_TYPES[name])

    answers: dict[str, Callable[..., Response]] = {DOCS_URL: show_docs, REDOC_URL: show_redoc}
    answers |= dict.fromkeys((f"{ASSETS_URL}/{name}" for name in _MEDIA_TYPES), get_asset)
    for path, answer in answers.items():
        app.add_api_route(path, answer, methods=["GET", "HEAD"], include_in_schema=False)


def _page(made: HTMLResponse) -> HTMLResponse:
    """Add the policy: scripts are ours or the one that stands in the page."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in _INLINE.findall(bytes(made.body).decode())
    ]
    scripts = " ".join(["'self'", *(f"'sha256-{one}'" for one in hashes)])
    made.headers["content-security-policy"] = (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline';"
        " img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src blob:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return made
