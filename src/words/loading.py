"""Reading the vocabulary's files into entries, and refusing what can't be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from src.core.errors import InvalidInputError
from src.words.entries import LANGUAGES, SCOPES, SUGGESTIONS, NameFacts, WordEntry

_FOREIGN = "foreign_genres.yaml"
_USUAL_KINDS = {
    "instruments.yaml": "instrument",
    "adjectives.yaml": "mood",
    "moods.yaml": "mood",
    "occasions.yaml": "occasion",
    "theory.yaml": "scale",
    "genres.yaml": "genre",
    _FOREIGN: "foreign_genre",
    "grammar.yaml": "filler",
}
_FIELDS = frozenset(
    {*LANGUAGES, *SUGGESTIONS, "kind", "value", "category", "part", "sound", "means", "called",
     "names", "phrases", "search", "implies"}
)  # fmt: skip

_HEARD = ("adjectives.yaml", "moods.yaml")
"""Files whose entries a search looks for by themselves, unless they name another sound."""

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Files:
    """What the files of a vocabulary hold.

    categories: name -> its facts ("means", "clap"); names: the lists of ``names.yaml``
    ordinary: words that look like words of music and are none
    """

    categories: Mapping[str, Body]
    entries: tuple[WordEntry, ...]
    names: Mapping[str, Any]
    ordinary: frozenset[str]


def read_files(folder: Traversable) -> Files:
    """Read all word files of a folder.

    Raises InvalidInputError for an unknown field, category or sound, and for words that are no
    texts, naming file, entry and value.
    """
    bodies = {file: _read_yaml(folder / file) for file in _USUAL_KINDS}
    categories = {
        name: facts or {} for name, facts in bodies["instruments.yaml"]["categories"].items()
    }
    bodies["instruments.yaml"] = bodies["instruments.yaml"]["instruments"]
    concepts = _concepts(bodies)
    meanings = _meanings(categories, bodies)
    entries = tuple(
        _entry(f"{file}, {name}", str(name), {"kind": _USUAL_KINDS[file], **body}, found, meanings)
        for file, some in bodies.items()
        for (name, body), found in zip(some.items(), concepts[file], strict=True)
    )
    for entry in entries:
        if entry.category and entry.category not in categories:
            raise InvalidInputError(f"{entry.name!r} has no category: {entry.category!r}")
    lines = (folder / "ordinary.txt").read_text(encoding="utf-8").splitlines()
    ordinary = frozenset(word for line in lines if line[:1] != "#" for word in line.split())
    return Files(categories, entries, _read_yaml(folder / "names.yaml"), ordinary)


def _read_yaml(file: Traversable) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found = yaml.load(file.read_text(encoding="utf-8"), Loader=loader)
    if not isinstance(found, dict):
        raise InvalidInputError(f"{file.name} must hold a mapping, got {type(found).__name__}")
    return found


def _concepts(bodies: Mapping[str, Mapping[str, Body]]) -> dict[str, list[tuple[str, ...]]]:
    """Map each entry to what a search looks for: its sound, its category, or itself."""
    genres: dict[str, tuple[str, ...]] = {}
    for name, body in bodies["genres.yaml"].items():
        own = (name,) if "means" in body else genres.get(name.partition("/")[0], ())
        genres[name] = _texts(name, body.get("sound", ())) or own
    return {
        "instruments.yaml": [
            _texts(name, body.get("sound", body["category"]))
            for name, body in bodies["instruments.yaml"].items()
        ],
        **{
            file: [
                _texts(name, body.get("sound", str(name) if file in _HEARD else ()))
                for name, body in bodies[file].items()
            ]
            for file in (*_HEARD, "occasions.yaml", "theory.yaml")
        },
        "genres.yaml": list(genres.values()),
        _FOREIGN: [(str(name),) for name in bodies[_FOREIGN]],
        "grammar.yaml": [
            _texts(name, () if body.get("search", SCOPES[0]) in SCOPES else body["search"])
            for name, body in bodies["grammar.yaml"].items()
        ],
    }


def _meanings(
    categories: Mapping[str, Body], bodies: Mapping[str, Mapping[str, Body]]
) -> dict[str, Mapping[str, float]]:
    """Weights of each concept: of categories, and of entries that are not heard as another."""
    found = {name: facts.get("means", {name: 1.0}) for name, facts in categories.items()}
    for file in _HEARD:
        for name, body in bodies[file].items():
            if "sound" not in body:
                found[str(name)] = body.get("means", {str(name): 1.0})
    for file in ("genres.yaml", _FOREIGN):
        for name, body in bodies[file].items():
            if "means" in body:
                found[str(name)] = body["means"]
    return found


def _entry(
    path: str,
    name: str,
    body: Body,
    concepts: tuple[str, ...],
    meanings: Mapping[str, Mapping[str, float]],
) -> WordEntry:
    _check(path, body.keys(), _FIELDS, "a field")
    _check(path, concepts, meanings.keys(), "a sound")
    kind, category = body["kind"], body.get("category", "")
    scope = body.get("search", "")
    return WordEntry(
        name=name,
        kind="style" if kind == "genre" and "/" in name else kind,
        value=str(body.get("value", name)),
        words={language: _texts(path, body.get(language, ())) for language in LANGUAGES},
        phrases=_texts(path, body.get("phrases", ())),
        category=category,
        part="part" in body,
        named=body.get("part") == "named",
        concepts=concepts,
        meaning=_summed(meanings[concept] for concept in concepts),
        scope=scope if scope in SCOPES else "",
        called=_texts(path, body.get("called", ())),
        implies=_texts(path, body.get("implies", ())),
        suggests={name: body[name] for name in SUGGESTIONS if name in body},
        names={
            word: name_facts(f"{path}, names, {word}", facts, category)
            for word, facts in body.get("names", {}).items()
        },
    )


def name_facts(path: str, facts: object, category: str) -> NameFacts:
    """Read what a word of file names says: a weight of the entry's category, a tag, or all of
    it.
    """
    if isinstance(facts, str):
        return NameFacts(tag=facts)
    if isinstance(facts, int | float):
        return NameFacts({category: float(facts)})
    if not isinstance(facts, dict):
        raise InvalidInputError(f"{path} must be a weight, a tag or a mapping, got {facts!r}")
    others = ("loop", "shot", "tag", "genre")
    return NameFacts(
        {name: float(weight) for name, weight in facts.items() if name not in others},
        loop=float(facts.get("loop", 0.0)),
        shot=float(facts.get("shot", 0.0)),
        tag=str(facts.get("tag", "")),
        genre=bool(facts.get("genre", False)),
    )


def _texts(path: str, value: object) -> tuple[str, ...]:
    """Read one text or several, as a list or with commas between them.

    In a list YAML reads "no" and "off" as something else unless they are quoted.
    """
    texts = value.split(", ") if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(text, str) for text in texts):
        raise InvalidInputError(f"{path}: words must be texts (quoted), got {value!r}")
    return tuple(texts)


def _check(path: str, given: Iterable[str], known: Iterable[str], what: str) -> None:
    unknown = sorted(set(given).difference(known))
    if unknown:
        raise InvalidInputError(
            f"{path}: {what} must be one of {', '.join(sorted(known))}, got {', '.join(unknown)}"
        )


def _summed(meanings: Iterable[Mapping[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for meaning in meanings:
        for target, weight in meaning.items():
            total[target] = total.get(target, 0.0) + weight
    return total
