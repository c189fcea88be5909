import random
from itertools import pairwise

import pytest

from src.music.casting.cast_part import CastPart
from src.music.casting.fit import Fit
from src.music.genre.genres import genre_grammar
from src.music.genre.steps import read_steps
from src.music.model.part_request import PartRequest
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.timeline import BeatSpan, timeline
from src.music.scoring.sequencing import (
    Groove,
    half_fill,
    hits_per_second,
    roll,
    step_notes,
)
from src.music.theory.metre import Metre
from tests.music.cards import shot


def section(name, bars=8, energy=0.6, fill=False):
    return timeline(ArrangementPlan(120.0, "C", (SectionPlan(name, bars, (), energy, fill),)))[0]


def groove(genre="techno"):
    grammar = genre_grammar(genre)
    return Groove(genre, "Am", 0.0, 120.0, grammar.metre, grammar.phrasing, grammar.scales)


def notes_of(category, where, genre="techno", seed=1):
    card = shot("S", category)
    part = CastPart(PartRequest(category, category), card, Fit("steps", 1.0), 1.0, ())
    return step_notes(part, groove(genre), [(where, None)], random.Random(seed))


def test_a_roll_gets_faster_and_louder():
    steps = list(roll(section("Build"), Metre(4, 4)))
    gaps = [b.beat - a.beat for a, b in pairwise(steps)]

    assert gaps == sorted(gaps, reverse=True)
    assert {1.0, 0.5, 0.25} == set(gaps)
    assert [step.velocity for step in steps] == sorted(step.velocity for step in steps)
    assert steps[-1].beat < 32.0


def test_a_snare_rolls_through_a_build_and_not_through_a_groove():
    build = notes_of("snare", section("Build"))
    grooving = notes_of("snare", section("Groove"))

    assert len([n for n in build if n.start_beats >= 24.0]) == 32
    assert len([n for n in grooving if n.start_beats >= 24.0]) < 16


def test_the_last_bar_of_a_phrase_begins_as_usual_and_ends_as_a_fill():
    usual = read_steps("x...x...x...x...", name="four")
    fill = read_steps("X.......xxxxxxxx", name="run")
    beats = [step.beat for step in half_fill(usual, fill, 0, Metre(4, 4)).steps]

    assert beats == [0.0, 1.0, *(2.0 + i / 4 for i in range(8))]


def test_a_long_section_turns_at_every_phrase():
    kicks = [note.start_beats for note in notes_of("kick", section("Drop", 32, 0.9))]
    bars = [
        tuple(round(beat - 4 * bar, 6) for beat in kicks if 4 * bar <= beat < 4 * bar + 4)
        for bar in range(32)
    ]

    assert bars[0] != bars[7]
    assert bars[8] == bars[0]


def test_nobody_falls_silent_at_a_phrase_end_of_an_intro():
    for seed in range(12):
        kicks = {n.start_beats for n in notes_of("kick", section("Intro", 16, 0.3), seed=seed)}
        hats = notes_of("hihat", section("Intro", 16, 0.3), seed=seed)

        assert {30.0, 31.0} <= kicks or len([k for k in kicks if 30.0 <= k < 32.0]) > 2
        assert any(30.0 <= note.start_beats < 32.0 for note in hats)


def test_a_kick_may_pause_where_a_drop_turns():
    ends = [
        [
            n
            for n in notes_of("kick", section("Drop", 16, 0.9), seed=seed)
            if 30 <= n.start_beats < 32
        ]
        for seed in range(12)
    ]
    assert any(not pause for pause in ends)


def test_melodies_play_a_second_pattern_in_the_third_phrase():
    lead = [note.start_beats for note in notes_of("lead", section("Drop", 32, 0.9))]
    phrases = [
        sorted(round((beat - 32 * n) * 4) for beat in lead if 32 * n <= beat < 32 * n + 32)
        for n in range(4)
    ]

    assert phrases[0] == phrases[1] == phrases[3]
    assert phrases[2] != phrases[0]


def test_density_counts_soft_hits_less():
    loud = notes_of("kick", section("Groove"))

    assert hits_per_second(loud, [BeatSpan(0.0, 32.0, 0.0)], 120.0) == pytest.approx(
        sum(note.velocity**3 for note in loud) / 16.0
    )
