import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.analysis.descriptors import describe

RATE = 48_000


def tone(freq_hz: float, seconds: float = 0.5, fall_s: float | None = None) -> np.ndarray:
    times = np.arange(round(seconds * RATE)) / RATE
    wave = 0.5 * np.sin(2 * np.pi * freq_hz * times)
    if fall_s is not None:
        wave *= 10.0 ** (-times / fall_s)
    return wave[None].astype(np.float32)


def noise(seconds: float = 0.5, seed: int = 0) -> np.ndarray:
    made = np.random.default_rng(seed).standard_normal((1, round(seconds * RATE))) * 0.1
    return made.astype(np.float32)


def odd_clips() -> dict[str, np.ndarray]:
    left = noise()[0]
    return {
        "silence": np.zeros((2, RATE)),
        "empty": np.zeros((1, 0)),
        "one sample": np.ones((1, 1)),
        "constant": np.full((8, 1000), 0.5),
        "cancelled stereo": np.stack([left, -left]),
        "denormal": np.full((1, 500), 1e-38),
        "click": np.eye(1, 4000),
        "very short": noise(0.001),
    }


@pytest.mark.parametrize("name", list(odd_clips()))
def test_odd_clips_give_the_same_names_and_finite_numbers(name: str) -> None:
    expected = list(describe(noise(), sample_rate=RATE))
    described = describe(odd_clips()[name].astype(np.float32), sample_rate=RATE)
    assert list(described) == expected
    assert all(np.isfinite(value) for value in described.values())


@given(st.integers(1, 6000), st.integers(1, 3), st.sampled_from([8_000, 44_100, 48_000, 96_000]))
@settings(max_examples=25)
def test_any_length_channels_and_rate_give_finite_numbers(
    samples: int, channels: int, rate: int
) -> None:
    made = np.random.default_rng(samples).uniform(-1, 1, (channels, samples)).astype(np.float32)
    assert all(np.isfinite(value) for value in describe(made, sample_rate=rate).values())


def test_loudness_alone_changes_nothing_but_level_and_offset() -> None:
    loud = np.concatenate([tone(220.0, fall_s=0.2), noise(0.2)], axis=1)
    before = describe(loud, sample_rate=RATE)
    after = describe((loud * 0.05).astype(np.float32), sample_rate=RATE)
    for name in before:
        if name not in {"rms", "peak", "dc"}:
            assert after[name] == pytest.approx(before[name], rel=2e-2, abs=2e-2), name
    assert after["rms"] == pytest.approx(before["rms"] * 0.05, rel=1e-3)


def test_colour_follows_the_frequency_of_a_sine() -> None:
    low, high = (describe(tone(hz), sample_rate=RATE) for hz in (100.0, 8_000.0))
    assert low["centroid"] == pytest.approx(100.0, rel=0.15)
    assert high["centroid"] == pytest.approx(8_000.0, rel=0.02)
    assert low["bass_share"] > 0.95
    assert high["high_share"] > 0.95
    assert low["rolloff"] < 200.0 < high["rolloff"]


def test_energy_shares_sum_to_one() -> None:
    described = describe(noise(), sample_rate=RATE)
    shares = ("sub", "bass", "low_mid", "mid", "high_mid", "high")
    assert sum(described[f"{name}_share"] for name in shares) == pytest.approx(1.0, abs=1e-4)


def test_noise_is_flat_and_a_sine_is_periodic() -> None:
    hiss, sine = describe(noise(), sample_rate=RATE), describe(tone(440.0), sample_rate=RATE)
    assert hiss["flatness"] > 0.3 > sine["flatness"]
    assert sine["harmonicity"] > 0.95
    assert hiss["harmonicity"] < 0.5
    assert sine["pitch_octave"] == pytest.approx(np.log2(440.0 / 32.0), abs=0.02)


def test_decay_is_the_time_to_fall_by_twenty_decibels() -> None:
    described = describe(tone(500.0, seconds=1.0, fall_s=0.2), sample_rate=RATE)
    assert described["decay"] == pytest.approx(0.2, abs=0.02)
    assert described["attack_s"] <= 0.01


def test_a_slow_swell_has_a_long_attack() -> None:
    swell = tone(300.0, seconds=1.0) * np.linspace(0, 1, RATE, dtype=np.float32)
    assert describe(swell, sample_rate=RATE)["attack_s"] > 0.3


def test_hits_are_counted_per_second() -> None:
    hit = tone(1_000.0, seconds=0.25, fall_s=0.05)
    loop = np.tile(hit, (1, 16))
    described = describe(loop, sample_rate=RATE)
    assert described["onset_density"] == pytest.approx(4.0, abs=0.5)
    assert described["regularity"] > 0.6


def test_width_is_nought_for_mono_and_one_for_opposite_channels() -> None:
    left = noise()[0]
    mono, opposite = np.stack([left, left]), np.stack([left, -left])
    other = np.stack([left, noise(seed=1)[0]])
    widths = [describe(clip, sample_rate=RATE)["width"] for clip in (mono, other, opposite)]
    assert widths == pytest.approx([0.0, 0.5, 1.0], abs=0.02)


def test_a_steady_offset_does_not_colour_the_shape() -> None:
    plain = describe(tone(440.0, fall_s=0.1), sample_rate=RATE)
    shifted = describe(tone(440.0, fall_s=0.1) + np.float32(0.05), sample_rate=RATE)
    assert shifted["dc"] == pytest.approx(0.05, abs=0.01)
    assert shifted["decay"] == pytest.approx(plain["decay"], abs=0.02)


def test_long_clips_are_judged_by_their_loudest_stretch() -> None:
    quiet = np.zeros((1, 50 * RATE), dtype=np.float32)
    quiet[:, -10 * RATE :] = tone(2_000.0, seconds=10.0)
    described = describe(quiet, sample_rate=RATE)
    assert described["duration_s"] == pytest.approx(50.0)
    assert described["centroid"] == pytest.approx(2_000.0, rel=0.05)
