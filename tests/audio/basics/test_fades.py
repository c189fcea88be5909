import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.basics.clicks import clicks_at
from src.audio.basics.fades import (
    SEAM_S,
    crossfade,
    edged,
    fade_in,
    fade_out,
    lead_in,
    seamless_loop,
)

RATE = 48_000
SEAM = round(SEAM_S * RATE)


def sine(frequency_hz: float, samples: int, *, phase: float = 0.0) -> np.ndarray:
    angle = 2 * np.pi * frequency_hz * np.arange(samples) / RATE + phase
    return (0.5 * np.sin(angle)).astype(np.float32)[None]


def noise(samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((2, samples)).astype(np.float32) * 0.2


def test_fade_in_rises_from_silence_and_leaves_the_rest() -> None:
    audio = np.ones((2, 1000), np.float32)
    faded = fade_in(audio, sample_rate=RATE, fade_s=0.01)
    assert faded[0, 0] < 1e-4
    assert (np.diff(faded[0, :480]) > 0).all()
    np.testing.assert_array_equal(faded[:, 480:], audio[:, 480:])


def test_fade_out_is_fade_in_backwards() -> None:
    audio = noise(1000)
    backwards = fade_in(audio[:, ::-1].copy(), sample_rate=RATE, fade_s=0.01)[:, ::-1]
    np.testing.assert_array_equal(fade_out(audio, sample_rate=RATE, fade_s=0.01), backwards)


@pytest.mark.parametrize("fade", [fade_in, fade_out])
def test_empty_clip_stays_empty(fade) -> None:
    assert fade(np.zeros((2, 0), np.float32), sample_rate=RATE, fade_s=1.0).shape == (2, 0)


def test_fade_longer_than_clip_covers_the_whole_clip() -> None:
    faded = fade_in(np.ones((1, 100), np.float32), sample_rate=RATE, fade_s=5.0)
    assert faded[0, 0] < 1e-3
    assert faded[0, -1] > 0.99


def test_equal_pieces_crossfade_into_themselves() -> None:
    piece = noise(192)
    np.testing.assert_allclose(crossfade(piece, piece), piece, atol=1e-6)


def test_unlike_pieces_keep_their_level() -> None:
    blended = crossfade(noise(48_000, 1), noise(48_000, 2))
    middle = blended[:, 20_000:28_000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.2, rel=0.05)


@settings(max_examples=60)
@given(
    frequency_hz=st.floats(35, 4000),
    samples=st.integers(4800, 24_000),
    phase=st.floats(0, 6.28),
)
def test_sustained_loop_of_broken_cycles_repeats_without_click(
    frequency_hz: float, samples: int, phase: float
) -> None:
    loop = sine(frequency_hz, samples, phase=phase)
    sealed = seamless_loop(loop, sample_rate=RATE)
    assert not clicks_at(np.tile(sealed, 3), [samples, 2 * samples], sample_rate=RATE)
    np.testing.assert_array_equal(sealed[:, :-SEAM], loop[:, :-SEAM])
    assert np.abs(sealed).max() <= np.abs(loop).max() * 1.5


def test_chord_with_overtones_repeats_without_click() -> None:
    loop = sum(sine(f, 20_000, phase=f) / k for k, f in enumerate([110, 138.6, 164.8, 880], 1))
    sealed = seamless_loop(loop.astype(np.float32), sample_rate=RATE)
    assert clicks_at(np.tile(loop, 2).astype(np.float32), [20_000], sample_rate=RATE)
    assert not clicks_at(np.tile(sealed, 2), [20_000], sample_rate=RATE)


def test_loop_that_joins_itself_is_not_touched() -> None:
    loop = sine(100, 4800)
    assert seamless_loop(loop, sample_rate=RATE) is loop


def test_hit_on_the_downbeat_keeps_its_attack_when_the_loop_is_sealed() -> None:
    loop = sine(60, 24_000) * np.exp(-np.arange(24_000) / 8000).astype(np.float32)
    loop[:, :2000] += noise(2000)[:1] * 2
    loop[:, -1] = 0.1
    sealed = seamless_loop(loop, sample_rate=RATE)
    np.testing.assert_array_equal(sealed[:, :SEAM], loop[:, :SEAM])


def test_slice_is_sealed_with_what_lies_before_it() -> None:
    recording = sine(97, 30_000)
    part = recording[:, 10_000:25_000]
    sealed = seamless_loop(part, sample_rate=RATE, before=recording[:, :10_000])
    assert not clicks_at(np.tile(sealed, 2), [15_000], sample_rate=RATE)
    assert sealed[0, -1] == pytest.approx(recording[0, 9_999], abs=1e-3)


def test_sustained_tone_is_continued_backwards() -> None:
    recording = sine(220, 10_000)
    made_up = lead_in(recording[:, 5000:], SEAM)
    np.testing.assert_allclose(made_up, recording[:, 5000 - SEAM : 5000], atol=0.01)


def test_before_an_attack_lies_silence() -> None:
    attack = np.concatenate([noise(1000), np.zeros((2, 9000), np.float32)], axis=1)
    attack[:, 0] = 0
    assert np.abs(lead_in(attack, SEAM)).max() == 0


def test_cut_ends_are_faded() -> None:
    audio = sine(200, 9600, phase=1.0)
    trimmed = edged(audio, sample_rate=RATE)
    around = np.pad(trimmed, ((0, 0), (2000, 2000)))
    assert not clicks_at(around, [2000, 2000 + 9600], sample_rate=RATE)
    np.testing.assert_array_equal(trimmed[:, 240:-240], audio[:, 240:-240])


def test_clip_that_starts_and_ends_in_silence_is_left_alone() -> None:
    audio = sine(200, 9600) * np.hanning(9600).astype(np.float32)
    np.testing.assert_array_equal(edged(audio, sample_rate=RATE), audio)


def test_one_shot_keeps_the_attack_it_starts_with() -> None:
    audio = sine(200, 9600, phase=1.0)
    np.testing.assert_array_equal(
        edged(audio, sample_rate=RATE, starts_at_attack=True)[:, :-240], audio[:, :-240]
    )


@pytest.mark.parametrize("samples", range(1, 60))
def test_a_loop_of_less_than_a_millisecond_keeps_its_length(samples: int) -> None:
    rng = np.random.default_rng(samples)
    loop = (0.5 + 0.05 * rng.standard_normal((2, samples))).astype(np.float32)

    sealed = seamless_loop(loop, sample_rate=48_000)

    assert sealed.shape == loop.shape
    assert np.isfinite(sealed).all()
