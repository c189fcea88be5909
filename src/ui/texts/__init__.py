"""What the studio says, in English and German: one JSON file per language, the same keys."""

import json
from functools import cache
from pathlib import Path
from typing import Any

LANGUAGES = {"en": "English", "de": "Deutsch"}


@cache
def texts(language: str) -> dict[str, str]:
    """Every text of a language by its key."""
    file = Path(__file__).with_name(f"{language}.json")
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return known


def text(language: str, key: str, **values: Any) -> str:
    """One text with its values. Raises KeyError for a key that no file has."""
    said = texts(language)[key]
    return said.format(**values) if values else said


def has_text(language: str, key: str) -> bool:
    """Whether there is such a text."""
    return key in texts(language)


def language_of(locale: str | None) -> str:
    """The language for a browser's locale: German for all German ones, else English."""
    return "de" if (locale or "").lower().startswith("de") else "en"
