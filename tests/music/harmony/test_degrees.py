"""Degrees of a scale become chords of a key."""

import pytest

from src.music.harmony.degrees import chord_on, read_numerals


@pytest.mark.parametrize(
    ("numerals", "key", "scale", "style", "chords"),
    [
        ("I V vi IV", "C", "", "triads", "C G Am F"),
        ("ii V I", "C", "", "sevenths", "Dm7 G7 Cmaj7"),
        ("i VI III VII", "Am", "", "triads", "Am F C G"),
        ("i bVI bVII", "Am", "", "triads", "Am F G"),
        ("I bVII IV", "E", "", "triads", "E D A"),
        ("i IV", "Dm", "dorian", "triads", "Dm G"),
        ("I II", "F", "lydian", "triads", "F G"),
        ("vii° iii", "C", "", "triads", "Bdim Em"),
        ("ii", "Am", "", "sevenths", "Bm7b5"),
        ("1 2 4", "C", "", "triads", "C Dm F"),
        ("I IV V", "E", "", "dominant", "E7 A7 B7"),
        ("i V7b9 io7", "Cm", "", "triads", "Cm G7b9 Cdim7"),
        ("I IV", "E", "", "power", "E5 A5"),
        ("ii9 V13 Imaj9", "C", "", "extended", "Dm9 G13 Cmaj9"),
    ],
)
def test_numerals_become_chords(
    numerals: str, key: str, scale: str, style: str, chords: str
) -> None:
    degrees = read_numerals(numerals.split(), key=key, scale=scale)
    found = [str(chord_on(degree, key=key, scale=scale, style=style)) for degree in degrees]
    assert " ".join(found) == chords
