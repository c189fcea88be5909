"""Where the studio runs: what the environment says, read once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_BACKEND = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class StudioSettings:
    """What the studio is told by its environment.

    backend_url: the API as this process reaches it
    api_key: the API's key; empty where it has none
    password: what visitors must say; empty: nothing
    published_at: addresses and names at which its container or proxy is reached, with commas
    """

    backend_url: str = DEFAULT_BACKEND
    api_key: str = ""
    password: str = ""
    published_at: str = ""


def place_of(environment: Mapping[str, str] | None = None) -> StudioSettings:
    """Return what the environment says: BACKEND_URL, API_KEY, APP_PASSWORD, PUBLISHED_AT."""
    known = os.environ if environment is None else environment
    return StudioSettings(
        backend_url=known.get("BACKEND_URL", "").strip() or DEFAULT_BACKEND,
        api_key=known.get("API_KEY", "").strip(),
        password=known.get("APP_PASSWORD", ""),
        published_at=known.get("PUBLISHED_AT", ""),
    )
