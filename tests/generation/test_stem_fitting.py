"""Generated parts that drift, come late, play in another key, or are nothing: fitted or refused."""

from dataclasses import replace

import numpy as np
import pytest

from src.core.errors import GenerationFailedError
from src.generation.beat_grid import find_beats, grid_deviations_s
from src.generation.stem_fitting import StemTarget, fit_stem
from tests.generation.plain_parts import RATE, SECONDS, TEMPO, bass, drums

DRUMS = StemTarget(TEMPO, bars=8, percussive=True)
BASS = StemTarget(TEMPO, bars=8, key="Am")


@pytest.mark.parametrize(
    ("bpm", "late_beats", "wander_s"),
    [
        (120.0, 0.0, 0.0), (117.6, 0.1, 0.0), (122.4, 0.5, 0.0), (120.0, 0.0, 0.025),
        (118.0, 0.3, 0.015),
    ],
)  # fmt: skip
def test_what_drifts_comes_late_or_wanders_is_set_within_ten_milliseconds_of_the_grid(
    bpm: float, late_beats: float, wander_s: float
) -> None:
    clip = drums(bpm, late_beats=late_beats, wander_s=wander_s)
    before = clip.copy()
    fitted = fit_stem(clip, DRUMS, sample_rate=RATE)
    assert fitted.audio.shape == (2, 16 * RATE)
    off = np.abs(grid_deviations_s(fitted.audio, sample_rate=RATE, tempo_bpm=TEMPO))
    assert off.size >= 60
    assert float(np.quantile(off, 0.95)) <= 0.010
    assert fitted.figures.tempo_bpm == pytest.approx(bpm, rel=0.002)
    assert np.array_equal(clip, before)
    kicks = np.abs(fitted.audio[0, : RATE // 50]).max()
    assert kicks > 0.3, "the loop begins with its kick, not half a beat beside it"


@pytest.mark.parametrize(("bpm", "code"), [(126.5, "off_tempo"), (97.0, "off_tempo")])
def test_another_tempo_is_refused_with_the_figures(bpm: float, code: str) -> None:
    with pytest.raises(GenerationFailedError) as caught:
        fit_stem(drums(bpm), DRUMS, sample_rate=RATE)
    assert caught.value.code == code


@pytest.mark.parametrize("semitones", [0, 1, -2])
def test_a_key_that_is_near_is_transposed_and_measured_again(semitones: int) -> None:
    fitted = fit_stem(bass(semitones), BASS, sample_rate=RATE)
    assert fitted.figures.semitones == -semitones
    again = fit_stem(np.tile(fitted.audio, 2), BASS, sample_rate=RATE)
    assert again.figures.semitones == 0


def test_a_key_that_is_far_is_refused_with_both_named() -> None:
    with pytest.raises(GenerationFailedError, match="instead of Am") as caught:
        fit_stem(bass(6), BASS, sample_rate=RATE)
    assert caught.value.code == "off_key"


def test_silence_and_noise_are_refused() -> None:
    noise = 0.3 * np.random.default_rng(3).standard_normal((2, round(SECONDS * RATE)))
    with pytest.raises(GenerationFailedError) as caught:
        fit_stem(noise.astype(np.float32), DRUMS, sample_rate=RATE)
    assert caught.value.code in ("no_beat", "off_grid")
    with pytest.raises(GenerationFailedError) as caught:
        fit_stem(np.zeros((2, RATE * 24), np.float32), DRUMS, sample_rate=RATE)
    assert caught.value.code == "silent"


def test_clicks_at_random_keep_no_beat() -> None:
    rng = np.random.default_rng(5)
    clip = np.zeros((2, round(SECONDS * RATE)), np.float32)
    for start in rng.integers(0, clip.shape[1] - 2000, 60):
        clip[:, start : start + 2000] += np.exp(-np.arange(2000) / 200.0).astype(np.float32)
    with pytest.raises(GenerationFailedError, match="onsets agree to"):
        fit_stem(clip, DRUMS, sample_rate=RATE)


def test_a_part_that_is_too_short_for_its_bars_is_refused() -> None:
    with pytest.raises(GenerationFailedError, match="beats, 65 are needed"):
        fit_stem(drums(), replace(DRUMS, bars=16), sample_rate=RATE)


def test_a_held_chord_has_no_beat_and_is_kept_in_its_key() -> None:
    moments = np.arange(round(SECONDS * RATE)) / RATE
    tone = np.zeros(moments.size)
    for note in (45, 52, 57, 60, 64, 69):
        tone += 0.1 * np.sin(2.0 * np.pi * 440.0 * 2.0 ** ((note - 69) / 12) * moments)
    clip = np.stack([tone, tone]).astype(np.float32)
    assert find_beats(clip, sample_rate=RATE, tempo_bpm=TEMPO) is None
    fitted = fit_stem(clip, replace(BASS, bars=4, key="Am"), sample_rate=RATE)
    assert fitted.figures.off_grid_ms is None
    assert fitted.audio.shape == (2, 8 * RATE)
