"""Sections are weighed by what is heard of them."""

from dataclasses import replace

import numpy as np
import pytest

from src.mixdown.mixing import mix_score
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.score import Automation, AutomationPoint, Channel, Clip, Score, ScoreSection
from src.music.model.timeline import timeline
from src.services.tracks.section_hearing import (
    MOST_OFF_DB,
    audible_sections,
    balanced_mix,
    most_off_db,
)
from tests.music.cards import loop

RATE = 48_000
SECTIONS = (SectionPlan("Groove", 4, energy=0.6), SectionPlan("Build", 4, energy=0.7))
TIMES = timeline(ArrangementPlan(120.0, "C", SECTIONS))
CARDS = {"pad": loop("pad", category="pad")}


def load(_stem: str, _start_s: float, length_s: float) -> np.ndarray:
    noise = np.random.default_rng(1).standard_normal((2, round(length_s * RATE)))
    return (0.05 * noise).astype(np.float32)


def score(build_db: float, *, target_lufs: float | None = -14.0) -> Score:
    """A groove and a build that lies by so much above it."""
    places = ((0.0, -6.0), (15.99, -6.0), (16.0, build_db - 6.0))
    level = Automation("gain_db", tuple(AutomationPoint(*place) for place in places))
    track = Channel("pad", "pad", (Clip("pad", 0.0, 32.0, 0.0, 16.0),), automation=(level,))
    return Score(
        120.0, "C", 1,
        tuple(ScoreSection(time.name, time.start, time.length, time.energy) for time in TIMES),
        (track,), target_lufs, -1.0,
    )  # fmt: skip


def ended(planned: Score, like: Score) -> Score:
    """The score with the tail of another."""
    return replace(planned, tail_s=like.tail_s, fade_out_s=like.fade_out_s)


def test_each_section_is_heard_for_itself() -> None:
    first = score(-5.0)
    groove, build = audible_sections(first, mix_score(first, load=load))
    assert build - groove == pytest.approx(-5.0, abs=0.1)


def test_a_build_that_is_quieter_than_the_groove_is_weighed_and_mixed_anew() -> None:
    planned = score(-5.0)
    weighed, mix = balanced_mix(planned, CARDS, TIMES, load=load)
    groove, build = audible_sections(weighed, mix)
    assert groove < build < groove + 3.0
    assert weighed.sections[0].level_db < 0.0
    np.testing.assert_array_equal(mix, mix_score(weighed, load=load))
    assert balanced_mix(weighed, CARDS, TIMES, load=load)[0] == weighed, "now it is settled"


@pytest.mark.parametrize("target_lufs", [-14.0, None])
def test_what_is_in_order_is_left_alone(target_lufs: float | None) -> None:
    planned = score(2.0, target_lufs=target_lufs)
    kept, mix = balanced_mix(planned, CARDS, TIMES, load=load)
    assert kept == ended(planned, kept)
    np.testing.assert_array_equal(mix, mix_score(kept, load=load))


def test_a_hair_out_of_order_is_in_order() -> None:
    planned = score(-0.8 * MOST_OFF_DB)
    kept, _ = balanced_mix(planned, CARDS, TIMES, load=load)
    assert kept == ended(planned, kept)


def test_silence_has_no_order() -> None:
    silent = replace(score(0.0), channels=())
    kept, mix = balanced_mix(silent, CARDS, TIMES, load=load)
    assert kept == ended(silent, kept)
    assert not mix.any()


def test_sections_of_one_energy_are_never_off() -> None:
    same = timeline(ArrangementPlan(120.0, "C", (SECTIONS[0], SECTIONS[0])))
    assert most_off_db((-10.0, -20.0), same) == 0.0
    assert most_off_db((-10.0, -20.0), TIMES) == 10.0
    assert most_off_db((-20.0, -10.0), TIMES) == 0.0


@pytest.mark.parametrize("rings_s", [0.0, 0.8])
def test_a_tail_ends_with_its_last_sound(rings_s: float) -> None:
    planned = score(2.0)
    rung = Clip("pad", 32.0, 2.0 * rings_s, 0.0, rings_s)
    clips = (*planned.channels[0].clips, *([rung] if rings_s else []))
    longer = replace(planned, channels=(replace(planned.channels[0], clips=clips),), tail_s=5.0)
    kept, mix = balanced_mix(longer, CARDS, TIMES, load=load)
    assert kept.tail_s == pytest.approx(rings_s + 0.1, abs=0.03)
    assert kept.fade_out_s <= kept.tail_s / 2
    assert mix.shape[1] == round((16.0 + kept.tail_s) * RATE)


def test_a_track_that_sounds_to_its_end_keeps_its_tail() -> None:
    planned = score(2.0)
    clips = (replace(planned.channels[0].clips[0], length_beats=40.0),)
    longer = replace(planned, channels=(replace(planned.channels[0], clips=clips),))
    assert balanced_mix(longer, CARDS, TIMES, load=load)[0] is longer
