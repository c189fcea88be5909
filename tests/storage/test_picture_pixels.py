"""The arrangement picture in pixels shows what the SVG tells."""

import numpy as np
import pytest

from src.music.export.arrangement_picture import arrangement_svg
from src.storage.picture_pixels import picture_pixels
from tests.music.made_scores import made_score

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">'


def picture(shape: str, scale: int = 1) -> np.ndarray:
    return picture_pixels(f"{HEAD}{shape}</svg>", scale=scale)


def test_an_empty_picture_is_white() -> None:
    assert picture("").shape == (10, 20, 3)
    assert (picture("") == 255).all()


def test_a_rectangle_covers_its_pixels_and_shares_of_others() -> None:
    found = picture('<rect x="2" y="3" width="4.5" height="2" fill="#ff0000"/>')
    assert (found[3:5, 2:6] == (255, 0, 0)).all()
    assert (found[3:5, 6] == (255, 128, 128)).all()
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


def test_text_ends_where_its_anchor_says() -> None:
    for anchor, columns in (("start", (10, 16)), ("end", (4, 10)), ("middle", (7, 13))):
        found = picture(f'<text x="10" y="9" text-anchor="{anchor}" fill="#000000">H</text>')
        dark = np.flatnonzero((found == 0).all(axis=2).any(axis=0))
        assert columns[0] <= dark.min() <= dark.max() < columns[1]
        assert (found[2:9] == 0).any()


def test_what_our_pictures_do_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="our pictures have no 'circle'"):
        picture('<circle r="3"/>')


def test_the_whole_picture_is_drawn() -> None:
    svg = arrangement_svg(made_score(), title="тёмный", peaks=[0.5] * 50)
    found = picture_pixels(svg)
    assert found.shape[1] == 2400
    assert len(np.unique(found.reshape(-1, 3), axis=0)) > 10
    np.testing.assert_array_equal(found, picture_pixels(svg))
