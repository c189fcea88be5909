import numpy as np
import pytest

from src.audio.analysis.aspects import ASPECTS, SoundFeatures, aspect_size, aspect_vectors
from src.audio.analysis.descriptors import describe
from tests.audio.analysis.test_attributes import RATE, drone, hiss, kick

SOUNDS = [SoundFeatures(describe(clip, sample_rate=RATE)) for clip in (kick(), hiss(), drone())]
LOOP = SOUNDS[0].features


@pytest.mark.parametrize("aspect", ASPECTS)
def test_vectors_have_length_one_and_a_fixed_size(aspect: str) -> None:
    vectors = aspect_vectors(SOUNDS, aspect)
    assert vectors.shape == (3, aspect_size(aspect))
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert aspect_vectors([], aspect).shape == (0, aspect_size(aspect))


def test_a_list_gives_the_same_as_one_by_one() -> None:
    for aspect in ASPECTS:
        together = aspect_vectors(SOUNDS, aspect)
        alone = [aspect_vectors([sound], aspect)[0] for sound in SOUNDS]
        assert np.array_equal(together, alone)


def test_a_kick_is_less_like_hiss_than_like_itself_in_timbre() -> None:
    first, second, third = aspect_vectors(SOUNDS, "timbre")
    assert first @ second < 0.5
    assert first @ third < 0.99


def alike(aspect: str, first: SoundFeatures, second: SoundFeatures) -> float:
    one, two = aspect_vectors([first, second], aspect)
    return float(one @ two)


def test_rhythm_hears_groove_and_tempo_and_takes_octaves_as_the_same() -> None:
    even = [1.0, 0, 0, 0] * 4
    off = [0, 0, 1.0, 0] * 4
    here = SoundFeatures(LOOP, 120.0, even)
    assert alike("rhythm", here, SoundFeatures(LOOP, 120.0, even)) == pytest.approx(1.0, abs=1e-5)
    assert alike("rhythm", here, SoundFeatures(LOOP, 60.0, even)) == pytest.approx(1.0, abs=1e-5)
    assert alike("rhythm", here, SoundFeatures(LOOP, 120.0, off)) < 0.9
    assert alike("rhythm", here, SoundFeatures(LOOP, 170.0, even)) < 0.9


def test_pitch_hears_tones_whatever_the_timbre() -> None:
    c, g = [0.0] * 12, [0.0] * 12
    c[0], g[7] = 0.9, 0.9
    low = {"peak_hz": 65.0}
    assert alike("pitch", SoundFeatures(low, chroma=c), SoundFeatures(low, chroma=c)) > 0.99
    assert alike("pitch", SoundFeatures(low, chroma=c), SoundFeatures(low, chroma=g)) < 0.5
    higher = alike(
        "pitch", SoundFeatures(low, chroma=c), SoundFeatures({"peak_hz": 523.0}, chroma=c)
    )
    assert 0.6 < higher < 0.99


def test_what_is_not_known_counts_as_average() -> None:
    assert not aspect_vectors([SoundFeatures({})], "timbre").any()
    assert np.isfinite(aspect_vectors([SoundFeatures({}), SOUNDS[0]], "rhythm")).all()
