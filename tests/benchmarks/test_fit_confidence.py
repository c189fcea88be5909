"""The fit of confidences: packs that it never met are judged better than before."""

import numpy as np

from benchmarks.fit_confidence import Judged, calibration_error, fitted, held_out


def answers(packs: int = 24, each: int = 20) -> list[Judged]:
    """Estimates that are right in nine of ten cases where the kit agrees, and said to be at 0.5."""
    rng = np.random.default_rng(1)
    made = []
    for pack in range(packs):
        agrees = pack % 2
        for _ in range(each):
            right = bool(rng.random() < (0.9 if agrees else 0.5))
            cues = {"offset": 1.0, "raw": 0.0, "alike": 2.0 * agrees}
            made.append(Judged(cues, 0.5, right, f"p{pack}", 1.0, "made"))
    return made


def test_packs_left_out_get_the_confidence_that_they_deserve() -> None:
    judged = answers()
    right = np.array([one.right for one in judged], float)
    after = held_out(judged)
    assert calibration_error(np.full(right.size, 0.5), right) > 0.15
    assert calibration_error(after, right) < 0.06


def test_without_a_pattern_the_confidence_stays_as_it_was() -> None:
    rng = np.random.default_rng(2)
    judged = [
        Judged(
            {"offset": 1.0, "raw": odds}, chance, bool(rng.random() < chance), f"p{n}", 1.0, "made"
        )
        for n, chance in enumerate(rng.uniform(0.1, 0.9, 600))
        if np.isfinite(odds := float(np.log(chance / (1.0 - chance))))
    ]
    offset, slope = fitted(judged)
    assert abs(offset) < 0.25
    assert 0.7 < slope < 1.3
