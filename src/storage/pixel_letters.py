"""Letters of five by seven pixels, for labels of pictures."""

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, ADVANCE = 5, 9, 6
"""Pixels of a letter with two lines for what hangs below, and from one letter to the next."""

_ROWS = {
    " ": "", "!": "04 04 04 04 04 00 04", '"': "0a 0a", "#": "0a 0a 1f 0a 1f 0a 0a",
    "$": "04 0f 14 0e 05 1e 04", "%": "18 19 02 04 08 13 03", "&": "0c 12 14 08 15 12 0d",
    "'": "04 04", "(": "02 04 08 08 08 04 02", ")": "08 04 02 02 02 04 08",
    "*": "00 04 15 0e 15 04", "+": "00 04 04 1f 04 04", ",": "00 00 00 00 00 0c 04 08",
    "-": "00 00 00 1f", ".": "00 00 00 00 00 0c 0c", "/": "01 01 02 04 08 10 10",
    "0": "0e 11 13 15 19 11 0e", "1": "04 0c 04 04 04 04 0e", "2": "0e 11 01 06 08 10 1f",
    "3": "0e 11 01 06 01 11 0e", "4": "02 06 0a 12 1f 02 02", "5": "1f 10 1e 01 01 11 0e",
    "6": "06 08 10 1e 11 11 0e", "7": "1f 01 02 04 08 08 08", "8": "0e 11 11 0e 11 11 0e",
    "9": "0e 11 11 0f 01 02 0c", ":": "00 0c 0c 00 0c 0c", ";": "00 0c 0c 00 0c 04 08",
    "<": "02 04 08 10 08 04 02", "=": "00 00 1f 00 1f", ">": "08 04 02 01 02 04 08",
    "?": "0e 11 01 02 04 00 04", "@": "0e 11 17 15 17 10 0f", "A": "0e 11 11 1f 11 11 11",
    "B": "1e 11 11 1e 11 11 1e", "C": "0e 11 10 10 10 11 0e", "D": "1c 12 11 11 11 12 1c",
    "E": "1f 10 10 1e 10 10 1f", "F": "1f 10 10 1e 10 10 10", "G": "0e 11 10 17 11 11 0f",
    "H": "11 11 11 1f 11 11 11", "I": "0e 04 04 04 04 04 0e", "J": "07 02 02 02 02 12 0c",
    "K": "11 12 14 18 14 12 11", "L": "10 10 10 10 10 10 1f", "M": "11 1b 15 15 11 11 11",
    "N": "11 19 15 13 11 11 11", "O": "0e 11 11 11 11 11 0e", "P": "1e 11 11 1e 10 10 10",
    "Q": "0e 11 11 11 15 12 0d", "R": "1e 11 11 1e 14 12 11", "S": "0f 10 10 0e 01 01 1e",
    "T": "1f 04 04 04 04 04 04", "U": "11 11 11 11 11 11 0e", "V": "11 11 11 11 0a 0a 04",
    "W": "11 11 11 15 15 1b 11", "X": "11 11 0a 04 0a 11 11", "Y": "11 11 0a 04 04 04 04",
    "Z": "1f 01 02 04 08 10 1f", "[": "0e 08 08 08 08 08 0e", "\\": "10 10 08 04 02 01 01",
    "]": "0e 02 02 02 02 02 0e", "^": "04 0a 11", "_": "00 00 00 00 00 00 00 1f", "`": "08 04",
    "a": "00 00 0e 01 0f 11 0f", "b": "10 10 1e 11 11 11 1e", "c": "00 00 0e 11 10 11 0e",
    "d": "01 01 0f 11 11 11 0f", "e": "00 00 0e 11 1f 10 0e", "f": "06 08 1c 08 08 08 08",
    "g": "00 00 0f 11 11 0f 01 11 0e", "h": "10 10 1e 11 11 11 11", "i": "04 00 0c 04 04 04 0e",
    "j": "02 00 06 02 02 02 02 12 0c", "k": "10 10 12 14 18 14 12", "l": "0c 04 04 04 04 04 0e",
    "m": "00 00 1a 15 15 15 15", "n": "00 00 1e 11 11 11 11", "o": "00 00 0e 11 11 11 0e",
    "p": "00 00 1e 11 11 11 1e 10 10", "q": "00 00 0f 11 11 11 0f 01 01",
    "r": "00 00 16 19 10 10 10", "s": "00 00 0f 10 0e 01 1e", "t": "08 08 1c 08 08 09 06",
    "u": "00 00 11 11 11 13 0d", "v": "00 00 11 11 11 0a 04", "w": "00 00 11 15 15 15 0a",
    "x": "00 00 11 0a 04 0a 11", "y": "00 00 11 11 11 0f 01 11 0e", "z": "00 00 1f 02 04 08 1f",
    "{": "03 04 04 08 04 04 03", "|": "04 04 04 04 04 04 04", "}": "18 04 04 02 04 04 18",
    "~": "00 00 08 15 02", "·": "00 00 00 04", "…": "00 00 00 00 00 00 15",
    "ä": "0a 00 0e 01 0f 11 0f", "ö": "0a 00 0e 11 11 11 0e", "ü": "0a 00 11 11 11 13 0d",
    "Ä": "0a 00 0e 11 1f 11 11", "Ö": "0a 00 0e 11 11 11 0e", "Ü": "0a 00 11 11 11 11 0e",
    "ß": "0c 12 12 16 11 11 16", "\ufffd": "1f 11 11 11 11 11 1f",
}  # fmt: skip
"""Rows from the top, the leftmost pixel the highest of five bits."""

_LATIN = dict(
    zip("абвгдеёзийклмнопрстуфхцыэ", "abvgdeezijklmnoprstufhcye", strict=True)
) | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "sch", "ъ": "", "ь": "", "ю": "yu", "я": "ya",
     "—": "-", "–": "-", "’": "'", "“": '"', "”": '"', "„": '"', "♯": "#", "♭": "b"}  # fmt: skip
"""What is written where there is no letter: Cyrillic as it is pronounced."""


def letters_of(text: str) -> str:
    """The text in letters that there are; what can't be written is left to the empty box."""
    out = []
    for char in unicodedata.normalize("NFC", text):
        low = char.lower()
        if char in _ROWS:
            out.append(char)
        elif low in _LATIN:
            latin = _LATIN[low]
            out.append(latin if char == low else latin.capitalize())
        else:
            base = unicodedata.normalize("NFKD", char)[0]
            out.append(base if base in _ROWS else "\ufffd")
    return "".join(out)


def text_mask(text: str, scale: int) -> NDArray[np.bool_]:
    """Which pixels a line of text covers, shape (HEIGHT * scale, width); its capitals stand
    on row 7 * scale."""
    glyphs = [np.pad(_glyph(char), ((0, 0), (0, ADVANCE - WIDTH))) for char in letters_of(text)]
    if not glyphs:
        return np.zeros((HEIGHT * scale, 0), np.bool_)
    return np.concatenate(glyphs, axis=1).repeat(scale, axis=0).repeat(scale, axis=1)


@cache
def _glyph(char: str) -> NDArray[np.bool_]:
    rows = _ROWS.get(char, _ROWS["\ufffd"]).split()
    glyph = np.zeros((HEIGHT, WIDTH), np.bool_)
    for number, row in enumerate(rows):
        glyph[number] = [int(row, 16) >> bit & 1 for bit in range(WIDTH - 1, -1, -1)]
    return glyph
