"""A bad genre file is refused with file, field, value and rule."""

import pytest

from src.core.errors import InvalidInputError
from src.music.genre.grammar_files import GENRES, genre_data, read_genre

GOOD = "name: x\ntitle: X\n"


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("swing: 0.7", r"x.yaml, swing must be a number from 0 to 0.5, got 0.7"),
        ("tempo: {low: 130, usual: 120, high: 140}", r"tempo must be low, usual and high in"),
        ("tempo: {low: 130}", r"x.yaml, tempo, usual must be given, got None"),
        ("keys: [Hm]", r"keys\[1\] must be a key such as Am, C or F#m, got 'Hm'"),
        ("mix: {kazoo: -3}", r"mix must be by category .* got 'kazoo'"),
        ("mix: {kick: loud}", r"mix, kick must be a number from -40 to 6, got 'loud'"),
        ("phrasing: {bars: 5}", r"phrasing, bars must be one of 4, 8, 16, got 5"),
        ("phrasing: {tape_stop: {into: [drop], beats: 2}}", r"tape_stop, chance must be given"),
        ("answers: {lead: {in: [solo], bars: 2}}", r"answers, lead, in\[1\] must be one of intro"),
        ("pan: {pad: {width: 2, bars: 4}}", r"pan, pad, width must be a number from 0 to 1, got 2"),
        ("patterns: {kick: [{name: a, steps: 'X..'}]}", r"patterns, kick\[1\], steps: a bar of"),
        ("patterns: {kick: [{name: a, steps: 'X..y'}]}", r"written with X O x o .* got 'y'"),
        ("roles: {kick: {colour: red}}", r"roles, kick must be a table with category.*'colour'"),
        ("forms: [{name: a, sections: [{section: A, kind: drop, bars: 6, energy: 1, roles: []}]}]",
         r"forms\[1\], sections\[1\], bars must be a multiple of four, got 6"),
        ("tempos: 3", r"x.yaml must be a table with name, title.* got 'tempos'"),
        ("styles: {hard: {swing: fast}}", r"styles, hard, swing must be a number .* got 'fast'"),
        ("fills: {kick: [{name: a}]}", r"fills, kick\[1\], steps must be given"),
        ("time_signature: 3/5", r"x.yaml, time_signature: a time signature must be one of"),
        ("time_signature: 3", r"x.yaml, time_signature: a time signature must be .* got '3'"),
        ("time_signature: 3/4\npatterns: {kick: [{name: a, steps: 'X...X...X...X...'}]}",
         r"patterns, kick\[1\], steps: a bar of .* cells in 3/4, got 16"),
        ("styles: {jig: {time_signature: 6/8, patterns: {kick: [{name: a, steps: 'X.......'}]}}}",
         r"styles, jig, patterns, kick\[1\], steps: a bar of .* in 6/8, got 8"),
        ("swing_note: 4", r"swing_note must be one of 8, 16, got 4"),
        ("section_bars: 10", r"section_bars must be one of 8, 12"),
        ("scales: {minor: klingon}", r"scales, minor must be one of .* got 'klingon'"),
        ("effects: {sweeps: 1}", r"effects, sweeps must be true or false, got 1"),
        ("effects: {reverse: true}", r"effects must be a table with .* got 'reverse'"),
        ("harmony: {chords: jazzy}", r"harmony, chords must be one of power, .* got 'jazzy'"),
        ("harmony: {minor: [{chords: 'i H VII'}]}",
         r"harmony, minor\[1\], chords: a chord must be a Roman numeral .* got 'H'"),
        ("harmony: {major: [{chords: I, in: [solo]}]}", r"major\[1\], in\[1\] must be one of"),
        ("harmony: {cadence: {dorian: i}}", r"harmony, cadence must be a table with minor, major"),
        ("sources: Book", r"x.yaml, sources must be a list, got 'Book'"),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_with_its_place_and_its_rule(text: str, reported: str) -> None:
    with pytest.raises(InvalidInputError, match=reported):
        read_genre(GOOD + text, "x.yaml")


def test_a_file_needs_a_title() -> None:
    with pytest.raises(InvalidInputError, match=r"x.yaml, title must be given"):
        read_genre("name: x", "x.yaml")


def test_what_is_no_yaml_is_told_so() -> None:
    with pytest.raises(InvalidInputError, match=r"x.yaml must be YAML"):
        read_genre("name: [", "x.yaml")


@pytest.mark.parametrize("genre", GENRES)
def test_every_file_of_the_house_is_good(genre: str) -> None:
    assert genre_data(genre)["name"] == genre


def test_there_are_at_least_sixty_genres_and_the_default() -> None:
    assert len(GENRES) >= 61
    assert GENRES[-1] == "default"
