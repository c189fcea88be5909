import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.analysis.pitch import low_rate, melody_chroma, note_of, track_pitch

RATE = 48_000


def tone(midi: float, length_s: float = 0.6, harmonics: int = 8) -> np.ndarray:
    times = np.arange(round(length_s * RATE)) / RATE
    hertz = 440.0 * 2 ** ((midi - 69) / 12)
    parts = [np.sin(2 * np.pi * hertz * n * times) / n for n in range(1, harmonics + 1)]
    return (0.3 * np.sum(parts, axis=0) * np.exp(-3 * times)).astype(np.float32)


@settings(max_examples=40)
@given(st.integers(26, 84), st.integers(1, 10))
def test_the_note_of_a_tone_is_found(midi: int, harmonics: int) -> None:
    note = note_of(track_pitch(low_rate(tone(midi, harmonics=harmonics), sample_rate=RATE)))
    assert note is not None
    assert note.midi == pytest.approx(midi, abs=0.1)
    assert note.pitch_class == midi % 12
    assert note.confidence > 0.7


def test_a_missing_fundamental_is_heard_all_the_same() -> None:
    times = np.arange(RATE // 2) / RATE
    parts = [np.sin(2 * np.pi * 110 * n * times) for n in (2, 3, 4, 5)]
    low = low_rate((0.2 * np.sum(parts, axis=0)).astype(np.float32), sample_rate=RATE)
    note = note_of(track_pitch(low))
    assert note is not None
    assert note.midi == pytest.approx(45.0, abs=0.1)


def test_a_note_outweighs_the_slide_into_it() -> None:
    slide = np.concatenate([tone(74, 0.15), 0.3 * tone(72, 0.9)])
    found = note_of(track_pitch(low_rate(slide, sample_rate=RATE)))
    assert found is not None
    assert found.pitch_class == 0


@pytest.mark.parametrize("offset", [0.05, -0.3])
def test_an_offset_under_a_note_and_its_silence_is_not_heard(offset: float) -> None:
    clip = np.concatenate([tone(57, 0.4), np.zeros(RATE, np.float32)])
    plain = note_of(track_pitch(low_rate(clip, sample_rate=RATE)))
    shifted = note_of(track_pitch(low_rate(clip + np.float32(offset), sample_rate=RATE)))
    assert plain is not None
    assert shifted is not None
    assert shifted.midi == pytest.approx(plain.midi, abs=0.01)
    assert shifted.confidence == pytest.approx(plain.confidence, abs=0.01)


def test_noise_has_no_note() -> None:
    noise = np.random.default_rng(2).standard_normal(RATE).astype(np.float32) * 0.2
    note = note_of(track_pitch(low_rate(noise, sample_rate=RATE)))
    assert note is None or note.confidence < 0.3


@pytest.mark.parametrize("samples", [0, 1, 15, 300])
def test_silent_and_shortest_clips_have_no_note(samples: int) -> None:
    track = track_pitch(low_rate(np.zeros(samples, np.float32), sample_rate=RATE))
    assert note_of(track) is None
    assert not melody_chroma(track).any()


def test_a_melody_is_spread_over_its_notes() -> None:
    melody = np.concatenate([tone(midi, 0.4) for midi in (57, 60, 64, 57)])
    chroma = melody_chroma(track_pitch(low_rate(melody, sample_rate=RATE)))
    assert set(np.argsort(chroma)[-3:]) == {9, 0, 4}
    assert np.argmax(chroma) == 9
    assert chroma.sum() <= 1.0 + 1e-9
