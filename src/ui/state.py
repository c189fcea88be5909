"""What a page works with: the API, the language, and the state that lives in the address."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from src.ui.client import Api
from src.ui.markdown import plain
from src.ui.studio_settings import StudioSettings, place_of
from src.ui.texts import has_text, language_of, text


@st.cache_resource(show_spinner=False)
def settings() -> StudioSettings:
    """Read what the environment says."""
    return place_of()


@st.cache_resource(show_spinner=False)
def api() -> Api:
    """Return the engine, one connection pool for all visitors."""
    return Api(settings().backend_url, settings().api_key)


def language() -> str:
    """Choose what the visitor reads: the switch, else the address, else the browser."""
    said = st.session_state.get("lang") or st.query_params.get("lang")
    return said if said in ("en", "de") else language_of(st.context.locale)


def t(key: str, **values: Any) -> str:
    """Return a text in the visitor's language, as markdown: texts among the values stay plain."""
    shown = {
        name: plain(value) if isinstance(value, str) else value for name, value in values.items()
    }
    return text(language(), key, **shown)


def word(group: str, name: str) -> str:
    """Translate a word of the engine (a category, a reason), or return it as it is."""
    key = f"{group}.{name}"
    return t(key) if has_text(language(), key) else name


@st.cache_data(ttl=10, show_spinner=False)
def ready() -> dict[str, Any]:
    """Ask how much is in the library, and which embedder is used."""
    answer: dict[str, Any] = api().get("/readyz")
    return answer


@st.cache_data(ttl=20, show_spinner=False)
def kits() -> list[dict[str, Any]]:
    """List all kits by name."""
    return list(api().pages("/api/v1/kits"))


@st.cache_data(ttl=5, show_spinner=False)
def collections() -> list[dict[str, Any]]:
    """List all collections."""
    return list(api().pages("/api/v1/collections"))


def forget() -> None:
    """Ask again what has just been changed."""
    ready.clear()
    kits.clear()
    collections.clear()


def requested(name: str) -> str:
    """Read a value of the address; "" where it has none."""
    return str(st.query_params.get(name, ""))


def requested_number(name: str, default: int, *, at_least: int = 0, at_most: int = 10**9) -> int:
    """Read a whole number of the address, kept in its range."""
    said = requested(name)
    number = int(said) if said.lstrip("-").isdecimal() else default
    return min(max(number, at_least), at_most)


def remember(**values: object) -> None:
    """Write values to the address; None and "" remove them."""
    for name, value in values.items():
        if value is None or value == "":
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value)


def go(page: str, **values: object) -> None:
    """Turn to another page; its address gets these values and keeps the language."""
    said = {name: str(value) for name, value in values.items() if value not in (None, "")}
    for name in values:  # what a widget of this page held gives way to the address
        st.session_state.pop(name, None)
    if "lang" in st.query_params:
        said["lang"] = st.query_params["lang"]
    st.switch_page(page, query_params=said)


def joined(words: Iterable[str]) -> str:
    """Join a list in one line."""
    return " · ".join(word for word in words if word)


def listed(value: str) -> Sequence[str]:
    """Read a list of the address, where it stands with commas."""
    return [part for part in value.split(",") if part]
