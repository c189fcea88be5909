"""The English names of single sounds, for words of three languages."""

from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files

import yaml

from src.embeddings.lexicon import WORDS_KEPT, words_of


@dataclass
class _Names:
    """whole: exact words; beginnings: by first two letters, the longest first."""

    whole: dict[str, list[str]] = field(default_factory=dict)
    beginnings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@lru_cache(maxsize=WORDS_KEPT)
def english_names(word: str) -> tuple[str, ...]:
    """What a word is called in English names: "piano" for "Klavier" and for "пианино".

    The English word itself is left out; an unknown word gives an empty tuple.
    """
    found: dict[str, None] = {}
    for one in words_of(word):
        whole = _names().whole.get(one)
        if whole is not None:
            found.update(dict.fromkeys(whole))
            continue
        for start, english in _names().beginnings.get(one[:2], ()):
            if one.startswith(start):
                found[english] = None
                break
    found.pop(word, None)
    return tuple(found)


@cache
def _names() -> _Names:
    text = files("src.embeddings").joinpath("data", "translations.yaml").read_text("utf-8")
    names = _Names()
    for english, others in yaml.safe_load(text).items():
        for other in (english, *others):
            plain = words_of(other.rstrip("*"))[0]
            if other.endswith("*"):
                names.beginnings.setdefault(plain[:2], []).append((plain, english))
            else:
                names.whole.setdefault(plain, []).append(english)
    for starts in names.beginnings.values():
        starts.sort(key=lambda pair: -len(pair[0]))
    return names
