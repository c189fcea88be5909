"""What the studio says, in both languages."""

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from src.ui.colours import CATEGORIES
from src.ui.texts import LANGUAGES, has_text, language_of, text, texts

UI = Path(__file__).parents[2] / "src" / "ui"
KEY = re.compile(r"""\bt\(\s*["']([a-z_]+\.[a-z_0-9]+)["']""")
MADE_KEY = re.compile(r"""\bt\(\s*f["']([a-z_]+)\.([a-z_]*)\{""")


def fields_of(said: str) -> set[str]:
    """Names of the values that a text wants."""
    return {name for _, name, _, _ in Formatter().parse(said) if name}


def test_both_languages_say_the_same_things() -> None:
    assert texts("en").keys() == texts("de").keys()


@pytest.mark.parametrize("key", sorted(texts("en")))
def test_both_languages_want_the_same_values(key: str) -> None:
    assert fields_of(texts("en")[key]) == fields_of(texts("de")[key])
    assert texts("en")[key].strip()
    assert texts("de")[key].strip()


def test_every_text_that_the_studio_asks_for_is_there() -> None:
    requested = {key for file in UI.rglob("*.py") for key in KEY.findall(file.read_text("utf-8"))}
    assert len(requested) > 150
    assert requested - texts("en").keys() == set()


def test_every_group_of_texts_that_is_asked_for_by_name_is_there() -> None:
    groups = {pair for file in UI.rglob("*.py") for pair in MADE_KEY.findall(file.read_text())}
    for group, start in groups:
        assert any(key.startswith(f"{group}.{start}") for key in texts("en")), (group, start)


def test_every_category_has_a_name() -> None:
    for language in LANGUAGES:
        assert all(has_text(language, f"category.{name}") for name in CATEGORIES)


def test_values_stand_in_the_text() -> None:
    assert text("de", "library.page", page=2, pages=3, total=120) == "Seite 2 von 3 (120 insgesamt)"
    with pytest.raises(KeyError):
        text("en", "nothing.of_the_kind")


@pytest.mark.parametrize(
    ("locale", "language"),
    [("de-DE", "de"), ("de", "de"), ("DE-at", "de"), ("en-US", "en"), ("fr", "en"), (None, "en")],
)
def test_the_browser_chooses_the_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language


def test_every_text_gets_the_values_that_it_wants() -> None:
    checked = 0
    for file in UI.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
                continue
            key = call.args[0] if call.func.id == "t" and call.args else None
            given = {one.arg for one in call.keywords}
            if isinstance(key, ast.Constant) and None not in given:
                assert given == fields_of(texts("en")[key.value]), (file.name, key.value)
                checked += 1
    assert checked > 150
