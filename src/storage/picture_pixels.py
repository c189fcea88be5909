"""Drawing our own SVG pictures in pixels: the few shapes that they are made of.

Rectangles, polygons, lines and text with plain colours. It is no viewer of SVG: what our
pictures don't hold is refused, so that a picture is never half drawn.
"""

import re
from itertools import pairwise
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from src.storage.pixel_letters import text_mask
from src.storage.png import Pixels

SCALE = 2
"""Pixels for each unit of the picture."""

_FINE = 4
"""Lines of shapes are told apart this many times finer than pixels, so that edges are smooth."""

_MOVES = re.compile(r"([MVv])(-?[\d.]+)(?:[ ,](-?[\d.]+))?")
_BASELINE = 7
Canvas = NDArray[np.float32]


def picture_pixels(svg: str, *, scale: int = SCALE) -> Pixels:
    """A picture of ours as pixels, uint8, shape (height, width, 3).

    Raises ValueError for an element that our pictures don't have.
    """
    root = ElementTree.fromstring(svg)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    canvas = np.full((round(height * scale), round(width * scale), 3), 255.0, np.float32)
    size = float(root.attrib.get("font-size", 11))
    for element in root:
        _draw(canvas, element, scale, size)
    return np.clip(np.round(canvas), 0, 255).astype(np.uint8)


def _draw(canvas: Canvas, element: Element, scale: int, size: float) -> None:
    kind = element.tag.rpartition("}")[2]
    if kind == "rect":
        _rectangle(canvas, element, scale)
    elif kind == "text":
        _text(canvas, element, scale, size)
    elif kind == "path":
        _strokes(canvas, element, scale)
    elif kind == "polygon":
        _column_shape(canvas, _points(element), _colour(element, "fill"), scale)
    elif kind == "polyline":
        _steps(canvas, element, scale)
    elif kind != "title":
        raise ValueError(f"our pictures have no {kind!r}")


def _fill(canvas: Canvas, box: tuple[float, ...], colour: Canvas, opacity: float = 1.0) -> None:
    """A box (left, top, right, bottom) in pixels; what it covers of a pixel it colours."""
    left, top, right, bottom = box
    rows = _cover(top, bottom, canvas.shape[0])
    columns = _cover(left, right, canvas.shape[1])
    here = np.ix_(np.flatnonzero(rows), np.flatnonzero(columns))
    share = opacity * np.outer(rows[rows > 0], columns[columns > 0])[:, :, None]
    canvas[here] += share.astype(np.float32) * (colour - canvas[here])


def _cover(start: float, stop: float, size: int) -> NDArray[np.float64]:
    """How much of each pixel of a line lies between two places, 0..1, shape (size,)."""
    edges = np.arange(size + 1, dtype=np.float64)
    covered: NDArray[np.float64] = np.diff(np.clip(edges, start, max(start, stop)))
    return covered


def _rectangle(canvas: Canvas, element: Element, scale: int) -> None:
    x, y, width, height = (
        float(element.attrib.get(name, 0)) * scale for name in ("x", "y", "width", "height")
    )
    opacity = float(element.attrib.get("fill-opacity", 1.0))
    _fill(canvas, (x, y, x + width, y + height), _colour(element, "fill"), opacity)


def _strokes(canvas: Canvas, element: Element, scale: int) -> None:
    """Upright lines: "M x y V y" to a place, "M x y v length" by a length."""
    half = float(element.attrib.get("stroke-width", 1.0)) * scale / 2
    colour = _colour(element, "stroke")
    x = y = 0.0
    for move, first, second in _MOVES.findall(element.attrib["d"]):
        if move == "M":
            x, y = float(first) * scale, float(second) * scale
            continue
        end = float(first) * scale + (y if move == "v" else 0.0)
        _fill(canvas, (x - half, min(y, end), x + half, max(y, end)), colour)


def _steps(canvas: Canvas, element: Element, scale: int) -> None:
    """A line of level and upright stretches."""
    half = float(element.attrib.get("stroke-width", 1.0)) * scale / 2
    colour = _colour(element, "stroke")
    points = [(x * scale, y * scale) for x, y in _points(element)]
    for (x, y), (to_x, to_y) in pairwise(points):
        left, right = sorted((x, to_x))
        top, bottom = sorted((y, to_y))
        _fill(canvas, (left - half, top - half, right + half, bottom + half), colour)


def _column_shape(
    canvas: Canvas, points: list[tuple[float, float]], colour: Canvas, scale: int
) -> None:
    """The outline of a sound: a line above, from left to right, and one below, back again."""
    half = len(points) // 2
    above, below = np.array(points[:half]) * scale, np.array(points[half:][::-1]) * scale
    fine = (np.arange(canvas.shape[1] * _FINE) + 0.5) / _FINE
    inside = (fine >= above[0, 0]) & (fine <= above[-1, 0])
    tops = np.interp(fine, above[:, 0], above[:, 1])
    bottoms = np.interp(fine, below[:, 0], below[:, 1])
    for column in np.unique((fine[inside]).astype(int)):
        place = slice(column * _FINE, (column + 1) * _FINE)
        top, bottom = float(tops[place].mean()), float(bottoms[place].mean())
        _fill(canvas, (column, top, column + 1, max(bottom, top + 0.5)), colour)


def _text(canvas: Canvas, element: Element, scale: int, size: float) -> None:
    """A line of pixel letters, as near to its size as whole pixels allow."""
    size = float(element.attrib.get("font-size", size))
    pixels = max(1, round(size * scale / 11.0))
    mask = text_mask(element.text or "", pixels)
    x = float(element.attrib["x"]) * scale
    anchor = element.attrib.get("text-anchor", "start")
    x -= {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor] * (mask.shape[1] - pixels)
    left, top = round(x), round(float(element.attrib["y"]) * scale) - _BASELINE * pixels
    rows = slice(max(0, top), max(0, min(canvas.shape[0], top + mask.shape[0])))
    columns = slice(max(0, left), max(0, min(canvas.shape[1], left + mask.shape[1])))
    seen = mask[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    canvas[rows, columns][seen] = _colour(element, "fill")


def _points(element: Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in element.attrib["points"].split())
    return [(float(x), float(y)) for x, y in pairs]


def _colour(element: Element, name: str) -> Canvas:
    text = element.attrib[name].lstrip("#")
    return np.array([int(text[i : i + 2], 16) for i in (0, 2, 4)], np.float32)
