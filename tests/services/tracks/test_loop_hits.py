"""Hits of loops, measured once."""

import numpy as np

from src.services.tracks.loop_hits import LoopHits, hits_of
from tests.music.cards import loop
from tests.services.small_library import RATE, click_track

LATE = 960


def late_clicks() -> np.ndarray:
    """Eight beats of clicks, all 20 ms behind the grid."""
    return np.roll(click_track(hz=180.0, bars=2), LATE, axis=1)


def test_hits_lie_where_the_sound_begins() -> None:
    expected = [beat * 0.5 + LATE / RATE for beat in range(8)]
    found = hits_of(late_clicks())
    assert len(found) == 8
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) < 0.002


def test_a_stem_is_read_once() -> None:
    requested: list[str] = []

    def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        requested.append(stem_id)
        return late_clicks()

    hits, cards = LoopHits(kept=1), [loop("a", "drums")]
    assert hits.of(cards, load) == hits.of(cards, load)
    assert requested == ["a"]
    hits.of([loop("b", "drums")], load)
    hits.of(cards, load)
    assert requested == ["a", "b", "a"]


def test_silence_has_no_hits() -> None:
    assert hits_of(np.zeros((2, RATE), np.float32)) == ()
