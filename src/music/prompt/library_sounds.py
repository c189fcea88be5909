"""Sounds that a prompt names and the library has under that name.

The prompt's reader is pure: it says which names to look up, somebody who knows the library looks,
and what was found comes back in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.model.part_request import PartRequest
from src.music.prompt.intent import PromptIntent
from src.music.theory.library import CATEGORIES

PLAIN_NAMES = (*CATEGORIES, "hi-hat", "melody", "effects", "atmosphere", "chords")
"""Names that say no more than their category: any sound of it is right."""

_SHORTEST_NAME = 3


@dataclass(frozen=True)
class LibrarySound:
    """A name that stems of the library have, and how many of each category have it."""

    name: str
    categories: Mapping[str, int]

    @property
    def category(self) -> str:
        """The category of most of them; of equals the first by name."""
        return min(self.categories, key=lambda name: (-self.categories[name], name))


def names_to_look_up(intent: PromptIntent) -> tuple[str, ...]:
    """List what the library may have by name: words nobody understood, and named instruments."""
    unknown = [part for words in intent.unknown for part in (words, *words.split())]
    named = [
        name
        for asked in intent.requested
        if asked.name not in PLAIN_NAMES
        for name in (asked.name, _bare(asked))
    ]
    return tuple(dict.fromkeys(name for name in (*unknown, *named) if len(name) >= _SHORTEST_NAME))


def with_library_sounds(intent: PromptIntent, found: Mapping[str, LibrarySound]) -> PromptIntent:
    """Ask for the sounds that the library has by the prompt's names, and report what it lacks.

    found: of the names that ``names_to_look_up`` lists, those that the library has
    """
    requested = [_in_its_category(asked, found) for asked in intent.requested]
    understood = list(intent.understood)
    reports = [report for report in intent.reported if report.code != "not_understood"]
    for words in intent.unknown:
        there = [words] if words in found else [part for part in words.split() if part in found]
        for name in there:
            called = name.casefold()
            requested.append(PartRequest(called, found[name].category, text=called))
            understood.append(UnderstoodWords(name, "requested", called))
        missing = " ".join(part for part in words.split() if part not in " ".join(there).split())
        if missing:
            reports.append(ReportedWords("no_such_sound", missing))
    lacking = [
        ReportedWords("stand_in", asked.name, {"category": asked.category})
        for asked in intent.requested
        if asked.name not in PLAIN_NAMES and not _is_there(asked, found)
    ]
    return replace(
        intent,
        requested=tuple(requested),
        understood=tuple(understood),
        reported=(*reports, *lacking),
        unknown=tuple(words for words in intent.unknown if words not in found),
    )


def _is_there(asked: PartRequest, found: Mapping[str, LibrarySound]) -> bool:
    bare = found.get(_bare(asked))
    return asked.name in found or (bare is not None and asked.category in bare.categories)


def _bare(asked: PartRequest) -> str:
    """Drop the category from a name: of "808 bass" files may say "808" alone."""
    first, _, last = asked.name.rpartition(" ")
    return first if first and last in CATEGORIES else asked.name


def _in_its_category(asked: PartRequest, found: Mapping[str, LibrarySound]) -> PartRequest:
    """Take the category in which the library keeps a sound, where none is in the usual one."""
    sound = found.get(asked.name)
    if sound is None or asked.category in sound.categories:
        return asked
    return replace(asked, category=sound.category)
