from dataclasses import replace

import numpy as np
import pytest

from src.analysis.key_estimates import key_estimate
from src.analysis.stem_facts import StemNames, analyse
from src.audio.analysis.pitch import PitchedNote
from src.audio.analysis.sound_estimates import SoundEstimates, estimate_sound
from src.music.evidence.estimates import Estimate
from src.music.evidence.names import name_hints
from src.music.theory.keys import pitch_class
from src.storage.metadata import AcidChunk, FileMetadata

RATE = 48_000


def tone(midi: float, length_s: float = 0.5) -> np.ndarray:
    times = np.arange(round(length_s * RATE)) / RATE
    hertz = 440.0 * 2 ** ((midi - 69) / 12)
    parts = [np.sin(2 * np.pi * hertz * n * times) / n for n in range(1, 8)]
    return (0.3 * np.sum(parts, axis=0) * np.exp(-3 * times)).astype(np.float32)[None]


def noise(length_s: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(3)
    return 0.1 * rng.standard_normal((1, round(length_s * RATE))).astype(np.float32)


def phrase(*midi: int) -> np.ndarray:
    return np.concatenate([tone(pitch, 0.4) for pitch in midi], axis=1)


def sound(audio: np.ndarray) -> SoundEstimates:
    return estimate_sound(audio, sample_rate=RATE)


def root_of(
    audio: np.ndarray,
    path: str = "a/b.wav",
    category: str = "synth",
    metadata: FileMetadata | None = None,
) -> Estimate[str] | None:
    return key_estimate(name_hints(path), metadata, sound(audio), {category: 1.0}, is_loop=False)


def key_of_loop(
    audio: np.ndarray,
    path: str = "a/b.wav",
    category: str = "bass",
    metadata: FileMetadata | None = None,
) -> Estimate[str] | None:
    return key_estimate(name_hints(path), metadata, sound(audio), {category: 1.0}, is_loop=True)


def test_the_note_of_a_one_shot_is_heard() -> None:
    found = root_of(tone(58))
    assert found is not None
    assert (found.value, found.source) == ("Bb", "audio")
    assert found.confidence > 0.8


def test_a_note_in_the_name_of_a_one_shot_is_its_root() -> None:
    for path in ("keys/highkey_c4.wav", "keys/pluck_c.wav"):
        found = root_of(tone(64), path)
        assert found is not None
        assert (found.value, found.source) == ("C", "filename")


def test_a_letter_that_counts_variants_loses_to_a_clear_note() -> None:
    found = root_of(tone(64), "pads/pad_a.wav", "pad")
    assert found is not None
    assert (found.value, found.source) == ("E", "audio")


def test_an_out_of_tune_sample_is_what_its_name_says() -> None:
    found = root_of(tone(69.6), "marimba/bamboo_a.wav", "keys")
    assert found is not None
    assert (found.value, found.source) == ("A", "filename")


def test_a_sampler_chunk_joins_the_sound() -> None:
    sure = root_of(tone(57), metadata=FileMetadata(sampler_root_note=57))
    alone = root_of(tone(57))
    assert sure is not None
    assert alone is not None
    assert (sure.value, sure.source) == ("A", "metadata")
    assert sure.confidence > alone.confidence


def test_the_default_root_of_an_editor_says_nothing() -> None:
    acid = AcidChunk(True, False, 60, 0, (4, 4), None)
    found = root_of(tone(57), metadata=FileMetadata(acid=acid, sampler_root_note=60))
    assert found is not None
    assert (found.value, found.source) == ("A", "audio")


def test_a_sound_without_a_note_has_no_root() -> None:
    assert root_of(noise()) is None


def test_a_noise_keeps_only_a_sure_name() -> None:
    assert root_of(noise(), "fx/noise_c.wav", "fx") is None
    found = root_of(noise(), "fx/riser_128_Cmin.wav", "fx")
    assert found is not None
    assert found.value == "Cm"


def test_drums_have_no_root_by_sound() -> None:
    assert root_of(tone(36), category="kick") is None


def test_a_clear_note_has_a_root_though_the_likeliest_single_kind_is_a_drum() -> None:
    spread = {"tom": 0.35, "bass": 0.25, "guitar": 0.2, "keys": 0.15, "fx": 0.05}
    found = key_estimate(name_hints("b.wav"), None, sound(tone(57)), spread, is_loop=False)
    assert found is not None
    assert found.value == "A"


def test_an_unsure_note_of_what_may_be_a_drum_is_no_root() -> None:
    unsure = replace(sound(tone(57)), note=PitchedNote(57.0, 9, 0.4))
    doubtful, sure = {"tom": 0.45, "bass": 0.55}, {"bass": 1.0}
    assert key_estimate(name_hints("b.wav"), None, unsure, doubtful, is_loop=False) is None
    assert key_estimate(name_hints("b.wav"), None, unsure, sure, is_loop=False) is not None


def test_the_key_of_a_loop_is_heard() -> None:
    found = key_of_loop(phrase(33, 33, 45, 33, 36, 40, 31, 33))
    assert found is not None
    assert (found.value, found.source) == ("Am", "audio")


@pytest.mark.parametrize("path", ["x/bass_128_Fmin.wav", "Kit 128 BPM - Fm/bass loop.wav"])
def test_a_named_key_stands_against_the_sound(path: str) -> None:
    found = key_of_loop(phrase(33, 33, 45, 33, 36, 40, 31, 33), path)
    assert found is not None
    assert (found.value, found.source) == ("Fm", "filename")


def test_the_key_of_a_tag_counts() -> None:
    found = key_of_loop(phrase(45, 52, 45, 52), metadata=FileMetadata(initial_key="Am"))
    assert found is not None
    assert (found.value, found.source) == ("Am", "metadata")


def test_effects_have_no_key_by_sound_alone() -> None:
    assert key_of_loop(phrase(33, 33, 45, 33), category="fx") is None


def test_a_pitch_between_two_semitones_is_less_sure() -> None:
    between, exact = root_of(tone(57.45)), root_of(tone(57.0))
    assert between is not None
    assert exact is not None
    assert between.value == exact.value == "A"
    assert between.confidence < exact.confidence - 0.1


def test_a_note_is_never_certain() -> None:
    found = root_of(tone(57, 2.0))
    assert found is not None
    assert 0.8 < found.confidence < 0.96


@pytest.mark.parametrize("root", [45, 52, 57, 60, 66])
@pytest.mark.parametrize("third", [3, 4])
def test_a_held_chord_is_heard_by_its_root_not_by_a_note_deep_below_it(
    root: int, third: int
) -> None:
    time = np.arange(4 * 48_000) / 48_000
    pitches = [440.0 * 2 ** ((root + step - 69) / 12) for step in (0, third, 7)]
    tones = [np.sin(2 * np.pi * hz * n * time) / n**1.5 for hz in pitches for n in range(1, 7)]
    chord = (0.1 * np.sum(tones, axis=0) * np.minimum(1.0, 4.0 - time)).astype(np.float32)[None]
    facts = analyse(chord, StemNames("Pads/Pad 04.wav"), sample_rate=48_000)
    assert facts.key is not None
    assert pitch_class(facts.key) == root % 12
