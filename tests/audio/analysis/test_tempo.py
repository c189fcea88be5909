import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.analysis.onsets import OnsetStrength, onset_strength
from src.audio.analysis.spectrum import short_time_spectrum
from src.audio.analysis.tempo import Extent, cut_by_the_clock, estimate_tempo, extent_of
from src.music.theory.tempo import loop_bars

RATE = 48_000


def drum_loop(bpm: float, beats: int = 16, tail_s: float = 0.0, lead_s: float = 0.0) -> np.ndarray:
    """Kick on every beat, snare on two and four, hats on eighths; cut to whole beats."""
    rng = np.random.default_rng(5)
    beat_s = 60.0 / bpm
    audio = np.zeros(round((lead_s + beats * beat_s + tail_s) * RATE), np.float32)
    times = np.arange(int(0.12 * RATE)) / RATE
    kick = 0.8 * np.sin(2 * np.pi * 55 * times) * np.exp(-times * 30)
    snare = 0.4 * rng.standard_normal(times.size) * np.exp(-times * 40)
    hat = 0.15 * np.diff(rng.standard_normal(times.size + 1)) * np.exp(-times * 120)
    for eighth in range(2 * beats):
        hits = [hat]
        if eighth % 2 == 0:
            hits.append(kick)
        if eighth % 4 == 2:
            hits.append(snare)
        start = round((lead_s + eighth * beat_s / 2) * RATE)
        for hit in hits:
            piece = hit[: max(0, audio.size - start)]
            audio[start : start + piece.size] += piece.astype(np.float32)
    return audio[None]


def strength_of(audio: np.ndarray) -> OnsetStrength:
    spectrum = short_time_spectrum(audio, sample_rate=RATE)
    return onset_strength(spectrum.magnitude, spectrum.freqs_hz, frame_rate=RATE / spectrum.hop)


@pytest.mark.parametrize("bpm", [92.0, 110.0, 124.0, 137.5, 150.0])
def test_a_loop_cut_to_bars_gives_its_tempo_exactly(bpm: float) -> None:
    audio = drum_loop(bpm)
    estimate = estimate_tempo(strength_of(audio), extent_of(audio, sample_rate=RATE))
    assert estimate is not None
    assert estimate.bpm == pytest.approx(bpm, abs=0.02)
    assert estimate.best.beats == 16
    assert estimate.bar_exact
    assert estimate.downbeat_s == 0.0


def test_a_tail_of_silence_does_not_change_the_tempo() -> None:
    audio = drum_loop(126.0, tail_s=0.83)
    estimate = estimate_tempo(strength_of(audio), extent_of(audio, sample_rate=RATE))
    assert estimate is not None
    assert estimate.bpm == pytest.approx(126.0, abs=0.5)


def test_leading_silence_moves_the_downbeat() -> None:
    audio = drum_loop(126.0, lead_s=0.31)
    estimate = estimate_tempo(strength_of(audio), extent_of(audio, sample_rate=RATE))
    assert estimate is not None
    assert estimate.bpm == pytest.approx(126.0, abs=0.5)
    assert estimate.downbeat_s == pytest.approx(0.31, abs=0.01)


def test_the_backbeat_decides_the_octave() -> None:
    """Snares 0.69 s apart are every second beat at 174, not every beat at 87."""
    rng = np.random.default_rng(1)
    beat_s = 60.0 / 174.0
    audio = np.zeros((1, round(16 * beat_s * RATE)), np.float32)
    decay = np.exp(-np.arange(6000) / 900)
    for beat in range(1, 16, 2):
        start = round(beat * beat_s * RATE)
        audio[0, start : start + 6000] = (0.5 * rng.standard_normal(6000) * decay).astype("f4")
    strength, extent = strength_of(audio), extent_of(audio, sample_rate=RATE)
    as_snare = estimate_tempo(strength, extent, rhythm="backbeat")
    assert as_snare is not None
    assert as_snare.bpm == pytest.approx(174.0, abs=0.1)


def test_a_proposed_tempo_is_weighed_but_not_just_believed() -> None:
    audio = drum_loop(137.0)
    strength, extent = strength_of(audio), extent_of(audio, sample_rate=RATE)
    estimate = estimate_tempo(strength, extent, proposals=[120.0])
    assert estimate is not None
    assert estimate.bpm == pytest.approx(137.0, abs=0.1)


