"""Downbeats are found in the sound, the first one too, and one that is late is noticed."""

from typing import Any

import numpy as np
import pytest

from benchmarks.downbeats import downbeats

RATE, BPM, BARS = 48_000, 120.0, 12


def kicks(late_ms: dict[int, float]) -> np.ndarray:
    """A kick on every downbeat, those of some bars late."""
    bar = 4 * 60.0 / BPM
    audio = np.zeros((2, round(bar * BARS * RATE)), np.float32)
    time = np.arange(round(0.15 * RATE)) / RATE
    hit = np.sin(2 * np.pi * 60 * time) * np.exp(-time * 25) + np.cos(4000 * time) * np.exp(
        -time * 300
    )
    for number in range(BARS):
        start = round((number * bar + late_ms.get(number, 0.0) / 1e3) * RATE)
        audio[:, start : start + hit.size] += 0.5 * hit.astype(np.float32)
    return audio


def score() -> dict[str, Any]:
    notes = [{"start_beats": 4.0 * number, "velocity": 1.0} for number in range(BARS)]
    track = {"role": "kick", "notes": notes, "clips": []}
    return {"bpm": BPM, "beats_per_bar": 4, "tracks": [track]}


def test_beats_that_are_on_time_are_all_found_from_the_very_first() -> None:
    found = downbeats(score(), kicks({}), sample_rate=RATE)
    assert found.count == BARS
    assert found.within == 1.0
    assert found.off_ms < 1.0
    assert abs(found.bpm_error) < 0.01


def test_a_late_beat_is_noticed() -> None:
    found = downbeats(score(), kicks({5: 9.0}), sample_rate=RATE)
    assert found.within == pytest.approx(1 - 1 / BARS)
    assert found.off_ms == pytest.approx(9.0, abs=1.5)


def test_without_drums_nothing_is_claimed() -> None:
    silent = {**score(), "tracks": []}
    found = downbeats(silent, kicks({}), sample_rate=RATE)
    assert found.count == 0
    assert np.isnan(found.within)
