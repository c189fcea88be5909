"""Evidence of tempo, and of loop or one-shot, in names, tags and chunks."""

from dataclasses import replace

import numpy as np
import pytest

from src.analysis.tempo_estimates import (
    loop_evidence,
    range_evidence,
    stated_tempos,
    tempo_estimate,
)
from src.audio.analysis.sound_estimates import SoundEstimates, estimate_sound
from src.music.evidence.loop import fuse_loop
from src.music.evidence.names import NameHints, name_hints
from src.storage.metadata import AcidChunk, FileMetadata

RATE = 48_000
NOTHING = NameHints()
BARS_AT_128 = 16 * 60 / 128


def noise(length_s: float) -> SoundEstimates:
    """Steady noise: hardly a loop, and without a rhythm."""
    audio = 0.1 * np.random.default_rng(1).standard_normal((1, round(length_s * RATE)))
    return estimate_sound(audio.astype(np.float32), sample_rate=RATE)


@pytest.fixture(scope="module")
def four_seconds() -> SoundEstimates:
    return noise(4.0)


def chance_of_loop(path: str, metadata: FileMetadata | None, sound: SoundEstimates) -> float:
    found = fuse_loop(loop_evidence(name_hints(path), metadata, sound, 4.0))
    return found.confidence if found.value else 1.0 - found.confidence


@pytest.mark.parametrize(
    ("tag_bpm", "duration_s", "least", "most"),
    [
        (128.0, BARS_AT_128, 0.8, 1.0),
        (120.0, BARS_AT_128, 0.0, 0.2),
        (120.0, 8.0, 0.8, 1.0),
        (133.0, BARS_AT_128, 0.3, 0.6),
    ],
)
def test_a_tag_is_believed_as_far_as_it_fits_the_length(
    tag_bpm: float, duration_s: float, least: float, most: float
) -> None:
    (one,) = stated_tempos(NOTHING, FileMetadata(tempo_bpm=tag_bpm), duration_s)
    assert (one.value, one.source) == (tag_bpm, "metadata")
    assert least <= one.weight <= most


def test_beats_without_a_tempo_give_one_by_the_length() -> None:
    apple = FileMetadata(acid=AcidChunk(False, True, None, 16, (4, 4), None))
    (one,) = stated_tempos(NOTHING, apple, BARS_AT_128)
    assert one.value == pytest.approx(128.0)
    single = FileMetadata(acid=AcidChunk(True, False, None, 16, (4, 4), None))
    assert stated_tempos(NOTHING, single, BARS_AT_128) == []


def test_a_sampler_s_loop_within_a_note_speaks_for_a_one_shot(four_seconds: SoundEstimates) -> None:
    plain = chance_of_loop("x.wav", FileMetadata(sample_rate=RATE), four_seconds)
    sustained = FileMetadata(loops=((90_000, 150_000),), sample_rate=RATE)
    whole = FileMetadata(loops=((0, 191_999),), sample_rate=RATE)
    assert chance_of_loop("x.wav", sustained, four_seconds) < plain
    assert chance_of_loop("x.wav", whole, four_seconds) == pytest.approx(plain)


def test_names_of_single_sounds_speak_for_one_shots(four_seconds: SoundEstimates) -> None:
    plain = chance_of_loop("x.wav", None, four_seconds)
    assert chance_of_loop("Kick 01.wav", None, four_seconds) < plain
    assert chance_of_loop("Kick Loop 01.wav", None, four_seconds) > plain
    assert chance_of_loop("Drums 01.wav", None, four_seconds) > plain
    assert chance_of_loop("Kick_137bpm.wav", None, four_seconds) > plain


@pytest.mark.parametrize("bpm", [132, 128, 90])
@pytest.mark.parametrize("kind", ["rising tone", "swelling noise", "siren"])
def test_an_effect_that_a_daw_cut_to_whole_bars_is_a_one_shot(kind: str, bpm: int) -> None:
    seconds = np.arange(round(16 * 60 / bpm * RATE)) / RATE
    steady = np.random.default_rng(1).standard_normal(seconds.size)
    audio = {
        "rising tone": np.sin(2 * np.pi * (200 * seconds + 40 * seconds**2)),
        "swelling noise": steady * seconds / seconds[-1],
        "siren": np.sin(2 * np.pi * 300 * seconds + 30 * np.sin(2 * np.pi * 0.4 * seconds)),
    }[kind]
    sound = estimate_sound((0.2 * audio)[None].astype(np.float32), sample_rate=RATE)
    assert chance_of_loop("Kit/FX/Odd Effect.wav", None, sound) < 0.5
    assert chance_of_loop("Kit/FX/Odd Loop.wav", None, sound) > 0.5


def test_a_texture_gets_no_tempo_from_its_length_alone(four_seconds: SoundEstimates) -> None:
    assert tempo_estimate([], four_seconds, 4.0) is None
    named = stated_tempos(name_hints("texture_120bpm.wav"), None, 4.0)
    found = tempo_estimate(named, four_seconds, 4.0)
    assert found is not None
    assert found.value == pytest.approx(120.0)


@pytest.mark.parametrize(
    ("folder", "heard_bpm", "meant"),
    [
        ("Half Time 70-90 BPM", 158.0, [79.0]),
        ("Half Time 70-90 BPM", 79.0, [79.0]),
        ("Fast 160-180 BPM", 85.0, [170.0]),
        ("Wide 60-180 BPM", 85.0, [85.0]),
        ("Other 120-128 BPM", 100.0, []),
        ("Drums 90 BPM", 180.0, []),
    ],
)
def test_a_range_of_tempos_chooses_the_octave_of_what_is_heard(
    folder: str, heard_bpm: float, meant: list[float], four_seconds: SoundEstimates
) -> None:
    assert four_seconds.tempo is not None
    heard = replace(four_seconds, tempo=replace(four_seconds.tempo, bpm=heard_bpm))
    found = range_evidence(name_hints(f"{folder}/groove 1.wav"), heard)
    assert [one.value for one in found] == meant
