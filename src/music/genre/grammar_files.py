"""The files of the grammars: where they lie, what they hold, what a child takes from its parent.

A file is read when its genre is first asked for. Its family is the folder that it lies in.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from src.core.errors import InvalidInputError
from src.core.yaml_files import parse_yaml, read_yaml
from src.music.genre.checking import check_genre, check_metre_file
from src.music.theory.metre import COMMON_TIME, read_metre

_OWN = ("styles", "words", "answers", "pan", "parent", "sources")
"""What a genre has for itself, and does not take from its parent."""

_OLDEST = (
    "techno", "house", "trance", "drum and bass", "dubstep", "hip hop", "trap", "ambient",
    "synthwave", "downtempo", "big beat", "industrial dance",
)  # fmt: skip
_DEFAULT = "default"


def _found() -> dict[str, tuple[str, Traversable]]:
    """Map each genre to its family and its file."""
    folder = resources.files("src.music.genre") / "grammars"
    found: dict[str, tuple[str, Traversable]] = {}
    for item in sorted(folder.iterdir(), key=lambda one: one.name):
        inner = sorted(item.iterdir(), key=lambda one: one.name) if item.is_dir() else [item]
        for file in inner:
            if file.name.endswith(".yaml"):
                family = "" if file is item else item.name
                found[file.name[:-5].replace("_", " ")] = family, file
    return found


_FILES = _found()


def _names_of_files() -> tuple[str, ...]:
    """List the oldest genres of the house, then the others by name, then the default."""
    others = sorted(set(_FILES).difference(_OLDEST, (_DEFAULT,)))
    return (*(name for name in _OLDEST if name in _FILES), *others, _DEFAULT)


GENRES = _names_of_files()
"""Every genre with a file of its own, the default last."""


def family_of(genre: str) -> str:
    """Name the family of a genre; "" for the default and for one that lies beside the families."""
    return _FILES[genre][0]


def genre_words(genre: str) -> tuple[str, ...]:
    """List how a genre is called in prompts, besides what the vocabulary knows.

    A file without words of its own is not read any further: that is slow, and done for each genre.
    """
    text = _FILES[genre][1].read_text(encoding="utf-8")
    if not text.startswith("words:") and "\nwords:" not in text:
        return ()
    return tuple(genre_data(genre).get("words", ()))


@cache
def genre_data(genre: str) -> Mapping[str, Any]:
    """Merge a genre's file over its parent's entries, or over the ground's.

    In another metre than the parent's, patterns and fills come from the metre's file instead.
    """
    data = _own_data(genre)
    base = ground_data() if "parent" not in data else genre_data(_parent(genre, data["parent"]))
    metre = data.get("time_signature", base["time_signature"])
    inherited = {key: value for key, value in base.items() if key not in _OWN}
    if metre != base["time_signature"]:
        inherited |= metre_data(metre)
    return merged(inherited, data)


@cache
def ground_data() -> Mapping[str, Any]:
    """Read what every genre stands on."""
    file = resources.files("src.music.genre") / "ground.yaml"
    return _checked(read_yaml(file), file.name)


@cache
def metre_data(time_signature: str) -> Mapping[str, Any]:
    """Read the patterns and fills that any genre may use in a metre; in 4/4 the ground's.

    In a metre without a file they are empty.
    """
    if time_signature == COMMON_TIME:
        ground = ground_data()
        return {"patterns": ground["patterns"], "fills": ground["fills"]}
    name = f"{time_signature.replace('/', '_')}.yaml"
    file = resources.files("src.music.genre") / "metres" / name
    if not file.is_file():
        return {"patterns": {}, "fills": {}}
    data = read_yaml(file)
    check_metre_file(data, name, read_metre(time_signature))
    return dict(data)


def read_genre(text: str, file: str) -> dict[str, Any]:
    """Read a genre's file as plain values, each of them checked.

    Raises InvalidInputError that names file, field, value and rule.
    """
    return _checked(parse_yaml(text, file), file)


def _checked(data: Any, file: str) -> dict[str, Any]:
    check_genre(data, file, metre=_metre_of(data))
    return dict(data)


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes over base; tables are merged entry by entry, roles also within an entry."""
    result = dict(base)
    for key, value in changes.items():
        old = result.get(key)
        if key == "roles" and isinstance(old, Mapping):
            result[key] = {**old, **{n: {**old.get(n, {}), **role} for n, role in value.items()}}
        elif isinstance(old, Mapping) and isinstance(value, Mapping):
            result[key] = {**old, **value}
        else:
            result[key] = value
    return result


@cache
def _own_data(genre: str) -> Mapping[str, Any]:
    file = _FILES[genre][1]
    return _checked(read_yaml(file), file.name)


def _metre_of(data: Any) -> str | None:
    """Return the metre that a file's patterns are written in: its own, else its parent's.

    None where that can't be told yet, which ``check_genre`` then says.
    """
    if not isinstance(data, Mapping):
        return None
    if "time_signature" in data:
        return str(data["time_signature"])
    if data.get("parent") in _FILES:
        return _metre_of(_own_data(data["parent"]))
    return COMMON_TIME


def _parent(genre: str, parent: str) -> str:
    line = [genre]
    while parent:
        if parent not in _FILES or parent in line:
            raise InvalidInputError(
                f"{genre}, parent must be another of {', '.join(GENRES)}, got {parent!r}"
            )
        line.append(parent)
        parent = str(_own_data(parent).get("parent", ""))
    return line[1]
