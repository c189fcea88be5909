"""Scales by name, as semitones above the tonic."""

from collections.abc import Mapping

SCALES: Mapping[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "melodic minor": (0, 2, 3, 5, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "phrygian dominant": (0, 1, 4, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
    "ukrainian dorian": (0, 2, 3, 6, 7, 9, 10),
}
"""Seven notes each. Phrygian dominant is the freygish or Hijaz of klezmer and the Balkans."""


def degree_semitones(degree: int, scale: str) -> int:
    """Convert a degree to semitones above the tonic: 1 is 0, 8 is 12, 0 lies below the tonic.

    scale: one of SCALES
    """
    steps = SCALES[scale]
    octave, step = divmod(degree - 1, len(steps))
    return 12 * octave + steps[step]
