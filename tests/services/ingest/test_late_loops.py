"""Loops that begin before their first downbeat are heard on the beat."""

import numpy as np
import pytest

from benchmarks.downbeats import WITHIN_MS, downbeats
from src.audio.basics.mixing import add_at
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.mixdown.playback import mix_score
from src.music.casting.casting import cast_plan
from src.music.casting.requests import library_queries
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.model.score import Score, score_to_dict
from src.music.scoring.score_building import build_score
from src.music.theory.mastering_presets import Mastering
from tests.music.cards import loop, pool_of
from tests.services.small_library import BPM, RATE, click_track, tone

LATE_S = 0.2
LATE = round(LATE_S * RATE)


def beat() -> Audio:
    """Two bars: a hard hit on each downbeat, a soft one on the other beats."""
    audio = click_track(hz=1800.0, bars=2) * np.float32(0.2)
    for bar in range(2):
        add_at(audio, tone(900.0, 0.2, decay=30.0, level=0.9), bar * 2 * RATE)
    return audio


def led_in() -> Audio:
    """The loop behind 200 ms of a soft pickup."""
    rng = np.random.default_rng(3)
    noise = rng.normal(0.0, 0.01, (2, LATE)).astype(np.float32)
    return np.concatenate([noise, beat()], axis=1)


def cut_early() -> Audio:
    """The same two bars, cut out of the music 200 ms too early."""
    return np.roll(beat(), LATE, axis=1)


def score_of(sound: Audio, bpm: float) -> Score:
    card = loop("d", "drums", bars=2.0, bpm=BPM, downbeat_s=LATE_S,
                duration_s=sound.shape[1] / RATE)  # fmt: skip
    plan = ArrangementPlan(bpm, "Am", (
        SectionPlan("Groove", 4, ()),  # silent on purpose: nothing is lent to it
        SectionPlan("Drop", 8, (StemQuery("drums"),), energy=0.9),
    ))  # fmt: skip
    cast = cast_plan(plan, pool_of([card], library_queries(plan)), seed=0)
    return build_score(plan, cast, Mastering(None, -1.0), seed=0)


@pytest.mark.parametrize("bpm", [120.0, 126.0, 112.0])
@pytest.mark.parametrize("made", [led_in, cut_early])
def test_every_downbeat_lies_within_five_milliseconds(made, bpm: float) -> None:
    sound = made()
    score = score_of(sound, bpm)

    def load(stem_id: str, start_s: float, length_s: float) -> Audio:
        start = round(start_s * RATE)
        return sound[:, start : start + round(length_s * RATE)]

    audio = mix_score(score, load=load)
    heard = downbeats(_measurable(score), audio, sample_rate=PROJECT_SAMPLE_RATE)

    assert heard.count >= 8
    assert heard.within == 1.0
    assert abs(heard.rise_ms) + heard.off_ms <= WITHIN_MS


def test_a_loop_that_was_cut_early_loses_none_of_its_bars() -> None:
    clips = score_of(cut_early(), BPM).channels[0].clips
    whole = [clip for clip in clips if clip.length_beats >= 8.0]
    assert {clip.rotate_s for clip in whole} == {LATE_S}
    assert {round(clip.source_length_s, 6) for clip in whole} == {4.0}


def test_the_pickup_is_heard_before_the_first_bar() -> None:
    pickup = min(score_of(led_in(), BPM).channels[0].clips, key=lambda clip: clip.start_beats)
    assert pickup.start_beats == pytest.approx(16.0 - LATE_S * BPM / 60.0)
    assert (pickup.source_start_s, pickup.source_length_s) == (0.0, LATE_S)


def _measurable(score: Score) -> dict[str, object]:
    """The score as the benchmark reads it: it counts from clips that begin on their downbeat."""
    data = score_to_dict(score)
    for track in data["tracks"]:
        for clip in track["clips"]:
            clip["source_start_s"] = 0.0
    return data
