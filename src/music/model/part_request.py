"""What is wanted of one part of a track: by a prompt, by a genre, by a plan."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from src.music.model.plan import StemQuery


@dataclass(frozen=True)
class PartRequest:
    """What is wanted of one part: a kick, a female vocal, the second pad.

    name: of an instrument in English as the lexicon has it ("female vocal"), of a genre's
        role ("lead 2"), or in a plan unique among its parts ("synth 2")
    category: the role that it plays
    tags, text: what the library is searched for
    pattern: name of a step pattern for one-shots; None lets the genre decide
    gain_db: louder or softer than usual
    position: SECTION_START or SECTION_END of one that marks a change; None of one that plays
        through its sections, and as long as there is no plan
    index, count: which of how many stems of the same query, from 0
    queries: (number of the section, what it asks), in the order of the track; empty as long
        as there is no plan
    """

    name: str
    category: str
    tags: tuple[str, ...] = ()
    text: str = ""
    pattern: str | None = None
    gain_db: float = 0.0
    position: str | None = None
    index: int = 0
    count: int = 1
    queries: tuple[tuple[int, StemQuery], ...] = ()

    @property
    def sections(self) -> frozenset[int]:
        """Numbers of the sections in which it plays."""
        return frozenset(number for number, _ in self.queries)

    @property
    def library_query(self) -> StemQuery:
        """What the library is asked, the same for all sections: without count, level, pattern."""
        return StemQuery(self.category, self.tags, text=self.text)

    def is_timed_in(self, section: int) -> bool:
        """Tell whether a section says with which bar it comes in or leaves."""
        return any(query.is_timed for number, query in self.queries if number == section)

    def query_in(self, section: int) -> StemQuery:
        """Return what a section asks of this part. Raises KeyError for one in which it does not
        play.
        """
        return dict(self.queries)[section]

    def for_queries(self, queries: Sequence[tuple[int, StemQuery]]) -> "PartRequest":
        """Replace its queries, at least one; pattern and level are the first one's."""
        _, first = queries[0]
        return replace(self, pattern=first.pattern, gain_db=first.gain_db, queries=tuple(queries))
