"""Writes our own SVG pictures as PNG, for programs that show no SVG.

Rectangles, polygons, lines and text with plain colours. It is no viewer of SVG: what our
pictures don't hold is refused, so that a picture is never half drawn.
"""

import io
import re
import unicodedata
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from PIL import Image, ImageColor, ImageDraw, ImageFont

SCALE = 2
"""Pixels for each unit of the picture."""

_FINE = 2
"""Shapes are drawn this many times larger and then reduced, so that edges are smooth."""

_FONT = files("font_manrope") / "files" / "Manrope-Regular.ttf"
"""Latin, Greek and Cyrillic letters; the font that Pillow brings has not even umlauts."""

_INSTEAD = str.maketrans({"♯": "#", "♭": "b"})
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
_MOVES = re.compile(r"([MVv])(-?[\d.]+)(?:[ ,](-?[\d.]+))?")

Colour = tuple[int, ...]
Point = tuple[float, float]


def picture_png(svg: str, *, scale: int = SCALE) -> bytes:
    """Draw a picture of ours as a PNG file, ``scale`` pixels for each of its units.

    The same picture gives the same bytes. Texts stand above all shapes.

    Raises ValueError for an element that our pictures don't have.
    """
    root = ElementTree.fromstring(svg)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    size = round(width * scale), round(height * scale)
    fine = Image.new("RGB", (size[0] * _FINE, size[1] * _FINE), "white")
    shapes = ImageDraw.Draw(fine, "RGBA")
    for element in root:
        _draw(shapes, element, scale * _FINE)
    picture = fine.reduce(_FINE)
    texts = ImageDraw.Draw(picture)
    font_size = root.attrib.get("font-size", "11")
    for element in root:
        if _kind(element) == "text":
            _write(texts, element, element.attrib.get("font-size", font_size), scale)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _kind(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _draw(shapes: ImageDraw.ImageDraw, element: Element, scale: int) -> None:
    kind = _kind(element)
    if kind == "rect":
        _rectangle(shapes, element, scale)
    elif kind == "path":
        _strokes(shapes, element, scale)
    elif kind == "polyline":
        _steps(shapes, element, scale)
    elif kind == "polygon":
        points = [(x * scale, y * scale) for x, y in _points(element)]
        shapes.polygon(points, fill=_colour(element, "fill"))
    elif kind not in ("text", "title"):
        raise ValueError(f"our pictures have no {kind!r}")


def _fill(shapes: ImageDraw.ImageDraw, start: Point, end: Point, colour: Colour) -> None:
    """Draw a box between two corners, at least one pixel wide and high."""
    left, right = sorted((round(start[0]), round(end[0])))
    top, bottom = sorted((round(start[1]), round(end[1])))
    shapes.rectangle((left, top, max(left, right - 1), max(top, bottom - 1)), fill=colour)


def _rectangle(shapes: ImageDraw.ImageDraw, element: Element, scale: int) -> None:
    x, y, width, height = (
        float(element.attrib.get(name, 0)) * scale for name in ("x", "y", "width", "height")
    )
    _fill(shapes, (x, y), (x + width, y + height), _colour(element, "fill"))


def _strokes(shapes: ImageDraw.ImageDraw, element: Element, scale: int) -> None:
    """Yield upright lines: "M x y V y" to a place, "M x y v length" by a length."""
    half = float(element.attrib.get("stroke-width", 1.0)) * scale / 2
    colour = _colour(element, "stroke")
    x = y = 0.0
    for move, first, second in _MOVES.findall(element.attrib["d"]):
        if move == "M":
            x, y = float(first) * scale, float(second) * scale
            continue
        end = float(first) * scale + (y if move == "v" else 0.0)
        _fill(shapes, (x - half, y), (x + half, end), colour)


def _steps(shapes: ImageDraw.ImageDraw, element: Element, scale: int) -> None:
    """Draw a line of level and upright stretches."""
    half = float(element.attrib.get("stroke-width", 1.0)) * scale / 2
    colour = _colour(element, "stroke")
    points = [(x * scale, y * scale) for x, y in _points(element)]
    for (x, y), (to_x, to_y) in pairwise(points):
        left, right = sorted((x, to_x))
        top, bottom = sorted((y, to_y))
        _fill(shapes, (left - half, top - half), (right + half, bottom + half), colour)


def _write(texts: ImageDraw.ImageDraw, element: Element, size: str, scale: int) -> None:
    """Draw a line of text whose baseline begins, ends or has its middle where the picture says."""
    text = unicodedata.normalize("NFC", " ".join((element.text or "").split()))
    font = ImageFont.truetype(
        io.BytesIO(_FONT.read_bytes()), float(size) * scale, layout_engine=ImageFont.Layout.BASIC
    )
    position = float(element.attrib["x"]) * scale, float(element.attrib["y"]) * scale
    anchor = _ANCHORS[element.attrib.get("text-anchor", "start")]
    colour = _colour(element, "fill")
    texts.text(position, text.translate(_INSTEAD), fill=colour, font=font, anchor=anchor)


def _points(element: Element) -> list[Point]:
    pairs = (pair.split(",") for pair in element.attrib["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def _colour(element: Element, name: str) -> Colour:
    opacity = float(element.attrib.get(f"{name}-opacity", 1.0))
    return (*ImageColor.getrgb(element.attrib[name]), round(255 * opacity))
