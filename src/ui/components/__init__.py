"""What runs in the browser: a player with a waveform, and the map of sounds."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from src.ui.colours import CATEGORY_COLOURS
from src.ui.media import media_url
from src.ui.state import t


@dataclass(frozen=True)
class Variant:
    """One version of a piece: paths at the API of its sound and its outline."""

    label: str
    audio: str
    wave: str


@dataclass(frozen=True)
class Mark:
    """A place in a piece. at: seconds"""

    at: float
    label: str


@cache
def _component(name: str) -> ComponentRenderer:
    folder = Path(__file__).parent
    return st.components.v2.component(
        f"traum_{name}",
        css=(folder / f"{name}.css").read_text(encoding="utf-8"),
        js=(folder / f"{name}.js").read_text(encoding="utf-8"),
        isolate_styles=False,
    )


def player(
    name: str,
    variants: Sequence[Variant],
    *,
    duration_s: float,
    key: str,
    marks: Sequence[Mark] = (),
) -> None:
    """Show a player. With several variants one can switch between them while it plays."""
    words = ("play", "pause", "position", "version")
    data = {
        "name": name,
        "duration": max(duration_s, 0.001),
        "variants": [
            {"label": one.label, "audio": media_url(one.audio), "wave": media_url(one.wave)}
            for one in variants
        ],
        "marks": [asdict(mark) for mark in marks],
        "words": {word: t(f"player.{word}") for word in words},
    }
    _component("player")(data=data, key=key)


def stem_player(stem: dict[str, Any], *, key: str) -> None:
    """Show the player of a stem as the API describes it."""
    path = f"/api/v1/stems/{stem['id']}"
    variant = Variant(stem["name"], f"{path}/audio", f"{path}/waveform?points=240")
    player(stem["name"], [variant], duration_s=stem["duration_s"], key=key)


def sound_map(*, category: str | None, key: str) -> str | None:
    """Show the map of sounds; returns the id of the stem that was clicked just now."""
    narrowed = f"&category={category}" if category else ""
    data = {
        "points": media_url(f"/api/v1/library/map?limit=5000{narrowed}"),
        "audio": media_url("/api/v1/stems/ID/audio"),
        "colours": CATEGORY_COLOURS,
        "words": {word: t(f"map.{word}") for word in ("hint", "loading", "broken")},
    }
    answer = _component("map")(data=data, key=key, on_chosen_change=_nothing)
    chosen = answer.get("chosen")
    return str(chosen) if chosen else None


def _nothing() -> None:
    """Do nothing: the click itself is the answer."""
