import numpy as np
import pytest

from src.analysis.stem_facts import StemFacts, StemNames, analyse
from src.music.theory.progressions import chord_text, chords_of_row, progression_text

RATE = 48_000
AM_F_C_G = ((57, 60, 64), (53, 57, 60), (48, 52, 55), (55, 59, 62))


def chord_loop(bpm: float, chords: tuple[tuple[int, ...], ...] = AM_F_C_G) -> np.ndarray:
    """A bar of each chord, struck on every beat; shape (1, samples)."""
    times = np.arange(round(60 / bpm * RATE)) / RATE
    bars = []
    for chord in chords:
        hertz = [440.0 * 2 ** ((note - 69) / 12) for note in chord]
        parts = [np.sin(2 * np.pi * f * n * times) / n for f in hertz for n in range(1, 7)]
        bars += [np.sum(parts, axis=0) * np.exp(-3 * times)] * 4
    return (0.05 * np.concatenate(bars)).astype(np.float32)[None]


@pytest.fixture(scope="module")
def facts() -> StemFacts:
    return analyse(chord_loop(120.0), StemNames("keys_loop_120.wav"), sample_rate=RATE)


def test_a_chord_loop_has_its_chords_in_its_beats(facts: StemFacts) -> None:
    assert facts.chords is not None
    chords = chords_of_row(facts.chords, bpm=facts.bpm)
    assert chords is not None
    assert chord_text(chords) == "Am:4 F:4 C:4 G:4"
    assert progression_text(facts.chords) == "Am F C G "


def test_drums_and_one_shots_have_none() -> None:
    rng = np.random.default_rng(3)
    hit = rng.standard_normal(4_800) * np.exp(-np.arange(4_800) / 700)
    drums = np.concatenate([np.pad(hit, (0, 19_200))] * 16).astype(np.float32)[None]
    assert analyse(drums, StemNames("drum_loop_120.wav"), sample_rate=RATE).chords is None
    shot = chord_loop(120.0)[:, : RATE // 2]
    assert analyse(shot, StemNames("keys_shot.wav"), sample_rate=RATE).chords is None


def test_a_loop_on_one_note_has_no_third() -> None:
    bass = chord_loop(120.0, ((45,), (45,)))
    facts = analyse(bass, StemNames("bass_loop_120.wav"), sample_rate=RATE)
    assert facts.chords is not None
    assert [name for name, _, _ in facts.chords["spans"]] == ["A5"]


def test_a_chord_over_its_third_names_it() -> None:
    inverted = chord_loop(120.0, ((52, 55, 60), (52, 55, 60)))
    facts = analyse(inverted, StemNames("keys_loop_120.wav"), sample_rate=RATE)
    assert facts.chords is not None
    assert [name for name, _, _ in facts.chords["spans"]] == ["C/E"]
