"""A plan on the page."""

from html import escape
from typing import Any

import streamlit as st

from src.ui.colours import CATEGORIES
from src.ui.state import language, t, word
from src.ui.texts import text
from src.ui.views.pictures import data_uri, plan_picture

_MOST_CHORDS = 16


def show_plan(plan: dict[str, Any]) -> None:
    """Show a plan as a picture: sections, energy, roles."""
    labels = {name: word("category", name) for name in CATEGORIES}
    svg = plan_picture(plan, energy_label=t("track.energy"), labels=labels)
    sections = ", ".join(section["section"] for section in plan["structure"])
    alt = escape(text(language(), "track.plan_alt", sections=sections))
    st.html(f'<img class="te-plan" src="{data_uri(svg)}" alt="{alt}">')
    for line in plan_lines(plan):
        st.caption(line)


def plan_lines(plan: dict[str, Any]) -> list[str]:
    """Say in words what the picture can't: who alone plays in a section, how the track ends."""
    lines = []
    for section in plan["structure"]:
        name = section["section"]
        if section.get("silent"):
            lines.append(t("plan.silent", section=name))
        if section.get("chords"):
            chords = " ".join(one["chord"] for one in section["chords"][:_MOST_CHORDS])
            more = " …" if len(section["chords"]) > _MOST_CHORDS else ""
            lines.append(t("plan.chords", section=name, chords=chords + more))
        for field in ("only", "without"):
            if section.get(field):
                roles = ", ".join(word("category", role) for role in section[field])
                lines.append(t(f"plan.{field}", section=name, roles=roles))
    ending = plan.get("ending")
    if ending:
        lines.append(t(f"plan.ending_{ending['kind']}", seconds=f"{ending.get('fade_s', 0):g}"))
    return lines
