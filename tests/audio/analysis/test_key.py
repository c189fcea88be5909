import numpy as np
import pytest

from src.audio.analysis.key import chroma_of, estimate_key
from src.audio.analysis.key_model import log_prior
from src.audio.analysis.pitch import low_rate, melody_chroma, track_pitch

RATE = 48_000
CHORDS = {
    "minor": ((0, 3, 7), (5, 8, 12), (7, 10, 14), (0, 3, 7)),
    "major": ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7)),
}


def progression(tonic_midi: float, mode: str, harmonics: int = 6) -> np.ndarray:
    """Tonic, fourth, fifth and tonic again, each a second long with its root in the bass."""
    times = np.arange(RATE) / RATE
    chords = []
    for chord in CHORDS[mode]:
        notes = [tonic_midi + step for step in chord] + [tonic_midi + chord[0] - 12]
        hertz = [440.0 * 2 ** ((note - 69) / 12) for note in notes]
        parts = [np.sin(2 * np.pi * f * n * times) / n for f in hertz for n in range(1, harmonics)]
        chords.append(np.sum(parts, axis=0))
    return (0.05 * np.concatenate(chords)).astype(np.float32)


def note(midi: int, length_s: float = 0.4) -> np.ndarray:
    times = np.arange(round(length_s * RATE)) / RATE
    hertz = 440.0 * 2 ** ((midi - 69) / 12)
    parts = [np.sin(2 * np.pi * hertz * n * times) / n for n in range(1, 9)]
    return (0.3 * np.sum(parts, axis=0) * np.exp(-3 * times)).astype(np.float32)


@pytest.mark.parametrize("mode", ["minor", "major"])
@pytest.mark.parametrize("detune", [0.0, 0.3, -0.35])
def test_a_progression_gives_its_key_however_it_is_tuned(mode: str, detune: float) -> None:
    for tonic in (57, 60, 66):
        low = low_rate(progression(tonic + detune, mode), sample_rate=RATE)
        chroma = chroma_of(low, rate=12_000)
        estimate = estimate_key(chroma)
        assert estimate is not None
        assert (estimate.tonic, estimate.minor) == (tonic % 12, mode == "minor")
        assert chroma.tuning == pytest.approx(detune, abs=0.08)


def test_scores_of_all_keys_sum_to_one() -> None:
    low = low_rate(progression(60, "major"), sample_rate=RATE)
    estimate = estimate_key(chroma_of(low, rate=12_000))
    assert estimate is not None
    assert estimate.scores.shape == (24,)
    assert estimate.scores.sum() == pytest.approx(1.0)
    assert 0.0 < estimate.confidence <= 1.0


def test_noise_is_less_clear_than_tones() -> None:
    noise = np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32) * 0.1
    unclear = chroma_of(low_rate(noise, sample_rate=RATE), rate=12_000)
    clear = chroma_of(low_rate(progression(60, "minor"), sample_rate=RATE), rate=12_000)
    assert unclear.clarity < 0.5 * clear.clarity


def test_noise_over_a_progression_hides_no_key() -> None:
    noise = np.random.default_rng(1).standard_normal(4 * RATE).astype(np.float32)
    mixed = progression(62, "minor") + 0.02 * noise
    estimate = estimate_key(chroma_of(low_rate(mixed, sample_rate=RATE), rate=12_000))
    assert estimate is not None
    assert (estimate.tonic, estimate.minor) == (2, True)


def test_noise_alone_speaks_for_no_key() -> None:
    for seed in range(4):
        noise = np.random.default_rng(seed).standard_normal(3 * RATE).astype(np.float32) * 0.1
        low = low_rate(noise, sample_rate=RATE)
        estimate = estimate_key(chroma_of(low, rate=12_000), melody_chroma(track_pitch(low)))
        assert estimate is None or estimate.confidence < 0.3


def test_a_bass_line_that_rests_on_its_tonic_is_in_its_key() -> None:
    line = np.concatenate([note(midi) for midi in (33, 33, 45, 33, 36, 33, 31, 33)])
    low = low_rate(line, sample_rate=RATE)
    estimate = estimate_key(chroma_of(low, rate=12_000), melody_chroma(track_pitch(low)))
    assert estimate is not None
    assert (estimate.tonic, estimate.minor) == (9, True)


def test_the_likelihood_is_what_is_heard_without_the_prior() -> None:
    low = low_rate(progression(60, "major"), sample_rate=RATE)
    estimate = estimate_key(chroma_of(low, rate=12_000))
    assert estimate is not None
    again = np.exp(estimate.log_likelihood + log_prior())
    assert again / again.sum() == pytest.approx(estimate.scores)
    assert estimate.confidence == pytest.approx(estimate.scores.max())


@pytest.mark.parametrize("samples", [0, 3, 12_000])
def test_silence_has_no_key(samples: int) -> None:
    chroma = chroma_of(np.zeros(samples, np.float32), rate=12_000)
    assert not chroma.all.any()
    assert estimate_key(chroma) is None
