"""What a genre may do to a part over time: sway from side to side, stop like a tape."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sway:
    """How far and how slowly a part moves. width: 0..1 to either side; bars: of one sway"""

    width: float
    bars: int


@dataclass(frozen=True)
class TapeStop:
    """Where a genre stops the tape. into: kinds of sections before which it may

    beats: how long it takes; chance: 0..1, how often
    """

    into: tuple[str, ...]
    beats: float
    chance: float
