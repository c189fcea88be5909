"""The sounds that a prompt names, and which stems are called so."""

from collections.abc import Iterable, Mapping

from src.music.model.plan import ArrangementPlan
from src.music.prompt.library_sounds import PLAIN_NAMES
from src.music.theory.library import StemCard
from src.words.file_names import names_of_files, words_of_file

Alternatives = tuple[frozenset[str], ...]
"""Sets of words; a stem that has all of one set is called so."""


def named_sounds(plan: ArrangementPlan) -> Mapping[str, Alternatives]:
    """Map what the plan's queries search for to the names of the sound that the prompt asks for.

    A plain "guitar" is none of them: every guitar is one.
    """
    return {
        sound.text: names_of_files(sound.name)
        for sound in plan.requested
        if sound.name not in PLAIN_NAMES and sound.gain_db >= 0
    }


def is_called(card: StemCard, names: Alternatives) -> bool:
    """Tell whether a stem's file, folders, name or sure tags say one of some names."""
    sure = (tag for tag, score in card.tags.items() if score >= 0.5)
    words = words_of_file(" ".join((card.original_file, card.name, *sure)))
    return any(name <= words for name in names)


def names_if_any(cards: Iterable[StemCard], names: Alternatives) -> Alternatives:
    """Return the names if any of the stems is called so; else none, since none can be preferred."""
    return names if any(is_called(card, names) for card in cards) else ()
