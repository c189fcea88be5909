"""What files are called where they hold a sound of some name."""

from functools import lru_cache

from src.words.name_words import singular
from src.words.spelling import parted, plain_words, words_of
from src.words.vocabulary import vocabulary

_LETTERS_GLUED = 5


def words_of_file(path: str) -> frozenset[str]:
    """Words of a path or name in plain spelling and singular: "Ukulele_Loops/uke01.wav"."""
    return frozenset(singular(word) for word in plain_words(parted(path)))


@lru_cache(maxsize=4096)
def names_of_files(name: str) -> tuple[frozenset[str], ...]:
    """List the sets of words by which files of a sound's name are known; never empty sets.

    "music box" stands as two words or as "musicbox"; what the vocabulary says that files call
    it counts as well.
    """
    own = tuple(singular(word) for word in plain_words(name))
    found = [frozenset(own)]
    if len(own) > 1 and len("".join(own)) >= _LETTERS_GLUED:
        found.append(frozenset(["".join(own)]))
    words = [word for word in words_of(name) if not word.is_sign]
    if words:
        meant, size = vocabulary().prompts.find(words, 0)
        if meant and size == len(words):
            called = meant[0].entry.called
            found += [frozenset(singular(word) for word in plain_words(one)) for one in called]
    return tuple(dict.fromkeys(words for words in found if words))
