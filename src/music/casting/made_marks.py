"""Risers and impacts of our own synthesis, for libraries that have none: what is known of them.

They are stems like others, except that no file of the user's lies behind them.
"""

from collections.abc import Mapping

from src.core.errors import NotFoundError
from src.music.model.plan import SECTION_END, SECTION_START
from src.music.theory.library import StemCard

_PREFIX = "made-"
_KIT, _LICENCE = "Traum-Engine", "CC0-1.0"

RISER = StemCard(
    id=f"{_PREFIX}riser-1",
    path=f"made/{_PREFIX}riser-1.wav",
    name="Riser",
    category="fx",
    is_loop=False,
    duration_s=16.0,
    channels=2,
    kit=_KIT,
    tags={"rising": 0.9, "noisy": 0.8},
    loudness_lufs=-10.989,
    true_peak_dbtp=-2.974,
    licence=_LICENCE,
)
IMPACT = StemCard(
    id=f"{_PREFIX}impact-1",
    path=f"made/{_PREFIX}impact-1.wav",
    name="Impact",
    category="fx",
    is_loop=False,
    duration_s=4.211979166666667,
    channels=2,
    kit=_KIT,
    tags={"deep": 0.9, "impact": 0.9},
    loudness_lufs=-19.275,
    true_peak_dbtp=-3.09,
    licence=_LICENCE,
)
MARKS: Mapping[str, StemCard] = {SECTION_END: RISER, SECTION_START: IMPACT}
"""Which mark is made for which place."""


def is_made(stem_id: str) -> bool:
    """Whether a stem is one of ours."""
    return stem_id.startswith(_PREFIX)


def made_card(stem_id: str) -> StemCard:
    """A mark as the library's other stems are known. Raises NotFoundError for another id."""
    for card in MARKS.values():
        if card.id == stem_id:
            return card
    raise NotFoundError(f"there is no made sound {stem_id!r}")
