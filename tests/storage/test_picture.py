"""The arrangement picture in pixels shows what the SVG tells."""

import io
import unicodedata

import numpy as np
import pytest
from PIL import Image

from src.music.export.arrangement_picture import arrangement_svg
from src.storage.picture import picture_png
from tests.music.made_scores import made_score

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}">'
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
GERMAN = "äöüß"


def pixels_of(data: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.mode) == ("PNG", "RGB")
        return np.asarray(image)


def picture(shape: str, *, width: int = 20, height: int = 10) -> np.ndarray:
    return pixels_of(picture_png(f"{HEAD.format(width, height)}{shape}</svg>", scale=1))


def written(text: str, *, anchor: str = "start", size: float = 30.0) -> np.ndarray:
    """Which pixels a line of text darkens; its baseline lies at (200, 30)."""
    found = picture(
        f'<text x="200" y="30" font-size="{size}" text-anchor="{anchor}" fill="#000000">'
        f"{text}</text>",
        width=400,
        height=50,
    )
    dark: np.ndarray = np.any(found < 200, axis=2)
    return dark


def test_an_empty_picture_is_white() -> None:
    assert picture("").shape == (10, 20, 3)
    assert (picture("") == 255).all()


def test_a_rectangle_covers_its_pixels_and_half_of_another() -> None:
    found = picture('<rect x="2" y="3" width="4.5" height="2" fill="#ff0000"/>')
    assert (found[3:5, 2:6] == (255, 0, 0)).all()
    assert (found[3:5, 6, 0] == 255).all()
    assert np.abs(found[3:5, 6, 1:] - 128.0).max() <= 1
    changed = (found != 255).any(axis=2)
    assert changed.sum() == 10


def test_an_opacity_lets_the_ground_through() -> None:
    found = picture('<rect width="20" height="10" fill="#000000" fill-opacity="0.2"/>')
    assert (found == 204).all()


def test_strokes_go_up_by_a_length_or_to_a_place() -> None:
    found = picture('<path d="M3.5 2V5M10.5 8v-3" stroke="#000000" stroke-width="1"/>')
    assert (found[2:5, 3] == 0).all()
    assert (found[5:8, 10] == 0).all()
    assert (found != 255).any(axis=2).sum() == 6


def test_the_outline_of_a_sound_is_filled() -> None:
    found = picture('<polygon points="0,5 10,1 20,5 20,5 10,9 0,5" fill="#0000ff"/>')
    high = (found == (0, 0, 255)).all(axis=2).sum(axis=0)
    assert high[9] >= 6
    assert high[1] <= 2


def test_steps_are_lines_between_their_points() -> None:
    found = picture(
        '<polyline points="2,2 10,2 10,8" fill="none" stroke="#000000" stroke-width="2"/>'
    )
    assert (found[1:3, 1:11] == 0).all()
    assert (found[1:9, 9:11] == 0).all()
    assert (found[5:, 3:8] == 255).all()


def test_text_stands_on_its_line_where_its_anchor_says() -> None:
    for anchor, side in (("start", 0.0), ("end", 1.0), ("middle", 0.5)):
        dark = written("HHH", anchor=anchor)
        columns, rows = np.flatnonzero(dark.any(axis=0)), np.flatnonzero(dark.any(axis=1))
        left, right = columns.min(), columns.max() + 1
        assert 50 < right - left < 70
        assert abs(left + side * (right - left) - 200) <= 3
        assert rows.max() == 29


def test_text_is_as_large_as_it_says() -> None:
    for size in (15.0, 30.0):
        capitals = written("H", size=size).any(axis=1).sum()
        assert 0.64 * size < capitals < 0.8 * size


@pytest.mark.parametrize("letters", [RUSSIAN, RUSSIAN.upper(), GERMAN, "ÄÖÜ", "łśżéàñçő№…·–—„“”’"])
def test_every_letter_is_drawn_and_none_as_the_box_of_an_unknown_one(letters: str) -> None:
    box = written("\ufffd")
    shapes = [written(letter) for letter in letters]
    assert all(shape.any() for shape in shapes)
    assert not any(np.array_equal(shape, box) for shape in shapes)
    assert len({shape.tobytes() for shape in shapes}) == len(letters)


def test_accents_may_come_apart_from_their_letters() -> None:
    for letters in (GERMAN, "ёй"):
        apart = unicodedata.normalize("NFD", letters)
        np.testing.assert_array_equal(written(apart), written(letters))


def test_sharps_and_flats_are_written_in_letters_that_the_font_has() -> None:
    np.testing.assert_array_equal(written("F♯ B♭"), written("F# Bb"))


def test_a_text_of_several_lines_is_written_in_one() -> None:
    np.testing.assert_array_equal(written("deep\n  house\t"), written("deep house"))


def test_text_beyond_the_edge_is_cut() -> None:
    assert written("x" * 500)[:, -20:].any()


def test_what_our_pictures_do_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="our pictures have no 'circle'"):
        picture('<circle r="3"/>')


def test_the_whole_picture_is_drawn() -> None:
    svg = arrangement_svg(made_score(), title="тёмный", peaks=[0.5] * 50)
    found = pixels_of(picture_png(svg))
    assert found.shape[1] == 2400
    assert len(np.unique(found.reshape(-1, 3), axis=0)) > 10


def test_the_same_picture_gives_the_same_bytes() -> None:
    svg = arrangement_svg(made_score(), title="Traum", peaks=[0.5] * 50)
    assert picture_png(svg) == picture_png(svg)
