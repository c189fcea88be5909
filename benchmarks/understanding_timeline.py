"""Judge when things sound in a plan: sections by kind, and who plays in which bar.

Bars count from 1. A part enters and leaves with its sections, unless its query says otherwise by
``enters_bar`` and ``exits_bar``, counted from 1 within the section; a muted part is silent.
"""

import re
from collections.abc import Mapping
from typing import Any

from src.music.theory.library import DRUM_CATEGORIES

Plan = Mapping[str, Any]

_KINDS = {
    "verse": ("verse", "groove"),
    "groove": ("groove", "verse"),
    "chorus": ("chorus", "drop"),
    "prechorus": ("pre chorus", "pre-chorus", "prechorus", "build"),
    "breakdown": ("breakdown", "break"),
    "build": ("build", "build-up", "buildup"),
}
"""Kind of the labels -> names of sections that are of it."""


def sections_of_kind(plan: Plan, kind: str) -> list[Mapping[str, Any]]:
    """List the sections of a kind; a verse may be called a groove, and a chorus a drop."""
    names = _KINDS.get(kind, (kind,))
    return [section for section in plan["structure"] if _name(section) in names]


def is_of_kind(section: Mapping[str, Any], kind: str) -> bool:
    """Tell whether a section is what a label calls so: a drop is a chorus, and a drop as well."""
    return _name(section) in (*_KINDS.get(kind, (kind,)), kind)


def holds_timeline(plan: Plan, event: Mapping[str, Any]) -> bool:
    """Tell whether what a label says of a time holds in a plan."""
    span = _span(plan, event["when"])
    if span is None:
        return False
    start, end = span
    facts = {key: value for key, value in event.items() if key != "when"}
    if isinstance(event["when"], Mapping) and "section" in event["when"]:
        names = facts.pop("enters", [])
        if not all(any(_plays(plan, name, bar) for bar in range(start, end)) for name in names):
            return False
    return all(_holds(plan, key, value, start, end) for key, value in facts.items())


def _holds(plan: Plan, key: str, value: Any, start: int, end: int) -> bool:
    names = [value] if isinstance(value, str) else list(value)
    if key == "enters":
        return all(
            _plays(plan, name, start) and not _plays(plan, name, start - 1) for name in names
        )
    if key == "exits":
        return all(
            not _plays(plan, name, start) and _plays(plan, name, start - 1) for name in names
        )
    if key == "silent":
        return not any(_plays(plan, name, bar) for name in names for bar in (start, end - 1))
    if key == "only":
        playing = [query for bar in (start, end - 1) for query in _playing(plan, bar)]
        allowed = [one for name in names for one in ([name] if isinstance(name, str) else name)]
        return bool(playing) and all(any(_is(one, q) for one in allowed) for q in playing)
    if key == "section":
        return any(is_of_kind(s, name) for s in _sections_at(plan, start, end) for name in names)
    if key == "genre":
        return any(section.get("genre", "") in names for section in _sections_at(plan, start, end))
    if key == "fade":
        return any(section.get("fade") for section in _sections_at(plan, start, end))
    raise KeyError(key)


def _span(plan: Plan, when: str | Mapping[str, Any]) -> tuple[int, int] | None:
    """First bar and the bar after the last of a time; None where the plan has no such time."""
    total = sum(section["bars"] for section in plan["structure"])
    if isinstance(when, str):
        return 1 + total // 2 - total // 8, 1 + total // 2 + total // 8
    key, value = next(iter(when.items()))
    bar_s = plan["beats_per_bar"] * 60.0 / plan["bpm"]
    if key in ("section", "until_section"):
        starts = _starts(plan, value)
        if not starts:
            return None
        return (1, starts[0][0]) if key == "until_section" else starts[0]
    if key == "last_bars":
        return total - int(value) + 1, total + 1
    length = max(1, round(value / bar_s)) if key in ("first_s", "time_s") else int(value)
    first = {"bar": length, "time_s": 1 + round(value / bar_s), "after_bars": length + 1}
    start = int(first.get(key, 1))
    return start, start + (length if key.startswith("first") else 1)


def _starts(plan: Plan, kind: str) -> list[tuple[int, int]]:
    found, bar = [], 1
    for section in plan["structure"]:
        if _name(section) in _KINDS.get(kind, (kind,)):
            found.append((bar, bar + section["bars"]))
        bar += section["bars"]
    return found


def _sections_at(plan: Plan, start: int, end: int) -> list[Mapping[str, Any]]:
    """The section of a time's first bar, and those that begin in it or within two bars."""
    found, first = [], 1
    for section in plan["structure"]:
        if first - 2 < end and start < first + section["bars"]:
            found.append(section)
        first += section["bars"]
    return found


def _playing(plan: Plan, bar: int) -> list[Mapping[str, Any]]:
    first = 1
    for section in plan["structure"]:
        if first <= bar < first + section["bars"]:
            within = bar - first + 1
            return [
                query
                for query in section["stem_queries"]
                if query.get("enters_bar", 1)
                <= within
                < query.get("exits_bar", section["bars"] + 1)
                and query["category"] not in section["muted"]
            ]
        first += section["bars"]
    return []


def _plays(plan: Plan, name: str | list[str], bar: int) -> bool:
    names = [name] if isinstance(name, str) else name
    return any(_is(one, query) for one in names for query in _playing(plan, bar))


def _is(name: str, query: Mapping[str, Any]) -> bool:
    """Tell whether a query is for a sound of this name or category."""
    if name == "drums":
        return query["category"] in (*DRUM_CATEGORIES, "drums")
    said = re.findall(r"\w+", f"{query['text']} {query['category']}".casefold())
    return query["category"] == name or set(re.findall(r"\w+", name)) <= set(said)


def _name(section: Mapping[str, Any]) -> str:
    """A section's name without its number."""
    return re.sub(r"\s*\d+$", "", section["section"].casefold())
