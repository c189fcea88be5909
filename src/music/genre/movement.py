"""What a genre may do to a part over time: sway, stop like a tape, open a filter."""

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


@dataclass(frozen=True)
class Effects:
    """Touches of electronic production that a genre takes, or plays without.

    sweeps: filters that open in an intro and a build-up and close in an outro
    throws: echoes and rings at the ends of phrases; echo: the shared delay as such
    stutters: loops that are cut up before a phrase ends
    """

    sweeps: bool = True
    throws: bool = True
    echo: bool = True
    stutters: bool = True
