"""Drawing plain pictures as SVG text: boxes, lines, words, nothing else.

Every picture brings its own light ground, so that it reads the same on a dark page.
"""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path

INK, FAINT, GRID, GROUND = "#1f2933", "#6b7785", "#dde3ea", "#ffffff"
BLUE, ORANGE = "#2b6cb0", "#c05621"
_FONT = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


@dataclass
class Picture:
    """A sheet of paper; the unit is a pixel, (0, 0) its upper left corner."""

    width: float
    height: float
    title: str
    parts: list[str] = field(default_factory=list)

    def box(
        self, corner: tuple[float, float], size: tuple[float, float], *, fill: str, tip: str = ""
    ) -> None:
        """A filled rectangle. tip: what a reader sees who points at it."""
        inside = f"<title>{escape(tip)}</title>" if tip else ""
        self.parts.append(
            f'<rect x="{_n(corner[0])}" y="{_n(corner[1])}" width="{_n(size[0])}"'
            f' height="{_n(size[1])}" fill="{fill}">{inside}</rect>'
        )

    def line(
        self, *points: tuple[float, float], color: str = GRID, width: float = 1.0, dash: str = ""
    ) -> None:
        """A line through all points."""
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<polyline points="{path}" fill="none" stroke="{color}"'
            f' stroke-width="{_n(width)}"{dashes}/>'
        )

    def dot(self, centre: tuple[float, float], radius: float, *, fill: str, tip: str = "") -> None:
        """A filled circle."""
        inside = f"<title>{escape(tip)}</title>" if tip else ""
        self.parts.append(
            f'<circle cx="{_n(centre[0])}" cy="{_n(centre[1])}" r="{_n(radius)}"'
            f' fill="{fill}">{inside}</circle>'
        )

    def words(
        self,
        at: tuple[float, float],
        text: str,
        *,
        size: float = 12.0,
        color: str = INK,
        anchor: str = "start",
        turned: float = 0.0,
    ) -> None:
        """One line of text on its base line. anchor: start, middle or end; turned: degrees."""
        turn = f' transform="rotate({_n(turned)} {_n(at[0])} {_n(at[1])})"' if turned else ""
        self.parts.append(
            f'<text x="{_n(at[0])}" y="{_n(at[1])}" font-size="{_n(size)}" fill="{color}"'
            f' text-anchor="{anchor}"{turn}>{escape(text)}</text>'
        )

    def text(self) -> str:
        """The whole picture."""
        size = f'width="{_n(self.width)}" height="{_n(self.height)}"'
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size}'
            f' viewBox="0 0 {_n(self.width)} {_n(self.height)}" role="img"'
            f' font-family="{escape(_FONT)}">'
        )
        ground = f'<rect {size} rx="8" fill="{GROUND}"/>'
        title = f"<title>{escape(self.title)}</title>"
        return "\n".join([head, title, ground, *self.parts, "</svg>"]) + "\n"

    def save(self, path: Path) -> None:
        """Write the picture, with the folders that it needs."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text(), encoding="utf-8")


def shade(share: float) -> str:
    """A blue for a share in 0..1, from nearly white to strong."""
    low, high = (244, 248, 252), (29, 78, 137)
    bent = max(0.0, min(1.0, share)) ** 0.7
    mixed = (round(a + (b - a) * bent) for a, b in zip(low, high, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
