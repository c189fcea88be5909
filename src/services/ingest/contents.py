"""Files on their way into the library, by their content, and what comes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from src.services.ingest.scan import FoundFile
from src.storage.fingerprint import stem_id

if TYPE_CHECKING:
    from src.analysis import StemFacts

ANALYSED_WHOLE_S = 30.0
"""Of longer sounds the analysis hears a part, while an embedder hears them whole."""

BUSY, FAILED = "busy", "failed"


@dataclass(frozen=True)
class Failure:
    """Why a task gave no result.

    reason: "busy" where a file changed or went while it was read; "failed" for an exception;
        "timeout" or "crashed" of a worker; else what is wrong with the file
    """

    reason: str
    message: str

    @property
    def for_now(self) -> bool:
        """Whether it says nothing about the file, so that the next import tries again."""
        return self.reason in (BUSY, FAILED)


@dataclass(frozen=True)
class Taken:
    """A sound that was standardised and analysed.

    whole: False where the file was cut short
    """

    facts: "StemFacts"
    duration_s: float
    channels: int
    original_sample_rate: int
    licence: str | None = None
    warnings: tuple[str, ...] = ()
    whole: bool = True

    @property
    def described(self) -> Mapping[str, float] | None:
        """Descriptors of the whole sound; None where only a part of it was heard."""
        return self.facts.features if self.duration_s <= ANALYSED_WHOLE_S else None


@dataclass
class Content:
    """Files with the same bytes.

    digest: None where they could not be read
    outcome: None where nothing is to be found out, because the library knows the content
    """

    digest: str | None
    files: list[FoundFile] = field(default_factory=list)
    outcome: Taken | Failure | None = None

    @property
    def stem_id(self) -> str:
        """The id of the stem that the content is or becomes. Only where it could be read."""
        assert self.digest is not None
        return stem_id(self.digest)
