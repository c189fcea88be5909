"""Ordinary words of three languages, so that none of them is taken for a typing error.

English and German are those of pyspellchecker (MIT; some 500 000 words, from subtitles), kept as
sorted hashes in 4 MB; Russian with its inflections is pymorphy3's (MIT; OpenCorpora). Both are
loaded when they are first asked, which takes some 0.6 s and 0.2 s: only a word that nobody knows
and that looks like one of ours is asked for.
"""

import gzip
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from pymorphy3 import MorphAnalyzer

_FILES = ("en.json.gz", "de.json.gz")


def is_ordinary(word: str) -> bool:
    """Tell whether a word stands in a dictionary of English, German or Russian.

    word: in lower case, as it was written ("ä", not "ae")
    """
    if any("а" <= letter <= "я" for letter in word):
        return bool(_russian().word_is_known(word))
    hashes = _latin()
    return bool(_holds(hashes, word) or _holds(hashes, word.replace("ss", "ß")))


def _holds(hashes: "np.ndarray", word: str) -> bool:
    position = int(hashes.searchsorted(hash(word)))
    return position < len(hashes) and int(hashes[position]) == hash(word)


@cache
def _latin() -> "np.ndarray":
    """Sorted hashes of all English and German words."""
    import numpy as np

    folder = files("spellchecker") / "resources"
    found: list[int] = []
    for name in _FILES:
        words = json.loads(gzip.decompress((folder / name).read_bytes()))
        found += map(hash, words)
    return np.unique(np.array(found, dtype=np.int64))


@cache
def _russian() -> "MorphAnalyzer":
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer()
