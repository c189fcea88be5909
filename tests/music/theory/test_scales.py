"""Scales: degrees to semitones."""

import pytest

from src.music.theory.scales import SCALES, degree_semitones


@pytest.mark.parametrize(
    ("degree", "scale", "semitones"),
    [
        (1, "minor", 0), (3, "minor", 3), (3, "major", 4), (5, "minor", 7), (8, "minor", 12),
        (0, "minor", -2), (2, "phrygian dominant", 1), (7, "harmonic minor", 11),
        (7, "mixolydian", 10),
    ],
)  # fmt: skip
def test_degrees_follow_the_scale(degree: int, scale: str, semitones: int) -> None:
    assert degree_semitones(degree, scale) == semitones


def test_every_scale_rises_within_the_octave_and_all_but_one_have_a_fifth() -> None:
    for name, steps in SCALES.items():
        assert len(steps) == 7, name
        assert list(steps) == sorted(set(steps)), name
        assert (steps[0], steps[4]) == (0, 6 if name == "locrian" else 7), name
        assert steps[-1] < 12, name
