"""The voices of a plan: a role that keeps its stem from section to section."""

import re
from dataclasses import dataclass, replace

from src.music.genre.genres import SECTION_END, SECTION_START
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.theory.exclusion import refused_categories
from src.music.theory.library import CATEGORIES
from src.music.theory.roles import role_of, stand_ins_of

_LASTING = re.compile(
    r"\b(textur\w*|drone\w*|ambien\w*|atmo\w*|granular|background|noise|vinyl|rain|field)\b"
)
_RISING = re.compile(r"\b(ris\w*|uplift\w*|build\w*|swell\w*|whoosh\w*|reverse\w*|sweep\w*)\b")


@dataclass(frozen=True)
class Wanted:
    """What is asked of the library, the same for all sections that ask it."""

    category: str
    tags: tuple[str, ...] = ()
    text: str = ""

    @property
    def prompt(self) -> str:
        """The wish in words, for the semantic search."""
        words = [*self.tags, *(self.text or self.category).split()]
        return " ".join(dict.fromkeys(words))


@dataclass(frozen=True)
class Voice:
    """One line of the track. index counts the stems of one query from 0.

    queries: (number of the section, what it asks), in the order of the track
    """

    name: str
    wanted: Wanted
    index: int
    count: int
    queries: tuple[tuple[int, StemQuery], ...]

    @property
    def category(self) -> str:
        """The role that the plan asks for."""
        return self.wanted.category

    @property
    def sections(self) -> frozenset[int]:
        """Numbers of the sections in which it plays."""
        return frozenset(number for number, _ in self.queries)

    @property
    def place(self) -> str | None:
        """SECTION_START or SECTION_END for a sound that marks a change, else None."""
        return place_of(self.queries[0][1])

    def query(self, section: int) -> StemQuery:
        """What a section asks of this voice."""
        return dict(self.queries)[section]


def voices_of(plan: ArrangementPlan) -> tuple[Voice, ...]:
    """All voices of a plan, the most important first.

    The same query in several sections is one voice; ``count`` makes several. What the
    plan itself excludes, and what is beside its ``only_roles``, is left out.
    """
    refused = refused_categories(plan.excluded) | _beside(plan)
    found: dict[tuple[Wanted, str | None, int], list[tuple[int, StemQuery]]] = {}
    for number, section in enumerate(plan.structure):
        for key, query in _asked(section):
            if query.category not in refused:
                found.setdefault(key, []).append((number, query))
    voices: list[Voice] = []
    for (wanted, _, index), queries in found.items():
        count = max(query.count for _, query in queries)
        voices.append(Voice(_name(wanted, voices), wanted, index, count, tuple(queries)))
    return tuple(sorted(voices, key=lambda voice: -role_of(voice.category).importance))


def _beside(plan: ArrangementPlan) -> frozenset[str]:
    """Categories that may not play because the plan wants only others."""
    return frozenset(CATEGORIES).difference(plan.only_roles) if plan.only_roles else frozenset()


def wanted_of(plan: ArrangementPlan) -> tuple[Wanted, ...]:
    """Everything the library is searched for: each voice, and what can replace it.

    A drum loop that the library lacks is replaced by one-shots.
    """
    wanted: dict[Wanted, None] = {}
    for voice in voices_of(plan):
        wanted[voice.wanted] = None
        for category in stand_ins_of(voice.category):
            wanted[replace(voice.wanted, category=category)] = None
        if voice.category == "drums":
            wanted.update(dict.fromkeys(wish for wish in loop_parts(voice.wanted)))
    return tuple(wanted)


def loop_parts(drums: Wanted) -> tuple[Wanted, ...]:
    """The one-shots that together replace a drum loop."""
    return tuple(
        Wanted(category, drums.tags, name)
        for category, name in (("kick", "kick drum"), ("snare", "snare drum"), ("hihat", "hi-hat"))
    )


def place_of(query: StemQuery) -> str | None:
    """Whether a query asks for a sound that starts or ends a section.

    An effect does, unless its words tell of something that lasts.
    """
    if query.pattern in (SECTION_START, SECTION_END):
        return query.pattern
    if query.category != "fx":
        return None
    words = " ".join((query.text, *query.tags)).lower()
    if _RISING.search(words):
        return SECTION_END
    return None if _LASTING.search(words) else SECTION_START


def _asked(section: SectionPlan) -> list[tuple[tuple[Wanted, str | None, int], StemQuery]]:
    """Every single stem a section asks for, with the key of its voice."""
    asked: list[tuple[tuple[Wanted, str | None, int], StemQuery]] = []
    used: dict[tuple[Wanted, str | None], int] = {}
    for query in section.stem_queries:
        wanted = Wanted(query.category, query.tags, query.text)
        place = place_of(query)
        for _ in range(query.count):
            index = used.get((wanted, place), 0)
            used[wanted, place] = index + 1
            asked.append(((wanted, place, index), query))
    return asked


def _name(wanted: Wanted, voices: list[Voice]) -> str:
    """A name for people, unique in the track: "synth", "synth 2"."""
    taken = sum(voice.category == wanted.category for voice in voices)
    return wanted.category if taken == 0 else f"{wanted.category} {taken + 1}"
