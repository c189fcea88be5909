"""Keep widgets' values in the address, so that a reload and a link lose nothing.

The address holds names, not what the visitor reads, so that it means the same in every
language. What a widget shows by default is left out of it.

Streamlit's own ``bind="query-params"`` (1.67) does not carry this: it writes options as the
visitor reads them, brings a value to other pages whose widgets have the same name, and
refuses links to a page whose names are bound on this one (decision 0009).
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from src.ui.state import remember

Widget = Callable[..., Any]

PUT_LASTS_S = 2.0
"""So long after a click has put a value there, the value from before it counts as out of date."""


def put(key: str, value: Any) -> None:
    """Give a text box or a number a value, from a callback.

    A click that the browser sends before it hears of the value brings the widget's old state
    along; the widget is then given the value once more.
    """
    before = st.session_state.get(key)
    st.session_state[f"{key} put"] = (before, value, time.monotonic())
    st.session_state[key] = value


def text(widget: Widget, label: str, *, key: str, **more: Any) -> str:
    """Show a text box. widget: such as ``st.text_input``"""
    _seed(key, "", str)
    _put_again(key)
    widget(label, key=key, **more)
    return str(_kept(key, "") or "")


def one(
    widget: Widget,
    label: str,
    options: Sequence[Any],
    *,
    key: str,
    default: Any = None,
    **more: Any,
) -> Any:
    """Choose one of several options, or the default. widget: such as ``st.selectbox``"""
    by_name = {str(option): option for option in options}
    _seed(key, default, lambda said: by_name.get(said, default))
    if st.session_state[key] not in options:
        st.session_state[key] = default
    if default is None and widget.__name__ == "selectbox":
        more["index"] = None
    widget(label, options, key=key, **more)
    return _kept(key, default)


def several(widget: Widget, label: str, options: Sequence[str], *, key: str, **more: Any) -> Any:
    """Choose some of several options, as a list. widget: such as ``st.multiselect``"""
    _seed(key, [], lambda said: said.split(","))
    st.session_state[key] = [name for name in st.session_state[key] or [] if name in options]
    widget(label, options, key=key, **more)
    return list(_kept(key, []) or [])


def switch(widget: Widget, label: str, *, key: str, **more: Any) -> bool:
    """Show a switch, off by default. widget: such as ``st.toggle``"""
    _seed(key, False, lambda said: said == "1")
    widget(label, key=key, **more)
    return bool(_kept(key, False))


def span(widget: Widget, label: str, limits: tuple[int, int], *, key: str) -> tuple[int, int]:
    """Choose two ends within limits; the limits themselves by default. widget: such as
    ``st.slider``
    """
    _seed(key, limits, lambda said: span_of(said, limits))
    widget(label, *limits, key=key)
    low, high = _kept(key, limits)
    return int(low), int(high)


def span_of(said: str, limits: tuple[int, int]) -> tuple[int, int]:
    """Read ``90..130`` as two ends within limits; what is no such text counts as the limits."""
    low, dots, high = said.partition("..")
    if not dots or not low.isdecimal() or not high.isdecimal() or int(low) > int(high):
        return limits
    return max(int(low), limits[0]), min(int(high), limits[1])


def number(widget: Widget, label: str, limits: tuple[int, int], *, key: str, **more: Any) -> Any:
    """Enter a whole number within limits, or None. widget: such as ``st.number_input``"""

    def whole(said: str) -> int | None:
        inside = said.isdecimal() and limits[0] <= int(said) <= limits[1]
        return int(said) if inside else None

    _seed(key, None, whole)
    _put_again(key)
    widget(label, *limits, None, 1, key=key, **more)
    return _kept(key, None)


def _put_again(key: str) -> None:
    before, value, moment = st.session_state.get(f"{key} put", (None, None, 0.0))
    if time.monotonic() - moment > PUT_LASTS_S:
        st.session_state.pop(f"{key} put", None)
    elif st.session_state[key] == before:
        st.session_state[key] = value


def _seed(key: str, default: Any, value_of: Callable[[str], Any]) -> None:
    if key not in st.session_state:
        said = st.query_params.get(key)
        st.session_state[key] = default if said is None else value_of(said)


def _kept(key: str, default: Any) -> Any:
    value = st.session_state[key]
    requested = None if value == default else as_text(value)
    if st.query_params.get(key) != requested:
        remember(**{key: requested})
    return value


def as_text(value: Any) -> str:
    """Write a value as the address holds it; nothing at all is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "..".join(map(str, value))
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
