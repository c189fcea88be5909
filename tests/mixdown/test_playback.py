"""A played score: what lies where, how loud it is, and that nothing clicks."""

import hashlib
import math
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.audio.analysis.onsets import onset_times_s
from src.audio.basics.clicks import clicks_at
from src.audio.metering.loudness import integrated_loudness
from src.audio.metering.true_peak import true_peak_dbtp
from src.core.errors import InvalidInputError
from src.core.progress import JobCancelled
from src.mixdown.playback import MixReport, mix_score, play_score
from src.music.model.score import (
    Automation,
    AutomationPoint,
    Channel,
    Clip,
    Note,
    Score,
    ScoreSection,
)

RATE = 48_000
Stems = dict[str, np.ndarray]


def loader(stems: Stems) -> Callable[[str, float, float], np.ndarray]:
    def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        start = round(start_s * RATE)
        return stems[stem_id][:, start : start + round(length_s * RATE)].copy()

    return load


def score(*tracks: Channel, bpm: float = 120.0, beats: float = 16.0, **changes: float) -> Score:
    values = {"target_lufs": -14.0, "ceiling_dbtp": -1.0, "tail_s": 0.5, **changes}
    return Score(
        bpm=bpm, key="Am", seed=1,
        sections=(ScoreSection("A", 0.0, beats, 0.5),), channels=tracks, **values,
    )  # fmt: skip


def played(requested: Score, stems: Stems) -> tuple[np.ndarray, MixReport]:
    blocks: list[np.ndarray] = []
    report = play_score(requested, load=loader(stems), sink=blocks.append)
    return np.concatenate(blocks, axis=1), report


def mixed(requested: Score, stems: Stems) -> np.ndarray:
    return mix_score(requested, load=loader(stems))


def sine(frequency_hz: float, samples: int, *, level: float = 0.3) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * frequency_hz * np.arange(samples) / RATE)
    return np.repeat(wave[None].astype(np.float32), 2, axis=0)


