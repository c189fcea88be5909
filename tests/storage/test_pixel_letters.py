"""Labels in pixels: legible, and something for every letter."""

import string

import numpy as np
import pytest

from src.storage.pixel_letters import ADVANCE, HEIGHT, letters_of, text_mask

PRINTABLE = string.ascii_letters + string.digits + string.punctuation


def drawn(text: str) -> list[str]:
    return ["".join(" #"[cell] for cell in row).rstrip() for row in text_mask(text, 1).astype(int)]


def test_letters_look_as_they_should() -> None:
    assert drawn("Hi") == [
        "#   #   #", "#   #", "#   #  ##", "#####   #", "#   #   #", "#   #   #", "#   #  ###",
        "", "",
    ]  # fmt: skip


def test_no_two_letters_look_the_same() -> None:
    shapes = {text_mask(char, 1).tobytes() for char in PRINTABLE}
    assert len(shapes) == len(PRINTABLE)
    assert all(text_mask(char, 1).any() for char in PRINTABLE)


def test_a_text_is_as_wide_as_its_letters_and_grows_with_the_scale() -> None:
    assert text_mask("abc", 1).shape == (HEIGHT, 3 * ADVANCE)
    assert text_mask("abc", 3).shape == (3 * HEIGHT, 9 * ADVANCE)
    np.testing.assert_array_equal(text_mask("abc", 2)[::2, ::2], text_mask("abc", 1))
    assert text_mask("", 2).shape == (2 * HEIGHT, 0)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("düster", "düster"), ("тёмный Хаус", "temnyj Haus"), ("café", "cafe"), ("F♯", "F#"),
        ("я", "ya"), ("Щука", "Schuka"), ("音", "\ufffd"),
    ],
)  # fmt: skip
def test_what_has_no_letter_is_written_as_it_is_spoken(text: str, written: str) -> None:
    assert letters_of(text) == written
    assert text_mask(text, 1).any()
