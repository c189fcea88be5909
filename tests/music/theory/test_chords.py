import pytest

from src.core.errors import InvalidInputError
from src.music.theory.chords import (
    QUALITIES,
    Chord,
    chord_name,
    key_of_chords,
    parse_chord,
    parse_chords,
    parse_plainly,
)


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("Am", Chord(9, "m")),
        ("Dm7", Chord(2, "m7")),
        ("F#m7b5", Chord(6, "m7b5")),
        ("Cmaj7", Chord(0, "maj7")),
        ("CM7", Chord(0, "maj7")),
        ("Bbm", Chord(10, "m")),
        ("B♭7", Chord(10, "7")),
        ("Dm7/G", Chord(2, "m7", 7)),
        ("C/C", Chord(0)),
        ("G7(b9)", Chord(7, "7b9")),
        ("Bdim", Chord(11, "dim")),
        ("C6/9", Chord(0, "6/9")),
        ("C6/9/E", Chord(0, "6/9", 4)),
    ],
)
def test_english_names_are_read(text: str, chord: Chord) -> None:
    assert parse_chord(text) == chord


@pytest.mark.parametrize(
    ("text", "chord"),
    [
        ("Fism", Chord(6, "m")),
        ("Es", Chord(3)),
        ("As7", Chord(8, "7")),
        ("Hm", Chord(11, "m")),
        ("Cismoll", Chord(1, "m")),
        ("Asus4", Chord(9, "sus4")),
        ("Esus2", Chord(4, "sus2")),
    ],
)
def test_german_names_are_read_and_sus_is_no_flat(text: str, chord: Chord) -> None:
    assert parse_chord(text) == chord


def test_b_is_b_flat_only_where_an_h_stands_in_the_row() -> None:
    assert parse_chords(("B", "F")) == (Chord(11), Chord(5))
    assert parse_chords(("B", "H")) == (Chord(10), Chord(11))


@pytest.mark.parametrize("text", ["", "X", "Am8", "hello", "am", "C/", "Cmaj7/X"])
def test_what_is_no_chord_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="a chord must look like"):
        parse_chord(text)


def test_every_chord_is_read_as_it_is_written() -> None:
    for root in range(12):
        for quality in QUALITIES:
            for bass in (None, (root + 4) % 12):
                chord = Chord(root, quality, bass)
                assert parse_chord(str(chord)) == chord


def test_triads_leave_added_notes_out() -> None:
    assert Chord(2, "m9").triad == Chord(2, "m")
    assert Chord(11, "m7b5").triad == Chord(11, "dim")
    assert Chord(7, "13").triad == Chord(7)
    assert Chord(0, "aug7").triad == Chord(0, "aug")


def test_transposing_moves_root_and_bass() -> None:
    assert str(Chord(9, "m7", 4).transposed(3)) == "Cm7/G"


def test_notes_begin_with_the_root() -> None:
    assert Chord(9, "m7").pitch_classes == (9, 0, 4, 7)


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("Am F C G", "Am"),
        ("C G Am F", "C"),
        ("Dm7 G7 Cmaj7", "C"),
        ("Em C G D", "Em"),
        ("Fm Db Ab Eb", "Fm"),
        ("E A B", "E"),
        ("Am Dm E7", "Am"),
    ],
)
def test_chords_say_their_key(chords: str, key: str) -> None:
    assert key_of_chords(parse_chords(tuple(chords.split()))) == key


def test_additions_that_nobody_plays_are_left_out() -> None:
    assert str(parse_plainly("G7#11b13")) in ("G7b5", "G7")
    assert str(parse_plainly("Cmaj7#11")) == "Cmaj7"
    with pytest.raises(InvalidInputError, match="a chord must look like"):
        parse_plainly("xyz")


@pytest.mark.parametrize(
    ("chord", "key", "name"),
    [
        ("C#maj7", "Fm", "Dbmaj7"),
        ("F#m/C#", "F", "Gbm/Db"),
        ("C#m", "A", "C#m"),
        ("Eb/G", "Cm", "Eb/G"),
        ("C6/9", "F", "C6/9"),
    ],
)
def test_chords_are_spelled_as_their_key(chord: str, key: str, name: str) -> None:
    assert chord_name(parse_chord(chord), key) == name
    assert parse_chord(name) == parse_chord(chord)
