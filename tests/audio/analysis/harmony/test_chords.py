import numpy as np
import pytest

from src.audio.analysis.harmony.chord_model import chord_model, chord_views, log_chords
from src.audio.analysis.harmony.chords import beat_chroma, estimate_chords, likeliest_path

RATE = 12_000
BEAT_S = 0.5
AM_F_C_G = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))


def played(
    chords: tuple[tuple[int, ...], ...], *, beats_each: int, cents: float = 0.0
) -> np.ndarray:
    """Chords of tones with six harmonics that die away, struck on every beat."""
    times = np.arange(round(BEAT_S * RATE)) / RATE
    beats = []
    for chord in chords:
        hertz = [440.0 * 2 ** ((note + cents / 100 - 69) / 12) for note in chord]
        parts = [np.sin(2 * np.pi * f * n * times) / n for f in hertz for n in range(1, 7)]
        beats += [np.sum(parts, axis=0) * np.exp(-2 * times)] * beats_each
    return (0.05 * np.concatenate(beats)).astype(np.float32)


def beats_s(sound: np.ndarray) -> np.ndarray:
    return np.arange(round(sound.size / RATE / BEAT_S) + 1) * BEAT_S


@pytest.mark.parametrize("cents", [0.0, 30.0])
@pytest.mark.parametrize("beats_each", [4, 2])
def test_each_beat_of_a_progression_has_its_chord(beats_each: int, cents: float) -> None:
    sound = played(AM_F_C_G, beats_each=beats_each, cents=cents)
    found = estimate_chords(sound, beats_s(sound), rate=RATE)
    assert found is not None
    assert found.root.tolist() == np.repeat([9, 5, 0, 7], beats_each).tolist()
    assert found.quality.tolist() == np.repeat([1, 0, 0, 0], beats_each).tolist()
    assert found.confidence.min() > 0.5


def test_the_lowest_note_of_an_inversion_is_its_bass() -> None:
    sound = played(((52, 55, 60),), beats_each=4)
    found = estimate_chords(sound, beats_s(sound), rate=RATE)
    assert found is not None
    assert set(found.root.tolist()) == {0}
    assert set(found.bass.tolist()) == {4}


def test_a_transposed_loop_gets_transposed_chords() -> None:
    plain = played(AM_F_C_G, beats_each=2)
    higher = played(tuple(tuple(n + 3 for n in chord) for chord in AM_F_C_G), beats_each=2)
    first = estimate_chords(plain, beats_s(plain), rate=RATE)
    second = estimate_chords(higher, beats_s(higher), rate=RATE)
    assert first is not None
    assert second is not None
    assert second.root.tolist() == [(root + 3) % 12 for root in first.root]


def test_silence_and_an_empty_clip_have_no_chords() -> None:
    assert estimate_chords(np.zeros(RATE, np.float32), np.arange(3) * BEAT_S, rate=RATE) is None
    assert estimate_chords(np.zeros(0, np.float32), np.arange(3) * BEAT_S, rate=RATE) is None
    assert estimate_chords(np.zeros(RATE, np.float32), np.zeros(1), rate=RATE) is None


def test_a_silent_beat_stays_on_its_chord_and_is_sure_of_nothing() -> None:
    sound = played(AM_F_C_G[:1], beats_each=4)
    sound[round(2 * BEAT_S * RATE) :] = 0.0
    found = estimate_chords(sound, beats_s(sound), rate=RATE)
    assert found is not None
    assert set(found.root.tolist()) == {9}
    assert found.confidence[3] == 0.0


def test_a_frame_counts_in_the_beat_that_it_lies_in() -> None:
    sound = played(AM_F_C_G[2:], beats_each=2)
    chroma = beat_chroma(sound, beats_s(sound), rate=RATE)
    assert chroma.all.shape == chroma.low.shape == (4, 12)
    assert chroma.low.argmax(axis=1).tolist() == [0, 0, 7, 7]


def test_a_change_has_to_be_worth_its_cost() -> None:
    believed = np.log(np.array([[0.6, 0.4], [0.45, 0.55], [0.6, 0.4], [0.6, 0.4]]))
    assert likeliest_path(believed, (1.0, 1.0, 1.0)).tolist() == [0, 0, 0, 0]
    assert likeliest_path(believed, (0.0, 0.0, 0.0)).tolist() == [0, 1, 0, 0]


def test_a_change_on_the_downbeat_is_cheaper() -> None:
    believed = np.log(np.array([[0.9, 0.1]] * 3 + [[0.4, 0.6]] * 3))
    path = likeliest_path(believed, (0.1, 0.3, 2.0))
    assert path.tolist() == [0, 0, 0, 0, 1, 1]


def test_chances_of_all_chords_sum_to_one() -> None:
    chroma = np.random.default_rng(1).random((5, 12))
    logs = log_chords(chord_views(chroma, chroma, chroma), chord_model())
    assert logs.shape == (5, 36)
    assert np.exp(logs).sum(axis=1) == pytest.approx(1.0)
