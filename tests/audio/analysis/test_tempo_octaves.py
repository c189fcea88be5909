"""Which octave of a tempo made drum loops suggest by where their hits fall."""

import numpy as np
import pytest

from src.audio.analysis.onsets import OnsetStrength, onset_strength
from src.audio.analysis.spectrum import short_time_spectrum
from src.audio.analysis.tempo import TempoEstimate, estimate_tempo, extent_of
from src.audio.analysis.tempo_octaves import (
    CUES,
    Playing,
    octave_chances,
    octave_cues,
    octaves_of,
    playing_of,
)
from src.audio.basics.validation import Audio

RATE = 48_000
BACKBEAT = (4, 12)


def drum_loop(bpm: float, kicks: tuple[int, ...], snares: tuple[int, ...], hats: int) -> Audio:
    """Two bars; hits by sixteenth, hats every so many sixteenths."""
    rng = np.random.default_rng(2)
    step_s = 15.0 / bpm
    sound = np.zeros(round(32 * step_s * RATE), np.float32)
    times = np.arange(round(0.12 * RATE)) / RATE
    noise = rng.normal(0.0, 0.3, times.size)
    kick = np.sin(2.0 * np.pi * 55.0 * times) * np.exp(-times / 0.05)
    snare = noise * np.exp(-times / 0.03) + 0.3 * np.sin(2.0 * np.pi * 400.0 * times)
    hat = 0.4 * np.diff(noise, prepend=0.0) * np.exp(-times / 0.01)
    played = [(step, kick) for step in kicks] + [(step, snare) for step in snares]
    played += [(step, hat) for step in range(0, 16, hats)]
    for bar in range(2):
        for step, hit in played:
            start = round((16 * bar + step) * step_s * RATE)
            length = min(hit.size, sound.size - start)
            sound[start : start + length] += (0.5 * hit[:length]).astype(np.float32)
    return sound[None]


def heard(audio: Audio) -> tuple[OnsetStrength, Playing, TempoEstimate]:
    spectrum = short_time_spectrum(audio, sample_rate=RATE)
    strength = onset_strength(spectrum.magnitude, spectrum.freqs_hz, frame_rate=RATE / spectrum.hop)
    tempo = estimate_tempo(strength, extent_of(audio, sample_rate=RATE), rhythm="drums")
    assert tempo is not None
    playing = playing_of(spectrum, frame_rate=RATE / spectrum.hop, first_s=0.0)
    return strength, playing, tempo


def chances(audio: Audio) -> dict[int, float]:
    length_s = audio.shape[1] / RATE
    found = octave_chances(*heard(audio), duration_s=length_s, drums=1.0)
    return {round(bpm): chance for bpm, chance in found}


def test_a_backbeat_speaks_more_for_the_slow_octave_than_half_time_does() -> None:
    slow = chances(drum_loop(70.0, (0, 8), BACKBEAT, 2))
    half_time = chances(drum_loop(140.0, (0, 6), (8,), 2))
    assert slow[70] > 1.5 * half_time[70]
    assert sum(slow.values()) == pytest.approx(1.0)


def test_drum_and_bass_is_rather_fast() -> None:
    found = chances(drum_loop(172.0, (0, 10), BACKBEAT, 2))
    assert found[172] > found[86]


def test_octaves_stay_within_the_tempos_of_loops() -> None:
    assert octaves_of(75.0).tolist() == [75.0, 150.0]
    assert octaves_of(120.0).tolist() == [60.0, 120.0]


def test_places_in_the_bar_are_counted_from_the_downbeat() -> None:
    audio = drum_loop(100.0, (0, 8), BACKBEAT, 2)
    cues = octave_cues(*heard(audio), np.array([100.0]), duration_s=4.8)
    assert cues is not None
    told = dict(zip(CUES, cues[0], strict=True))
    assert told["low on one"] + told["low on three"] > 0.6
    assert told["middle on two and four"] > 0.6
    assert told["high on eighths"] > 0.2
    assert told["high on sixteenths"] < 0.05
    assert told["8 beats"] == 1.0


def test_chords_that_change_by_the_bar_change_at_bar_lines() -> None:
    bpm, bar_s = 75.0, 3.2
    times = np.arange(round(4 * bar_s * RATE)) / RATE
    roots = np.array([220.0, 174.6, 261.6, 196.0])[(times // bar_s).astype(int)]
    sound = sum(np.sin(2.0 * np.pi * roots * ratio * times) for ratio in (1.0, 1.2, 1.5))
    sound *= 0.2 * np.exp(-2.0 * (times % (60.0 / bpm)))  # struck on every beat
    told = []
    for asked in (75.0, 150.0):
        cues = octave_cues(
            *heard(sound[None].astype(np.float32)), np.array([asked]), duration_s=12.8
        )
        assert cues is not None
        told.append(dict(zip(CUES, cues[0], strict=True)))
    right, double = told
    assert right["changes at bar lines"] > 0.4
    assert right["changes within bars"] < 0.1
    assert 0.1 < double["changes at bar lines"] < right["changes at bar lines"]


def test_silence_suggests_nothing() -> None:
    _, playing, tempo = heard(drum_loop(100.0, (0,), (8,), 4))
    silent = OnsetStrength(
        np.zeros(90, np.float32), np.zeros(90, np.float32), np.zeros((24, 90), np.float32), 93.75
    )
    assert octave_chances(silent, playing, tempo, duration_s=1.0, drums=1.0) == ()
