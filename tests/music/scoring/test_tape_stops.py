"""Tape stops in symbols: loops braked, hits spread and lowered, nothing where the tape stands."""

import math
from itertools import pairwise

import pytest

from src.music.genre.genres import genre_grammar
from src.music.genre.movement import TapeStop
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.score import Clip, Note
from src.music.model.timeline import timeline
from src.music.scoring.tape_stops import CROSSFADE_S, GAP_BEATS, slowed_clips, slowed_notes
from src.music.scoring.tape_stops import stops_of as found_stops

BEAT_S = 0.5
STOP = (28.0, 32.0 - GAP_BEATS)


def times(*names: str):
    return timeline(ArrangementPlan(120.0, "C", tuple(SectionPlan(name, 8) for name in names)))


def test_a_tape_stops_only_before_the_sections_that_the_genre_names() -> None:
    rule = TapeStop(("break",), 4.0, 1.0)
    sections = times("Intro", "Groove", "Breakdown", "Groove", "Outro")
    assert found_stops(rule, sections, ["s"] * 5) == ((60.0, 64.0 - GAP_BEATS),)
    assert found_stops(None, sections, ["s"] * 5) == ()


def test_chance_decides_by_the_seed_alone() -> None:
    rule = TapeStop(("break",), 4.0, 0.5)
    sections = times("Groove", "Breakdown")
    found = [found_stops(rule, sections, [f"{seed}", ""]) for seed in range(40)]
    assert found == [found_stops(rule, sections, [f"{seed}", ""]) for seed in range(40)]
    assert 8 < sum(bool(stops) for stops in found) < 32


def test_hits_come_later_and_lower_the_slower_the_tape() -> None:
    steady = [Note("s", 28.0 + 0.25 * n, length_beats=0.2) for n in range(16)]
    slowed = slowed_notes(steady, [STOP])
    gaps = [b.start_beats - a.start_beats for a, b in pairwise(slowed)]

    assert slowed[0].start_beats == 28.0
    assert gaps == sorted(gaps)
    assert gaps[0] < 0.27
    assert gaps[-1] > 0.5
    assert [n.semitones for n in slowed] == sorted((n.semitones for n in slowed), reverse=True)
    assert slowed[-1].semitones < -12
    length = STOP[1] - STOP[0]
    for before, after in zip(steady, slowed, strict=False):
        moved = after.start_beats - 28.0
        read = moved - moved**2 / (2 * length)
        assert read == pytest.approx(before.start_beats - 28.0)
        speed = 1 - moved / length
        assert after.semitones == pytest.approx(12 * math.log2(speed))


def test_no_hit_rings_into_the_standstill() -> None:
    for note in slowed_notes([Note("s", 27.9), Note("s", 28.5)], [STOP]):
        if note.start_beats >= 28.0:
            assert note.start_beats + note.length_beats <= STOP[1] + 1e-9


def test_a_loop_gives_way_to_a_braked_pass_and_goes_on_where_it_would_be() -> None:
    clip = Clip("d", 0.0, 64.0, 0.0, 4.0)
    before, braked, after = slowed_clips([clip], [STOP], BEAT_S)

    assert before.start_beats + before.length_beats == pytest.approx(28.0 + CROSSFADE_S / BEAT_S)
    assert (braked.tape_stop, braked.start_beats) == (True, 28.0)
    assert braked.source_start_s == pytest.approx((28.0 * BEAT_S) % 4.0)
    assert braked.start_beats + braked.length_beats <= STOP[1] + 1e-9
    assert braked.length_beats * BEAT_S == pytest.approx(2 * braked.source_length_s)
    assert (after.start_beats, after.start_beats + after.length_beats) == (32.0, 64.0)
    assert after.rotate_s == 0.0


def test_a_loop_out_of_phase_goes_on_in_its_phase() -> None:
    after = slowed_clips([Clip("d", 2.0, 60.0, 0.0, 4.0)], [STOP], BEAT_S)[-1]
    assert after.rotate_s == pytest.approx((30.0 * BEAT_S) % 4.0)


def test_what_plays_elsewhere_stays() -> None:
    clips = [Clip("d", 0.0, 28.0, 0.0, 4.0), Clip("d", 32.0, 8.0, 0.0, 4.0)]
    assert slowed_clips(clips, [STOP], BEAT_S) == tuple(clips)


def test_hip_hop_stops_its_tape_and_techno_does_not() -> None:
    assert genre_grammar("hip hop").phrasing.tape_stop is not None
    assert genre_grammar("techno").phrasing.tape_stop is None
