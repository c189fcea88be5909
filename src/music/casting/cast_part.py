"""What was chosen: a stem for a part, how it is played, and why."""

from dataclasses import dataclass

from src.music.casting.fit import Fit
from src.music.model.part_request import PartRequest
from src.music.model.score import Reason
from src.music.theory.library import DRUM_CATEGORIES, StemCard


@dataclass(frozen=True)
class CastPart:
    """A stem that plays a part, or is proposed for it.

    score: 0..1, how well it meets the request over all criteria, each with its reason
    high_pass_hz, low_pass_hz: what makes room for others; None leaves the role's own
    runners_up: names of the next best stems
    partner: of a hi-hat, the sound of the other kind (open or closed), where there is one
    variation: how a stem that also plays the call differs as the answer, see ``answers``
    """

    request: PartRequest
    card: StemCard
    fit: Fit
    score: float
    reasons: tuple[Reason, ...]
    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    runners_up: tuple[str, ...] = ()
    partner: StemCard | None = None
    variation: str = ""

    @property
    def name(self) -> str:
        """The part's name, unique in the track."""
        return self.request.name

    @property
    def tuned(self) -> bool:
        """Whether the stem's root note is known, so that scale degrees can be played."""
        return self.card.key is not None and self.card.category not in DRUM_CATEGORIES


@dataclass(frozen=True)
class Cast:
    """All parts that play, and what had to be left out or replaced, in words.

    key: of the track as it is cast; the plan's where it is empty
    """

    parts: tuple[CastPart, ...]
    warnings: tuple[str, ...] = ()
    key: str = ""
