import dataclasses
import json
import pickle

import numpy as np
import pytest

from src.analysis.stem_facts import StemFacts, StemNames, analyse
from src.storage.metadata import AcidChunk, FileMetadata

RATE = 48_000
NEUTRAL = "folder1/file1.wav"


def hits(bpm: float, beats: int, seed: int = 8) -> np.ndarray:
    """A noise burst on every beat; shape (1, samples), cut to whole beats."""
    rng = np.random.default_rng(seed)
    audio = np.zeros((1, round(beats * 60 / bpm * RATE)), np.float32)
    decay = np.exp(-np.arange(4_800) / 700)
    for beat in range(beats):
        start = round(beat * 60 / bpm * RATE)
        audio[0, start : start + 4_800] += (0.5 * rng.standard_normal(4_800) * decay).astype("f4")
    return audio


def pluck(midi: int, length_s: float = 0.7) -> np.ndarray:
    times = np.arange(round(length_s * RATE)) / RATE
    hertz = 440.0 * 2 ** ((midi - 69) / 12)
    parts = [np.sin(2 * np.pi * hertz * n * times) / n for n in range(1, 7)]
    return (0.3 * np.sum(parts, axis=0) * np.exp(-5 * times)).astype(np.float32)[None]


def facts_of(
    audio: np.ndarray, path: str = NEUTRAL, metadata: FileMetadata | None = None
) -> StemFacts:
    return analyse(audio, StemNames(path, metadata), sample_rate=RATE)


def acid(tempo_bpm: float | None, beats: int, *, one_shot: bool = False) -> FileMetadata:
    return FileMetadata(acid=AcidChunk(one_shot, True, None, beats, (4, 4), tempo_bpm))


def test_a_loop_is_understood_by_sound_alone() -> None:
    facts = facts_of(hits(128.0, 16))
    assert facts.is_loop
    assert facts.bpm == pytest.approx(128.0, abs=0.05)
    assert facts.bars == 4
    assert facts.downbeat_s == 0.0
    assert facts.analysis["bpm"]["source"] == "audio"


def test_a_one_shot_has_no_tempo_and_no_bars() -> None:
    facts = facts_of(hits(128.0, 1), "Drums/808 kick 02.wav")
    assert not facts.is_loop
    assert facts.bpm is facts.bars is None
    assert facts.category == "kick"


def test_a_drum_has_no_key_whatever_its_name_says() -> None:
    assert facts_of(hits(120.0, 16), "PK_120_snare_loop_Am.wav").key is None


def test_a_tonal_one_shot_has_its_root_note() -> None:
    facts = facts_of(pluck(48), "Bass/pluck.wav")
    assert facts.key == "C"
    assert facts.analysis["key"]["source"] == "audio"


def test_a_name_settles_the_octave() -> None:
    facts = facts_of(hits(174.0, 32), "Kit/Drums/top loop 174 bpm.wav")
    assert facts.bpm == pytest.approx(174.0, abs=0.01)
    assert facts.analysis["bpm"]["source"] == "filename"
    assert facts.bars == 8


def test_a_name_that_the_sound_contradicts_is_not_believed() -> None:
    facts = facts_of(hits(137.0, 16), "Loops/beat 120 bpm.wav")
    assert facts.bpm == pytest.approx(137.0, abs=0.1)
    assert any("120" in warning for warning in facts.warnings)


def test_an_acid_chunk_is_believed_only_where_it_fits() -> None:
    audio = hits(100.0, 16)
    fitting = facts_of(audio, metadata=acid(200.0, 32))
    assert fitting.bpm == pytest.approx(200.0)
    assert fitting.analysis["bpm"]["source"] == "metadata"
    for default in (acid(120.0, 4), acid(None, 16), acid(200.0, 0)):
        assert facts_of(audio, metadata=default).bpm == pytest.approx(100.0, abs=0.05)


def test_the_kit_folder_lends_tempo_and_key() -> None:
    facts = facts_of(hits(90.0, 16), "Kit [90 BPM, C minor]/Synths/lead.wav")
    assert facts.bpm == pytest.approx(90.0)
    assert facts.key == "Cm"


def test_opposite_channels_are_not_silence() -> None:
    mono = hits(125.0, 16)
    facts = facts_of(np.concatenate([mono, -mono]))
    assert facts.bpm == pytest.approx(125.0, abs=0.05)
    assert facts.loudness_lufs is not None
    assert facts.features["centroid"] > 100


def test_silence_gives_nothing_and_no_error() -> None:
    facts = facts_of(np.zeros((2, RATE), np.float32))
    assert facts.bpm is facts.key is facts.loudness_lufs is facts.true_peak_dbtp is None
    assert not facts.is_loop


@pytest.mark.parametrize("samples", [1, 300, 4_000])
def test_everything_is_finite_and_can_be_stored(samples: int) -> None:
    noise = np.random.default_rng(0).standard_normal((2, samples)).astype(np.float32) * 0.1
    facts = facts_of(noise)
    json.dumps(dataclasses.asdict(facts), allow_nan=False)
    assert pickle.loads(pickle.dumps(facts)) == facts
    assert set(facts.analysis) == {"bpm", "key", "category", "is_loop", "alone", "matching"}
    assert 3 <= len(facts.tags) <= 5


def test_a_long_file_says_that_only_a_part_was_heard() -> None:
    facts = facts_of(np.tile(hits(120.0, 16), (1, 5)))
    assert any("long file" in warning for warning in facts.warnings)


def test_the_same_sound_gives_the_same_facts() -> None:
    audio = hits(111.0, 8)
    assert facts_of(audio) == facts_of(audio.copy())
