"""A bad genre file is refused with file, field, value and rule."""

from importlib import resources

import pytest

from src.core.errors import InvalidInputError
from src.music.genre.genres import GENRES, read_genre

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
    file = resources.files("src.music.genre") / "grammars" / f"{genre.replace(' ', '_')}.yaml"
    assert read_genre(file.read_text(encoding="utf-8"), file.name)["name"] == genre


def test_there_are_at_least_twelve_genres_and_the_default() -> None:
    assert len(GENRES) >= 13
    assert GENRES[-1] == "default"