def noise(samples: int, *, level: float = 0.1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((2, samples)).astype(np.float32) * level


def hit(samples: int = 4800) -> np.ndarray:
    return noise(samples) * np.exp(-np.arange(samples) / 600).astype(np.float32)


IMPULSE = np.zeros((1, 480), np.float32)
IMPULSE[0, 0] = 0.5


def spots(audio: np.ndarray) -> list[int]:
    return np.flatnonzero(np.abs(audio[0]) > 1e-4).tolist()


# where things lie


@settings(max_examples=30)
@given(
    bpm=st.floats(60, 200),
    beats=st.lists(st.floats(0, 60), min_size=1, max_size=12, unique=True),
)
def test_notes_lie_on_the_sample_of_their_beat(bpm: float, beats: list[float]) -> None:
    track = Channel("hit", "clap", notes=tuple(Note("i", beat) for beat in beats))
    audio = mixed(score(track, bpm=bpm, beats=64.0), {"i": IMPULSE})
    assert spots(audio) == sorted({round(beat * 60 / bpm * RATE) for beat in beats})


def test_long_tracks_do_not_drift() -> None:
    bpm, beats = 137.3, 600.0
    track = Channel("hit", "clap", notes=tuple(Note("i", float(b)) for b in range(600)))
    audio = mixed(score(track, bpm=bpm, beats=beats), {"i": IMPULSE})
    assert spots(audio) == [round(b * 60 / bpm * RATE) for b in range(600)]


def test_loop_of_odd_tempo_stays_on_the_grid_for_minutes() -> None:
    bpm, bars = 137.3, 100
    pass_s = 4 * 60 / bpm
    loop = np.zeros((2, round(pass_s * RATE)), np.float32)
    loop[:, :4800] = hit()
    clip = Clip("loop", 0.0, 4.0 * bars, 0.0, pass_s)
    audio = mixed(score(Channel("d", "drums", clips=(clip,)), bpm=bpm, beats=400.0), {"loop": loop})
    starts = [round(4 * bar * 60 / bpm * RATE) for bar in range(bars)]
    for start in (starts[1], starts[50], starts[99]):
        np.testing.assert_allclose(audio[:, start : start + 4000], loop[:, :4000], atol=1e-6)


def test_stretched_drums_hit_on_the_beat() -> None:
    source = np.zeros((2, 96_000), np.float32)
    for beat in range(4):
        source[:, beat * 24_000 : beat * 24_000 + 4800] += hit()
    clip = Clip("loop", 0.0, 16.0, 0.0, 2.0, stretch_ratio=120 / 138)
    audio = mixed(
        score(Channel("d", "drums", clips=(clip,)), bpm=138.0, tail_s=0.0), {"loop": source}
    )
    found = onset_times_s(audio, sample_rate=RATE)
    for beat in range(16):
        assert np.abs(found - beat * 60 / 138).min() < 0.003


def test_loop_at_its_own_tempo_is_repeated_as_it_is() -> None:
    loop = sine(100, 96_000) + 0.5 * sine(350, 96_000)
    clip = Clip("loop", 0.0, 16.0, 0.0, 2.0)
    audio, report = played(
        score(Channel("s", "synth", clips=(clip,)), tail_s=0.0, bus_compression=False),
        {"loop": loop},
    )
    gain = 10 ** (report.gain_db / 20)
    expected = np.tile(loop, (1, 4)) * gain
    np.testing.assert_allclose(audio[:, 480:-480], expected[:, 480:-480], atol=2e-7)


def test_track_ends_after_its_tail_in_silence() -> None:
    track = Channel("s", "pad", clips=(Clip("n", 0.0, 16.0, 0.0, 8.0),), reverb_send_db=-6.0)
    audio, report = played(score(track, tail_s=1.5), {"n": noise(8 * RATE)})
    assert audio.shape == (2, 8 * RATE + round(1.5 * RATE))
    assert report.duration_s == pytest.approx(9.5)
    assert np.abs(audio[:, 8 * RATE + 2400 : 9 * RATE]).max() > 1e-3
    assert np.abs(audio[:, -2:]).max() < 1e-5


def test_the_end_fades_out_as_long_as_the_score_says() -> None:
    track = Channel("s", "pad", clips=(Clip("n", 0.0, 16.0, 0.0, 8.0),))
    stems = {"n": np.full((2, 8 * RATE), 0.5, np.float32)}
    audio, _ = played(
        score(track, tail_s=0.0, fade_out_s=2.0, target_lufs=None, bus_compression=False), stems
    )
    level = audio[0, 4 * RATE]
    assert audio[0, 6 * RATE - 1] == level
    assert audio[0, 7 * RATE] == pytest.approx(0.5 * level, rel=0.01)
    assert audio[0, -1] < 1e-6


def test_the_bus_compresses_only_where_the_score_says_so() -> None:
    bar = sine(110, 96_000, level=0.05)
    bar[:, :9600] += 8.0 * hit(9600)
    track = Channel("d", "drums", clips=(Clip("bar", 0.0, 16.0, 0.0, 2.0),))
    reports = [
        played(score(track, bus_compression=compressed), {"bar": bar})[1]
        for compressed in (True, False)
    ]
    assert reports[0].compression_db > 0.5 > reports[1].compression_db == 0.0


# no clicks


@settings(max_examples=12)
@given(
    frequency_hz=st.floats(40, 1500),
    ratio=st.sampled_from([1.0, 0.93, 1.07]),
    role=st.sampled_from(["bass", "drums"]),
    semitones=st.sampled_from([0.0, -2.0]),
)
def test_sustained_loop_of_broken_cycles_has_no_click_at_any_seam(
    frequency_hz: float, ratio: float, role: str, semitones: float
) -> None:
    seconds = 2.0 / ratio
    loop = sine(frequency_hz, round(seconds * RATE))
    clip = Clip("l", 0.0, 16.0, 0.0, seconds, stretch_ratio=ratio, semitones=semitones)
    audio = mixed(score(Channel("t", role, clips=(clip,))), {"l": loop})
    seams = [round(beat * 0.5 * RATE) for beat in (4, 8, 12, 16)]
    assert not clicks_at(audio, seams, sample_rate=RATE)


def test_clips_cut_anywhere_do_not_click() -> None:
    clips = tuple(Clip("l", start, 1.37, 0.321, 1.0) for start in (0.5, 3.3, 6.1))
    audio = mixed(score(Channel("t", "bass", clips=clips)), {"l": sine(70, 3 * RATE)})
    edges = [
        round(beat * 0.5 * RATE) for start in (0.5, 3.3, 6.1) for beat in (start, start + 1.37)
    ]
    assert not clicks_at(audio, edges, sample_rate=RATE)


def test_a_cut_is_left_bare_and_a_short_fade_short_where_the_score_says_so() -> None:
    sound = {"l": np.full((2, 8 * RATE), 0.5, np.float32)}
    smooth, bare = (
        mixed(score(Channel("t", "fx", clips=(clip,))), sound)
        for clip in (
            Clip("l", 4.0, 4.0, 0.0, 2.0),
            Clip("l", 4.0, 4.0, 0.0, 2.0, declick=False),
        )
    )
    faded = Clip("l", 4.0, 4.0, 0.0, 2.0, fade_in_s=0.003, fade_out_s=0.004)
    short = mixed(score(Channel("t", "fx", clips=(faded,))), sound)
    level = bare[0, 3 * RATE]
    begin, end = 2 * RATE, 4 * RATE
    assert bare[0, begin] == bare[0, end - 1] == level
    assert smooth[0, begin] < 0.1 * level > smooth[0, end - 1]
    assert short[0, begin + 143] < short[0, begin + 144] == level
    assert short[0, end - 193] == level > short[0, end - 192]


def test_cut_notes_do_not_click() -> None:
    notes = tuple(Note("l", float(beat), length_beats=0.4) for beat in range(8))
    audio = mixed(score(Channel("t", "bass", notes=notes)), {"l": sine(70, 3 * RATE)})
    ends = [round((beat + 0.4) * 0.5 * RATE) for beat in range(8)]
    assert not clicks_at(audio, ends, sample_rate=RATE)
    silent = audio[:, round(0.45 * 0.5 * RATE) + 600 : round(0.99 * 0.5 * RATE)]
    assert np.abs(silent).max() < 1e-6


def test_clip_that_goes_on_in_the_next_section_is_one_sound() -> None:
    loop = sine(97, 96_000)
    two = (Clip("l", 0.0, 8.0, 0.0, 2.0), Clip("l", 8.0, 8.0, 0.0, 2.0))
    one = (Clip("l", 0.0, 16.0, 0.0, 2.0),)
    in_two = mixed(score(Channel("t", "bass", clips=two)), {"l": loop})
    in_one = mixed(score(Channel("t", "bass", clips=one)), {"l": loop})
    np.testing.assert_array_equal(in_two, in_one)


def test_sweeps_and_gain_moves_do_not_click_where_blocks_join() -> None:
    automation = (
        Automation("low_pass_hz", (AutomationPoint(0, 200), AutomationPoint(64, 18_000))),
        Automation("high_pass_hz", (AutomationPoint(0, 20), AutomationPoint(64, 300))),
        Automation("gain_db", (AutomationPoint(0, -6), AutomationPoint(64, 0))),
    )
    clip = Clip("l", 0.0, 64.0, 0.0, 2.0)
    audio = mixed(
        score(Channel("t", "pad", clips=(clip,), automation=automation), beats=64.0),
        {"l": sine(110, 96_000)},
    )
    assert not clicks_at(audio, range(262_144, 33 * RATE, 262_144), sample_rate=RATE)


# how it sounds


def test_pass_plays_backwards_when_asked() -> None:
    rising = noise(96_000) * np.linspace(0, 1, 96_000).astype(np.float32)
    clip = Clip("l", 0.0, 4.0, 0.0, 2.0, reverse=True)
    audio = mixed(score(Channel("t", "fx", clips=(clip,)), beats=4.0), {"l": rising})
    np.testing.assert_array_equal(audio[:, 480:90_000], rising[:, ::-1][:, 480:90_000])


def test_fades_that_are_asked_for_are_played() -> None:
    clip = Clip("l", 0.0, 16.0, 0.0, 8.0, fade_in_s=2.0, fade_out_s=1.0)
    audio = mixed(score(Channel("t", "pad", clips=(clip,))), {"l": np.ones((2, 8 * RATE), "f4")})
    assert audio[0, RATE] == pytest.approx(0.5, abs=0.01)
    assert audio[0, 4 * RATE] == 1.0
    assert audio[0, round(7.5 * RATE)] == pytest.approx(0.5, abs=0.01)


def test_velocity_and_pitch_shape_a_note() -> None:
    notes = (Note("l", 0.0, velocity=1.0), Note("l", 4.0, velocity=0.25, semitones=12.0))
    audio = mixed(score(Channel("t", "lead", notes=notes)), {"l": sine(220, RATE)})
    first, second = audio[:, 4800:24_000], audio[:, 2 * RATE + 4800 : 2 * RATE + 20_000]
    assert np.abs(second).max() == pytest.approx(0.125 * np.abs(first).max(), rel=0.02)
    spectrum = np.abs(np.fft.rfft(second[0], RATE * 4))
    assert spectrum.argmax() / 4 == pytest.approx(440, abs=1)


def test_open_hat_is_choked_by_the_next_one() -> None:
    notes = (Note("open", 0.0), Note("closed", 1.0))
    stems = {"open": noise(2 * RATE), "closed": hit(2400)}
    hats = mixed(score(Channel("h", "hihat", notes=notes)), stems)
    others = mixed(score(Channel("h", "cymbal", notes=notes)), stems)
    late = slice(RATE // 2 + 4800, RATE)
    assert np.abs(hats[:, late]).max() == 0
    assert np.abs(others[:, late]).max() > 0.1


def test_gain_and_pan_place_a_track() -> None:
    clip = Clip("l", 0.0, 16.0, 0.0, 8.0, gain_db=-6.0)
    stems = {"l": np.ones((1, 8 * RATE), np.float32)}
    left = mixed(score(Channel("t", "fx", clips=(clip,), gain_db=-6.0, pan=-1.0)), stems)
    assert left[0, RATE] == pytest.approx(math.sqrt(2) * 10 ** (-12 / 20), rel=1e-3)
    assert abs(left[1, RATE]) < 1e-6


def test_pan_automation_moves_a_sound() -> None:
    automation = Automation("pan", (AutomationPoint(0, -1), AutomationPoint(16, 1)))
    clip = Clip("l", 0.0, 16.0, 0.0, 8.0)
    audio = mixed(
        score(Channel("t", "fx", clips=(clip,), automation=(automation,))), {"l": noise(8 * RATE)}
    )
    level = np.square(audio[:, RATE // 2 : RATE]).mean(axis=1)
    later = np.square(audio[:, 7 * RATE : 15 * RATE // 2]).mean(axis=1)
    assert level[0] > 10 * level[1]
    assert later[1] > 10 * later[0]


def test_high_pass_and_mono_low_end_shape_a_track() -> None:
    low = sine(60, 8 * RATE)
    low[1] *= -1
    clip = Clip("l", 0.0, 16.0, 0.0, 8.0)
    wide = mixed(score(Channel("t", "bass", clips=(clip,), mono_below_hz=240.0)), {"l": low})
    thin = mixed(score(Channel("t", "pad", clips=(clip,), high_pass_hz=240.0)), {"l": low})
    middle = slice(RATE, 7 * RATE)
    assert np.abs(wide[:, middle]).max() < 0.1 * 0.3
    assert np.abs(thin[:, middle]).max() < 0.1 * 0.3


def test_low_pass_sweep_opens() -> None:
    automation = Automation("low_pass_hz", (AutomationPoint(0, 200), AutomationPoint(16, 18_000)))
    clip = Clip("l", 0.0, 16.0, 0.0, 8.0)
    audio = mixed(
        score(Channel("t", "fx", clips=(clip,), automation=(automation,))), {"l": noise(8 * RATE)}
    )
    early, late = audio[:, :RATE], audio[:, 7 * RATE : 8 * RATE]
    assert np.square(late).mean() > 10 * np.square(early).mean()


@pytest.mark.parametrize("role", ["kick", "drums"])
def test_kick_ducks_the_bass(role: str) -> None:
    kick = sine(55, 9600) * np.exp(-np.arange(9600) / 2000).astype(np.float32)
    bar = np.zeros((2, 96_000), np.float32)
    for beat in range(4):
        bar[:, beat * 24_000 : beat * 24_000 + 9600] = kick
    drums = Channel("k", role, clips=(Clip("bar", 0.0, 16.0, 0.0, 2.0),), gain_db=-100.0)
    bass = Channel("b", "bass", clips=(Clip("bass", 0.0, 16.0, 0.0, 8.0),), duck_db=12.0)
    audio = mixed(score(drums, bass), {"bar": bar, "bass": np.ones((2, 8 * RATE), np.float32)})
    for beat in range(1, 16):
        place = beat * 24_000
        assert audio[0, place + 800] == pytest.approx(10 ** (-12 / 20), abs=0.02)
        assert audio[0, place + 20_000] == pytest.approx(1.0, abs=0.01)


def test_ducking_lets_go_as_fast_as_the_score_says() -> None:
    kick = Channel("k", "kick", notes=(Note("k", 2.0),), gain_db=-100.0)
    bass = Channel("b", "bass", clips=(Clip("bass", 0.0, 16.0, 0.0, 8.0),), duck_db=12.0)
    stems = {"k": hit(), "bass": np.ones((2, 8 * RATE), np.float32)}
    slow, fast = (mixed(score(kick, bass, duck_release_beats=b), stems) for b in (1.0, 0.1))
    later = RATE + 6_000
    assert slow[0, later] < 0.5
    assert fast[0, later] > 0.99


def test_hats_do_not_duck() -> None:
    hats = Channel("h", "hihat", notes=tuple(Note("h", b) for b in range(8)), gain_db=-100.0)
    bass = Channel("b", "bass", clips=(Clip("bass", 0.0, 16.0, 0.0, 8.0),), duck_db=12.0)
    audio = mixed(score(hats, bass), {"h": hit(), "bass": np.ones((2, 8 * RATE), np.float32)})
    assert audio[:, 480 : 7 * RATE].min() > 0.99


def test_sends_ring_after_the_sound() -> None:
    note = (Note("h", 0.0),)
    dry = mixed(score(Channel("t", "clap", notes=note)), {"h": hit()})
    wet = mixed(score(Channel("t", "clap", notes=note, reverb_send_db=-6.0)), {"h": hit()})
    echoing = Channel("t", "clap", notes=note, delay_send_db=-6.0)
    echo = mixed(score(echoing), {"h": hit()})
    assert np.abs(dry[:, RATE // 5 :]).max() == 0
    assert np.abs(wet[:, RATE // 5 : RATE]).max() > 1e-3
    first_echo = round(0.75 * 0.5 * RATE)
    assert np.abs(echo[:, RATE // 5 : first_echo - 10]).max() < 1e-6
    assert np.abs(echo[0, first_echo : first_echo + 2400]).max() > 0.01
    late = mixed(score(echoing, echo_beats=1.5), {"h": hit()})
    assert np.abs(late[:, RATE // 5 : 2 * first_echo - 10]).max() < 1e-6
    assert np.abs(late[0, 2 * first_echo : 2 * first_echo + 2400]).max() > 0.01


# the master


@pytest.mark.parametrize(("target", "ceiling"), [(-14.0, -1.0), (-9.0, -1.0), (-23.0, -6.0)])
def test_master_reaches_its_loudness_below_its_ceiling(target: float, ceiling: float) -> None:
    bar = noise(96_000, level=0.02) + sine(110, 96_000, level=0.1)
    for beat in range(4):
        bar[:, beat * 24_000 : beat * 24_000 + 4800] += 1.5 * hit()
    track = Channel("d", "drums", clips=(Clip("bar", 0.0, 32.0, 0.0, 2.0),))
    audio, report = played(
        score(track, beats=32.0, target_lufs=target, ceiling_dbtp=ceiling), {"bar": bar}
    )
    assert report.reached
    assert integrated_loudness(audio, sample_rate=RATE) == pytest.approx(target, abs=0.3)
    assert report.loudness_lufs == pytest.approx(
        integrated_loudness(audio, sample_rate=RATE), abs=1e-6
    )
    assert true_peak_dbtp(audio, sample_rate=RATE) <= ceiling
    steps = audio.astype(np.float64) * 2**23
    np.testing.assert_array_equal(steps, np.rint(steps))


def test_target_out_of_reach_is_reported_as_such() -> None:
    track = Channel("c", "clap", notes=(Note("i", 0.0), Note("i", 8.0)))
    audio, report = played(score(track, target_lufs=-6.0), {"i": IMPULSE})
    assert not report.reached
    assert report.loudness_lufs < -10
    assert report.true_peak_dbtp <= -1.0
    assert np.abs(audio).max() <= 1.0


def test_silent_score_is_silent_and_reaches_nothing() -> None:
    audio, report = played(score(), {})
    assert not audio.any()
    assert report.loudness_lufs == -math.inf
    assert not report.reached


def test_same_score_gives_the_same_bytes() -> None:
    stems = {"l": sine(97, 90_000) + noise(90_000), "h": hit()}
    clip = Clip("l", 0.0, 16.0, 0.0, 1.875, stretch_ratio=2.0 / 1.875)
    tracks = (
        Channel("t", "pad", clips=(clip,), reverb_send_db=-9.0, duck_db=6.0),
        Channel("k", "kick", notes=tuple(Note("h", b, semitones=1.5) for b in range(16))),
    )
    digests = {hashlib.sha256(played(score(*tracks), stems)[0].tobytes()).digest() for _ in "ab"}
    assert len(digests) == 1


# work and failure


def test_stems_are_loaded_once_however_often_they_sound() -> None:
    calls: list[str] = []
    stems = {"l": sine(97, 96_000), "h": hit()}

    def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        calls.append(stem_id)
        return loader(stems)(stem_id, start_s, length_s)

    clips = tuple(Clip("l", start, 4.0, 0.0, 2.0, fade_in_s=0.1) for start in range(0, 64, 8))
    notes = tuple(Note("h", float(beat)) for beat in range(64))
    mix_score(score(Channel("a", "synth", clips, notes), beats=64.0), load=load)
    assert sorted(calls) == ["h", "l"]


def test_memory_holds_the_mix_and_little_more() -> None:
    stems = {str(number): sine(50.0 + number, 96_000) for number in range(8)}
    tracks = tuple(
        Channel(name, "pad", clips=(Clip(name, 0.0, 60.0, 0.0, 2.0),), reverb_send_db=-12.0)
        for name in stems
    )
    requested = score(*tracks, beats=60.0)
    tracemalloc.start()
    play_score(requested, load=loader(stems), sink=lambda block: None)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    mix_bytes = 30 * RATE * 2 * 4
    assert peak < mix_bytes + 90 * 2**20


def test_progress_tells_real_steps_and_may_cancel() -> None:
    steps: list[tuple[str, int, int]] = []
    track = Channel("c", "clap", notes=(Note("i", 0.0),))

    def cancel(stage: str, done: int, total: int) -> None:
        steps.append((stage, done, total))
        if stage == "mastering":
            raise JobCancelled

    with pytest.raises(JobCancelled):
        play_score(
            score(track), load=loader({"i": IMPULSE}), sink=lambda block: None, progress=cancel
        )
    assert [step for step in steps if step[0] == "mixing"] == [("mixing", 0, 2), ("mixing", 1, 2)]


def test_score_without_length_is_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"a score must have a length, got 0\.0 beats"):
        played(score(beats=0.0, tail_s=0.0), {})


def test_clip_without_slice_is_refused_with_its_stem() -> None:
    track = Channel("t", "pad", clips=(Clip("l", 0.0, 4.0, 0.0, 0.0),))
    with pytest.raises(InvalidInputError, match=r"got 0\.0 s and 1\.0 \(stem l\)"):
        mixed(score(track), {"l": IMPULSE})


def test_unknown_automation_is_refused() -> None:
    track = Channel("t", "pad", automation=(Automation("wobble", (AutomationPoint(0, 1),)),))
    with pytest.raises(InvalidInputError, match="got 'wobble'"):
        mixed(score(track), {})


def test_premaster_is_the_mix_at_another_level_and_nothing_else() -> None:
    tracks = [
        Channel("a", "kick", notes=tuple(Note("h", float(b)) for b in range(16))),
        Channel("b", "pad", clips=(Clip("pad", 0.0, 16.0, 0.0, 8.0),), gain_db=-6.0),
    ]
    stems = {"h": 1.5 * hit(), "pad": noise(8 * RATE)}
    requested = score(*tracks, target_lufs=None, ceiling_dbtp=-6.0, bus_compression=False)
    audio, report = played(requested, stems)
    before = mixed(requested, stems)
    assert report.preset == "premaster"
    assert report.reached
    assert report.compression_db == report.limiting_db == report.rounding_db == 0.0
    assert report.sample_peak_dbfs == pytest.approx(-6.0, abs=0.01)
    assert np.abs(audio).max() == pytest.approx(10 ** (-6 / 20), abs=1e-5)
    body = slice(0, 8 * RATE)
    gain = np.float32(10 ** (report.gain_db / 20))
    np.testing.assert_allclose(audio[:, body], before[:, body] * gain, atol=1e-6)


def test_club_level_is_reached_and_its_cost_is_told() -> None:
    bar = noise(96_000, level=0.02) + sine(110, 96_000, level=0.1)
    for beat in range(4):
        bar[:, beat * 24_000 : beat * 24_000 + 4800] += 1.5 * hit()
    track = Channel("d", "drums", clips=(Clip("bar", 0.0, 32.0, 0.0, 2.0),))
    audio, report = played(score(track, beats=32.0, target_lufs=-8.0), {"bar": bar})
    assert (report.preset, report.reached, report.missed_by) == ("club", True, 0.0)
    assert integrated_loudness(audio, sample_rate=RATE) == pytest.approx(-8.0, abs=0.3)
    assert true_peak_dbtp(audio, sample_rate=RATE) <= -1.0
    assert report.momentary_max_lufs >= report.short_term_max_lufs >= report.loudness_lufs
    assert report.rounding_db + report.limiting_db > 3.0
