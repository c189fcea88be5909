"""How a track ends: as its form does, in a fade, or at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from src.core.errors import InvalidInputError

FADE, COLD = "fade", "cold"
KINDS = (FADE, COLD)

SHORTEST_FADE_S, LONGEST_FADE_S = 0.5, 120.0
"""Limits of a fade, in seconds."""


@dataclass(frozen=True)
class TrackEnding:
    """A fade to silence, or a stop on the last beat.

    kind: FADE or COLD
    fade_s: length of a fade in seconds, which ends with the track's last beat; 0 of a stop
    """

    kind: str
    fade_s: float = 0.0


def ending_to_dict(ending: TrackEnding) -> dict[str, Any]:
    """Write an ending as plain JSON values."""
    if ending.kind == FADE:
        return {"kind": FADE, "fade_s": ending.fade_s}
    return {"kind": ending.kind}


def ending_from_dict(data: object) -> TrackEnding | None:
    """Read an ending; None ends a track as its form does.

    Raises InvalidInputError for an unknown kind and for a fade beyond its limits.
    """
    if data is None:
        return None
    if not isinstance(data, Mapping) or data.get("kind") not in KINDS:
        raise InvalidInputError(f"plan.ending must have a kind of {', '.join(KINDS)}, got {data!r}")
    if data["kind"] == COLD:
        return TrackEnding(COLD)
    fade_s = data.get("fade_s")
    number = isinstance(fade_s, int | float) and not isinstance(fade_s, bool)
    if not number or not SHORTEST_FADE_S <= float(fade_s or 0.0) <= LONGEST_FADE_S:
        raise InvalidInputError(
            f"plan.ending.fade_s must be {SHORTEST_FADE_S:g} to {LONGEST_FADE_S:g} seconds,"
            f" got {fade_s!r}"
        )
    return TrackEnding(FADE, float(fade_s or 0.0))
