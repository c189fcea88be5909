"""What an import did, in numbers and words."""

from dataclasses import asdict, dataclass, field
from typing import Any

MOST_REPORTED = 1_000
"""How many files a report names one by one; the numbers always count all."""


@dataclass(frozen=True)
class FileProblem:
    """A file that did not come in whole. stored_as: its name in the quarantine, if any."""

    path: str
    reason: str
    message: str
    stored_as: str | None = None


@dataclass
class ImportReport:
    """The numbers of one import.

    found: files that may be sounds; unchanged: as they were at the last import
    added: new stems; duplicates: further places of a stem; moved: known sounds at a new place
    replaced: places whose file now holds another sound
    quarantined: refused now; left_alone: refused before and left in their place
    unsupported: of the refused, sounds of kinds that are not read; they stay where they are
    left_outside: of the refused, files outside the library, which nothing is moved out of
    licensed: stems without a licence that got one from a text that came after them
    missing: known places whose file is gone; failed: our fault or busy, tried again next time
    refreshed: analysed again; embedded: vectors written
    """

    found: int = 0
    unchanged: int = 0
    added: int = 0
    duplicates: int = 0
    moved: int = 0
    replaced: int = 0
    quarantined: int = 0
    left_alone: int = 0
    unsupported: int = 0
    left_outside: int = 0
    licensed: int = 0
    missing: int = 0
    failed: int = 0
    refreshed: int = 0
    embedded: int = 0
    seconds: float = 0.0
    problems: list[FileProblem] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def tell(self, problem: FileProblem) -> None:
        """Name a file, unless there are too many to name."""
        if len(self.problems) < MOST_REPORTED:
            self.problems.append(problem)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)
