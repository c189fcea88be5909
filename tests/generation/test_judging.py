"""What came is judged before its level is touched."""

import numpy as np
import pytest

from src.audio.basics.validation import Audio
from src.core.errors import GenerationFailedError
from src.generation.judging import judge
from src.generation.protocol import GeneratedMusic
from src.generation.request import MusicRequest

RATE = 48_000
CHORDS = ((45, 57, 60, 64), (41, 57, 60, 65), (40, 56, 59, 64))
"""Notes of MIDI."""

REQUEST = MusicRequest("techno", duration_s=10.0, tempo_bpm=120.0, key="Am")


def chords_with_clicks(bpm: float = 120.0, *, seconds: float = 10.0) -> Audio:
    """A minor, F and E major in turn, with a noisy click on every beat."""
    moments = np.arange(round(seconds * RATE)) / RATE
    tone = np.zeros(moments.size)
    for number in range(5):
        part = slice(2 * number * RATE, 2 * (number + 1) * RATE)
        for note in CHORDS[number % 3]:
            hz = 440.0 * 2.0 ** ((note - 69) / 12)
            tone[part] += 0.05 * np.sin(2.0 * np.pi * hz * moments[part])
    noise = np.random.default_rng(1).standard_normal(moments.size)
    mono = tone + 0.3 * noise * np.exp(-(moments % (60.0 / bpm)) / 0.01)
    return np.stack([mono, mono]).astype(np.float32)


def music(audio: Audio) -> GeneratedMusic:
    return GeneratedMusic(audio, RATE, 7)


def test_silence_is_refused_and_not_lifted_to_full_scale() -> None:
    residue = np.random.default_rng(1).standard_normal((2, 10 * RATE)).astype(np.float32) * 1e-5
    with pytest.raises(GenerationFailedError, match="silence: its peak is -") as caught:
        judge(music(residue), REQUEST, expected_s=10.0)
    assert caught.value.code == "silent"


def test_what_is_no_number_is_refused() -> None:
    audio = chords_with_clicks()
    audio[0, 100:200] = np.nan
    with pytest.raises(GenerationFailedError, match="no numbers") as caught:
        judge(music(audio), REQUEST, expected_s=10.0)
    assert caught.value.code == "not_finite"


def test_half_of_the_length_is_refused() -> None:
    with pytest.raises(GenerationFailedError, match=r"5.00 s of 10.00 s") as caught:
        judge(music(chords_with_clicks(seconds=5.0)), REQUEST, expected_s=10.0)
    assert caught.value.code == "wrong_length"


def test_what_is_more_than_asked_for_is_cut() -> None:
    audio, judgement = judge(music(chords_with_clicks(seconds=10.04)), REQUEST, expected_s=10.0)
    assert audio.shape == (2, 10 * RATE)
    assert judgement.duration_s == 10.0


def test_what_is_right_passes_without_a_warning_at_minus_one_decibel() -> None:
    quiet = chords_with_clicks() * np.float32(0.5)
    before = quiet.copy()
    audio, judgement = judge(music(quiet), REQUEST, expected_s=10.0)
    assert judgement.warnings == ()
    assert judgement.key == "Am"
    assert 20.0 * np.log10(np.abs(audio).max()) == pytest.approx(-1.0, abs=1e-4)
    assert np.array_equal(quiet, before)


def test_what_is_faint_is_lifted_by_twelve_decibels_at_most_and_said_to_be_faint() -> None:
    audio = chords_with_clicks()
    faint = audio * np.float32(10.0 ** (-50.0 / 20.0) / np.abs(audio).max())
    levelled, judgement = judge(music(faint), REQUEST, expected_s=10.0)
    assert 20.0 * np.log10(np.abs(levelled).max()) == pytest.approx(-38.0, abs=1e-3)
    assert any("very quiet" in one for one in judgement.warnings)


def test_another_tempo_or_key_than_asked_for_is_reported_and_half_time_is_not() -> None:
    asked = MusicRequest("techno", duration_s=10.0, tempo_bpm=97.0, key="F#")
    warnings = judge(music(chords_with_clicks()), asked, expected_s=10.0)[1].warnings
    assert [one.split(":")[0] for one in warnings] == ["tempo", "key"]
    half = MusicRequest("techno", duration_s=10.0, tempo_bpm=60.0, key="C")
    assert judge(music(chords_with_clicks()), half, expected_s=10.0)[1].warnings == ()
