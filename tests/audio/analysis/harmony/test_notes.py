import numpy as np
import pytest

from src.audio.analysis.harmony.notes import melody_of

RATE = 100.0


def strengths(*notes: tuple[int, int, int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Begins and sounds of notes (semitone, first frame, last frame, strength) in two seconds."""
    begins, sounds = np.zeros((200, 88), np.float32), np.zeros((200, 88), np.float32)
    for semitone, first, last, strength in notes:
        begins[first - 1 : first + 2, semitone] = (0.5 * strength, strength, 0.5 * strength)
        sounds[first:last, semitone] = strength
    return begins, sounds


def test_a_note_begins_at_its_peak_and_ends_where_it_falls_silent() -> None:
    melody = melody_of(*strengths((39, 50, 90, 0.9), (41, 100, 120, 0.8)), frame_rate=RATE)
    assert [(n.pitch, n.start_s, n.length_s) for n in melody.notes] == [
        (60, 0.5, pytest.approx(0.4)),
        (62, 1.0, pytest.approx(0.2)),
    ]
    assert melody.clarity == pytest.approx(1.0)


def test_a_note_that_is_struck_again_is_two() -> None:
    melody = melody_of(*strengths((39, 50, 90, 0.9), (39, 90, 130, 0.9)), frame_rate=RATE)
    assert [n.start_s for n in melody.notes] == [0.5, 0.9]
    assert melody.notes[0].length_s == pytest.approx(0.4)


def test_a_short_gap_is_bridged() -> None:
    begins, sounds = strengths((39, 50, 90, 0.9))
    sounds[60:63] = 0.0
    (note,) = melody_of(begins, sounds, frame_rate=RATE).notes
    assert note.length_s == pytest.approx(0.4)


def test_of_a_chord_the_strongest_note_stays_and_little_is_clear() -> None:
    chord = strengths((39, 50, 90, 0.9), (43, 50, 90, 0.8), (46, 50, 90, 0.8))
    melody = melody_of(*chord, frame_rate=RATE)
    assert [n.pitch for n in melody.notes] == [60]
    assert melody.clarity < 0.5


def test_what_is_weak_or_short_is_no_note() -> None:
    assert melody_of(*strengths((39, 50, 90, 0.4)), frame_rate=RATE).notes == ()
    assert melody_of(*strengths((39, 50, 53, 0.9)), frame_rate=RATE).notes == ()
    assert melody_of(*strengths(), frame_rate=RATE).clarity == 0.0