@settings(max_examples=10)
@given(st.floats(0.01, 0.9))
def test_level_does_not_matter(gain: float) -> None:
    audio = drum_loop(118.0, beats=8)
    quiet = (audio * np.float32(gain)).astype(np.float32)
    estimates = [
        estimate_tempo(strength_of(clip), extent_of(clip, sample_rate=RATE))
        for clip in (audio, quiet)
    ]
    assert estimates[0] is not None
    assert estimates[1] is not None
    assert estimates[0].bpm == pytest.approx(estimates[1].bpm)


def test_confidence_is_higher_for_a_clear_loop_than_for_a_drone() -> None:
    audio = drum_loop(124.0)
    drone = np.sin(np.arange(audio.shape[1]) * 2 * np.pi * 110 / RATE).astype(np.float32)[None]
    drone = drone[:, : -RATE // 7]
    clear, vague = (
        estimate_tempo(strength_of(clip), extent_of(clip, sample_rate=RATE))
        for clip in (audio, drone)
    )
    assert clear is not None
    assert vague is None or vague.confidence < clear.confidence


def test_silence_and_the_shortest_clips_have_no_tempo() -> None:
    for samples in (0, 10, 4_000, RATE):
        silent = np.zeros((2, samples), np.float32)
        extent = extent_of(silent, sample_rate=RATE)
        assert extent == Extent(samples / RATE, 0.0, samples / RATE)
        assert estimate_tempo(strength_of(silent), extent) is None


def test_the_extent_is_where_any_channel_sounds() -> None:
    audio = np.zeros((2, 200_000), np.float32)
    audio[0, 70_000:80_000] = 0.5
    audio[1, 90_000:150_000] = -0.5
    extent = extent_of(audio, sample_rate=RATE)
    assert extent.first_s == pytest.approx(70_000 / RATE)
    assert extent.last_s == pytest.approx(150_000 / RATE)


@pytest.mark.parametrize(("lead_s", "tail_s"), [(0.2, 0.0), (0.0, 0.7), (0.27, 0.9), (0.5, 0.31)])
def test_silence_before_and_behind_changes_neither_bars_nor_tempo(
    lead_s: float, tail_s: float
) -> None:
    audio = drum_loop(132.0, beats=16, lead_s=lead_s, tail_s=tail_s)
    extent = extent_of(audio, sample_rate=RATE)
    estimate = estimate_tempo(strength_of(audio), extent)
    assert estimate is not None
    assert estimate.bpm == pytest.approx(132.0, abs=0.5)
    bars = loop_bars(extent.duration_s, estimate.bpm, downbeat_s=estimate.downbeat_s)
    assert bars == 4
    assert estimate.downbeat_s == pytest.approx(lead_s, abs=0.01)


@pytest.mark.parametrize("bpm", [87.0, 124.0, 174.0])
def test_half_and_double_are_among_the_candidates(bpm: float) -> None:
    audio = drum_loop(bpm)
    estimate = estimate_tempo(strength_of(audio), extent_of(audio, sample_rate=RATE))
    assert estimate is not None
    tempos, chances = zip(*estimate.candidates, strict=True)
    assert 1 <= len(tempos) <= 5
    assert list(chances) == sorted(chances, reverse=True)
    assert sum(chances) <= 1.0 + 1e-9
    assert (estimate.bpm, estimate.confidence) in estimate.candidates
    for ratio in (0.5, 2.0):
        if 55.0 <= estimate.bpm * ratio <= 215.0:
            assert any(tempo == pytest.approx(estimate.bpm * ratio, rel=0.013) for tempo in tempos)


def test_a_steady_sound_of_whole_seconds_is_hardly_sure_of_120() -> None:
    noise = np.random.default_rng(2).standard_normal((1, 4 * RATE)).astype(np.float32) * 0.1
    texture = estimate_tempo(strength_of(noise), extent_of(noise, sample_rate=RATE))
    clear = drum_loop(120.0, beats=8)
    groove = estimate_tempo(strength_of(clear), extent_of(clear, sample_rate=RATE))
    assert texture is not None
    assert groove is not None
    assert texture.confidence < 0.5 < groove.confidence


@pytest.mark.parametrize(("duration_s", "by_clock"), [(4.0, True), (2.5, True), (3.871, False)])
def test_half_seconds_are_the_clock_s(duration_s: float, *, by_clock: bool) -> None:
    assert cut_by_the_clock(duration_s) is by_clock
