"""The demo's notation is read as written, and its music stays in its key."""

import numpy as np
import pytest

from src.demo import scores

SCALES = {
    "Am": {9, 11, 0, 2, 4, 5, 7},
    "Fm": {5, 7, 8, 10, 0, 1, 3},
    "Em": {4, 6, 7, 9, 11, 0, 2},
    "C": {0, 2, 4, 5, 7, 9, 11},
}
KEYS = {"TECHNO": "Am", "HOUSE": "Fm", "DNB": "Em", "AMBIENT": "C"}
LINES = [name for name, value in vars(scores).items() if name.isupper() and type(value) is tuple]
DRUMS = [name for name, value in vars(scores).items() if name.isupper() and type(value) is dict]


def test_pitches_have_their_equal_tempered_frequency() -> None:
    assert scores.pitch_hz("A4") == 440.0
    assert scores.pitch_hz("C4") == pytest.approx(261.626, abs=0.001)
    assert scores.pitch_hz("Eb2") == pytest.approx(scores.pitch_hz("D#2"))
    assert scores.pitch_hz("Bb1") == pytest.approx(58.270, abs=0.001)


def test_marks_become_strokes_on_their_sixteenths() -> None:
    strokes = scores.hits("X..- ....|o")
    assert [(s.beat, s.velocity) for s in strokes] == [(0.0, 1.0), (0.75, 0.3), (4.0, 0.55)]


def test_swing_delays_only_off_beat_sixteenths() -> None:
    beats = [stroke.beat for stroke in scores.hits("xxxx", swing=0.6)]
    assert beats == pytest.approx([0.0, 0.3, 0.5, 0.8])


def test_a_line_reads_chords_lengths_velocities_and_slides() -> None:
    first, second = scores.line("2:A3+C4:4:90|0:E3~:2")
    assert (first.beat, first.length_beats, first.velocity) == (0.5, 1.0, 0.9)
    assert first.pitches_hz == (scores.pitch_hz("A3"), scores.pitch_hz("C4"))
    assert (second.beat, second.slide) == (4.0, True)


@pytest.mark.parametrize("name", LINES)
def test_every_line_stays_in_the_key_of_its_kit(name: str) -> None:
    scale = SCALES[KEYS[name.split("_", maxsplit=1)[0]]]
    for note in getattr(scores, name):
        for hz in note.pitches_hz:
            assert round(69 + 12 * np.log2(hz / 440)) % 12 in scale, (name, note)


@pytest.mark.parametrize("name", [name for name in DRUMS if "_" in name])
def test_every_bar_of_a_drum_pattern_has_strokes_within_its_loop(name: str) -> None:
    for part, strokes in getattr(scores, name).items():
        assert strokes, part
        assert all(0 <= stroke.beat < 16.1 for stroke in strokes), part
