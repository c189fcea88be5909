"""The pages of the genres are those that the command makes."""

from benchmarks.genre_pages import FAMILIES, different, made_pages
from src.music.genre.grammar_files import GENRES, family_of


def test_the_committed_pages_are_what_the_command_makes() -> None:
    pages = dict(made_pages())
    assert different(pages) == [], "run: python -m benchmarks.genre_pages"


def test_every_genre_stands_on_the_page_with_its_family() -> None:
    page = dict(made_pages())["list.md"]
    for genre in GENRES:
        assert f"(`{genre}`)" in page
        assert family_of(genre) in FAMILIES
