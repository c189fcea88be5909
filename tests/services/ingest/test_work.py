"""What workers do with one file."""

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.core.errors import GenerationFailedError, UnreadableAudioError
from src.services.ingest.contents import Content, Failure, Taken
from src.services.ingest.scan import FoundFile
from src.services.ingest.work import (
    check_usable,
    check_vectors,
    embed,
    fingerprint,
    take_in,
)
from src.storage.decode import read_audio
from src.storage.fingerprint import stem_id
from src.storage.stem_copies import copy_in
from tests.services.library_files import write_sound
from tests.services.plain_analysis import SpectralEmbedder, plain_facts

DIGEST = "0123456789abcdef" * 4


def found_at(path: Path) -> FoundFile:
    """A file as the walk of an import finds it."""
    state = path.stat()
    return FoundFile(path, path.name, path.name, state.st_size, state.st_mtime_ns)


def taken_in(found: FoundFile, copies: Path) -> Taken | Failure:
    """What a worker makes of a file. copies: where its standardised copy goes"""
    content = Content(DIGEST, [found])
    return take_in(content, copies=copies, max_s=10.0, analyse=plain_facts)


def taken(path: Path, copies: Path) -> Taken:
    """What is found out about a file that must be taken."""
    outcome = taken_in(found_at(path), copies)
    assert isinstance(outcome, Taken)
    return outcome


def refused(path: Path, tmp_path: Path) -> Failure:
    """The refusal of a file that must be refused."""
    outcome = taken_in(found_at(path), tmp_path / "copies")
    assert isinstance(outcome, Failure)
    assert not outcome.for_now
    assert not (tmp_path / "copies").exists()
    return outcome


@pytest.mark.parametrize("length_s", [0.005, 0.03, 1.0])
def test_short_sounds_are_usable(length_s: float) -> None:
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (1, round(length_s * 48_000)))
    check_usable(noise.astype(np.float32))


def test_clicks_silence_and_nothing_are_refused() -> None:
    def reason(samples: np.ndarray) -> str:
        with pytest.raises(UnreadableAudioError) as error:
            check_usable(samples.astype(np.float32))
        return error.value.reason

    assert reason(np.zeros((1, 0))) == "no_samples"
    assert reason(np.ones((1, 200))) == "too_short"
    assert reason(np.zeros((2, 4_800))) == "silent"
    assert reason(np.full((2, 4_800), 0.6)) == "silent"
    assert reason(1e-5 * np.sin(np.arange(4_800))[None]) == "silent"


def test_a_side_that_is_the_others_mirror_is_not_silent() -> None:
    left = 0.1 * np.sin(np.arange(4_800, dtype=np.float32))
    check_usable(np.stack([left, -left]))


def test_channels_and_rate_are_standardised_without_mixing(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, (22_050, 6))
    soundfile.write(tmp_path / "six.wav", noise, 44_100, subtype="PCM_16")
    six = taken(tmp_path / "six.wav", tmp_path)
    assert (six.channels, six.original_sample_rate) == (6, 44_100)
    copy = read_audio(copy_in(tmp_path, stem_id(DIGEST)))
    assert copy.audio.shape == (6, 24_000)
    assert (copy.original_sample_rate, copy.subtype) == (48_000, "PCM_24")


def test_what_is_louder_than_full_scale_is_turned_down_not_clipped(tmp_path: Path) -> None:
    wave = 2.0 * np.sin(np.arange(4_800) / 10)
    soundfile.write(tmp_path / "hot.wav", wave, 48_000, subtype="FLOAT")
    hot = taken(tmp_path / "hot.wav", tmp_path)
    assert hot.warnings == ("turned down by 6.0 dB to fit full scale",)
    assert hot.whole
    copy = read_audio(copy_in(tmp_path, stem_id(DIGEST)))
    np.testing.assert_allclose(copy.audio[0], wave / 2, atol=1e-3)


def test_a_refusal_tells_the_reason_and_not_where_the_library_lies(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_text("words")
    outcome = refused(tmp_path / "a.wav", tmp_path)
    assert outcome.reason == "not_audio"
    assert outcome.message.startswith("it is no sound")
    assert str(tmp_path) not in outcome.message


def test_a_sound_longer_than_allowed_is_refused(tmp_path: Path) -> None:
    write_sound(tmp_path / "long.wav", length_s=11.0)
    assert refused(tmp_path / "long.wav", tmp_path).reason == "too_long"


def test_a_file_that_changes_while_it_is_read_is_left_for_later(tmp_path: Path) -> None:
    sound = write_sound(tmp_path / "a.wav")
    outcomes = (
        taken_in(replace(found_at(sound), modified_ns=1), tmp_path),
        fingerprint(replace(found_at(sound), path=tmp_path / "gone.wav")),
    )
    for outcome in outcomes:
        assert isinstance(outcome, Failure)
        assert outcome.for_now


def test_stems_are_embedded_in_their_order(tmp_path: Path) -> None:
    pickled = pickle.dumps(SpectralEmbedder())
    ids = [write_sound(tmp_path / f"{n}.wav", seed=n).stem for n in range(3)]
    together = embed(dict.fromkeys(ids), embedder=pickled, copies=tmp_path)
    alone = [embed({one: None}, embedder=pickled, copies=tmp_path)[0] for one in ids]
    np.testing.assert_allclose(together, alone, atol=1e-6)


class FeatureEmbedder(SpectralEmbedder):
    """Starts from descriptors where it gets them."""

    def embed_features(self, features: list[dict[str, float]]) -> np.ndarray:
        rows = np.zeros((len(features), self.dimension), np.float32)
        rows[:, 0] = 1.0
        return rows


def test_descriptors_serve_only_when_every_stem_has_them(tmp_path: Path) -> None:
    a, b = (write_sound(tmp_path / f"{n}.wav", seed=n).stem for n in range(2))
    pickled = pickle.dumps(FeatureEmbedder())
    both = embed({a: {"rms": 0.1}, b: {"rms": 0.2}}, embedder=pickled, copies=tmp_path)
    one = embed({a: {"rms": 0.1}, b: None}, embedder=pickled, copies=tmp_path)
    assert both[0, 0] == 1.0
    assert one[0, 0] < 1.0


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_vectors_that_say_nothing_are_refused(bad: float) -> None:
    vectors = np.full((2, 4), 0.5, np.float32)
    check_vectors(vectors, count=2, dimension=4)
    vectors[1] = bad
    with pytest.raises(GenerationFailedError, match="vector 1"):
        check_vectors(vectors, count=2, dimension=4)
    with pytest.raises(GenerationFailedError, match=r"shape \(3, 4\)"):
        check_vectors(vectors, count=3, dimension=4)
