"""Pictures as SVG texts: a plan (sections, roles, energy), bars of a count, the logo."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from src.ui.colours import ACCENT, CATEGORY_COLOURS, INK, LINE, QUIET_INK

_LEFT, _WIDTH = 96, 1000
_HEAD, _ENERGY, _ROW = 26, 54, 20
_BAR_ROW = 24


def data_uri(svg: str) -> str:
    """Encode an SVG as an address that an image can have."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def plan_picture(plan: Mapping[str, Any], *, energy_label: str, labels: Mapping[str, str]) -> str:
    """Draw a plan in bars from left to right: its sections, their energy, and which role plays
    where.

    labels: what a category is called; those that are missing keep their name
    """
    sections = plan["structure"]
    bars = max(sum(section["bars"] for section in sections), 1)
    roles = _roles(sections)
    height = _HEAD + _ENERGY + _ROW * len(roles) + 22
    total = _LEFT + _WIDTH + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {height}"'
        ' font-family="system-ui, sans-serif" font-size="12">'
    ]
    parts += _section_heads(sections, bars, height)
    parts += _energy_line(sections, bars, energy_label)
    for number, role in enumerate(roles):
        y = _HEAD + _ENERGY + _ROW * number
        parts += _role_row(role, labels.get(role, role), sections, bars, y)
    return "".join([*parts, "</svg>"])


def _roles(sections: Sequence[Mapping[str, Any]]) -> list[str]:
    seen = {query["category"]: None for section in sections for query in section["stem_queries"]}
    order = list(CATEGORY_COLOURS)
    return sorted(seen, key=lambda role: order.index(role) if role in order else len(order))


def _spans(sections: Sequence[Mapping[str, Any]], bars: int) -> list[tuple[float, float]]:
    """Return left edge and width of each section."""
    spans, start = [], 0
    for section in sections:
        spans.append((_LEFT + _WIDTH * start / bars, _WIDTH * section["bars"] / bars))
        start += section["bars"]
    return spans


def _section_heads(sections: Sequence[Mapping[str, Any]], bars: int, height: int) -> list[str]:
    parts, start = [], 0
    for section, (x, width) in zip(sections, _spans(sections, bars), strict=True):
        name = escape(section.get("section") or "–")
        strength = 0.18 + 0.5 * float(section.get("energy", 0.5))
        parts.append(
            f'<rect x="{x:.1f}" y="0" width="{max(width - 2, 1):.1f}" height="22" rx="3"'
            f' fill="{ACCENT}" fill-opacity="{strength:.2f}"/>'
            f'<svg x="{x:.1f}" y="0" width="{max(width - 4, 1):.1f}" height="22">'
            f'<text x="6" y="15" fill="{INK}">{name}</text></svg>'
            f'<path d="M{x:.1f} 24V{height - 18}" stroke="{LINE}"/>'
            f'<text x="{x:.1f}" y="{height - 5}" fill="{QUIET_INK}">{start + 1}</text>'
        )
        start += section["bars"]
    return parts


def _energy_line(sections: Sequence[Mapping[str, Any]], bars: int, label: str) -> list[str]:
    low = _HEAD + _ENERGY - 8
    points = []
    for section, (x, width) in zip(sections, _spans(sections, bars), strict=True):
        y = low - (_ENERGY - 14) * float(section.get("energy", 0.5))
        points += [f"{x:.1f},{y:.1f}", f"{x + width:.1f},{y:.1f}"]
    return [
        f'<text x="{_LEFT - 8}" y="{low - 14}" text-anchor="end" fill="{QUIET_INK}">'
        f"{escape(label)}</text>",
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{ACCENT}" stroke-width="2"/>',
    ]


def _role_row(
    role: str, label: str, sections: Sequence[Mapping[str, Any]], bars: int, y: int
) -> list[str]:
    colour = CATEGORY_COLOURS.get(role, QUIET_INK)
    parts = [
        f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end" fill="{INK}">{escape(label)}</text>'
    ]
    for section, (x, width) in zip(sections, _spans(sections, bars), strict=True):
        queries = [q for q in section["stem_queries"] if q["category"] == role]
        count = sum(query["count"] for query in queries)
        if not count:
            continue
        muted = role in section.get("muted", ())
        opacity = 0.2 if muted else 0.9
        for first, last in _playing(queries, section["bars"]):
            left = x + width * first / section["bars"]
            wide = width * (last - first) / section["bars"]
            parts.append(
                f'<rect x="{left:.1f}" y="{y + 3}" width="{max(wide - 2, 1):.1f}"'
                f' height="{_ROW - 6}" rx="3" fill="{colour}" fill-opacity="{opacity}"/>'
            )
        if count > 1:
            parts.append(
                f'<text x="{x + 6:.1f}" y="{y + 14}" font-size="10" fill="#11131a">×{count}</text>'
            )
    return parts


def _playing(queries: Sequence[Mapping[str, Any]], bars: int) -> list[tuple[int, int]]:
    """List from which bar to which, from 0, some parts of a section play, each block once."""
    blocks = [
        ((q.get("enters_bar") or 1) - 1, bars if q.get("exits_bar") is None else q["exits_bar"] - 1)
        for q in queries
    ]
    return list(dict.fromkeys(blocks))


def bars_picture(counts: Mapping[str, float], colours: Mapping[str, str] | None = None) -> str:
    """Return counts as bars, one a row, in the given order. Empty counts are an empty picture."""
    most = max(counts.values(), default=1) or 1
    height = max(_BAR_ROW * len(counts), 1)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 {height}"'
        ' font-family="system-ui, sans-serif" font-size="13">'
    ]
    for number, (name, count) in enumerate(counts.items()):
        y = number * _BAR_ROW
        colour = (colours or {}).get(name, ACCENT)
        width = 330 * count / most
        parts.append(
            f'<text x="112" y="{y + 16}" text-anchor="end" fill="{INK}">{escape(name)}</text>'
            f'<rect x="120" y="{y + 4}" width="{width:.1f}" height="{_BAR_ROW - 9}" rx="3"'
            f' fill="{colour}"/>'
            f'<text x="{126 + width:.1f}" y="{y + 16}" fill="{QUIET_INK}">{count:g}</text>'
        )
    return "".join([*parts, "</svg>"])


def logo(*, with_name: bool = True) -> str:
    """Draw a waveform that grows out of a moon."""
    bars = [(34, 10), (41, 20), (48, 30), (55, 18), (62, 26), (69, 12)]
    wave = "".join(
        f'<rect x="{x - 30}" y="{24 - h / 2:g}" width="4" height="{h}" rx="2" fill="#fff"/>'
        for x, h in bars
    )
    name = (
        f'<text x="60" y="31" font-family="system-ui, sans-serif" font-size="21"'
        f' font-weight="700" fill="{INK}">Traum-Engine</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {228 if with_name else 48} 48">'
        f'<rect width="48" height="48" rx="12" fill="{ACCENT}"/>{wave}'
        f"{name if with_name else ''}</svg>"
    )
