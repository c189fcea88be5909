import pytest

from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.score import Automation, AutomationPoint, Channel, Clip, Note
from src.music.model.timeline import timeline
from src.music.scoring.section_loudness import (
    SILENT_LUFS,
    mastered_loudness,
    section_loudness,
    section_peaks,
)
from tests.music.cards import loop, shot

BEAT_S = 0.5
CARDS = {
    "bass": loop("bass", "bass", features={"bass_share": 0.5, "mid_share": 0.5}),
    "kick": shot("kick", "kick"),
}


def times(count=1):
    return timeline(ArrangementPlan(120.0, "C", tuple(SectionPlan("A", 8) for _ in range(count))))


def clip(start=0.0, length=32.0, gain_db=0.0):
    return Clip("bass", start, length, 0.0, 8.0, gain_db=gain_db)


def level(*tracks, count=1):
    return section_loudness(tracks, CARDS, times(count), BEAT_S)


def test_a_loop_alone_is_as_loud_as_its_stem_at_its_gain():
    assert level(Channel("bass", "bass", (clip(),), gain_db=-3.0)) == (pytest.approx(-21.0),)


def test_two_equal_parts_are_three_decibels_louder_than_one():
    track = Channel("bass", "bass", (clip(),))

    assert level(track, track)[0] - level(track)[0] == pytest.approx(3.01, abs=0.01)


def test_what_fills_half_a_section_counts_half():
    whole, half = Channel("a", "bass", (clip(),)), Channel("a", "bass", (clip(length=16.0),))

    assert level(whole)[0] - level(half)[0] == pytest.approx(3.01, abs=0.01)


def test_a_section_in_which_nothing_plays_is_silent():
    assert level(Channel("bass", "bass", (clip(),)), count=2)[1] == SILENT_LUFS
    assert level() == (SILENT_LUFS,)


def test_more_and_harder_hits_are_louder():
    def hits(count, velocity=1.0):
        notes = tuple(Note("kick", 32.0 * i / count, velocity) for i in range(count))
        return level(Channel("kick", "kick", notes=notes))[0]

    assert hits(32) - hits(16) == pytest.approx(3.01, abs=0.01)
    assert hits(16) - hits(16, 0.5) > 6.0


def test_a_stem_of_unknown_loudness_still_counts():
    cards = {"bass": loop("bass", "bass", loudness_lufs=None)}

    assert section_loudness([Channel("a", "bass", (clip(),))], cards, times(), BEAT_S)[0] > -30.0


def test_filters_take_away_what_lies_in_their_bands():
    def filtered(parameter, hz):
        line = Automation(parameter, (AutomationPoint(0.0, hz),))
        return level(Channel("bass", "bass", (clip(),), automation=(line,)))[0]

    assert filtered("low_pass_hz", 18_000.0) == pytest.approx(-18.0)
    assert filtered("low_pass_hz", 300.0) < -20.0
    assert filtered("high_pass_hz", 250.0) < -20.0
    assert filtered("low_pass_hz", 30.0) == SILENT_LUFS


def test_a_level_line_counts_by_its_power_over_the_section():
    line = Automation("gain_db", (AutomationPoint(0.0, -6.0), AutomationPoint(32.0, 0.0)))

    assert -21.5 < level(Channel("bass", "bass", (clip(),), automation=(line,)))[0] < -20.0


def test_a_ducked_part_is_quieter_only_where_a_kick_plays():
    kick = Channel("kick", "kick", notes=(Note("kick", 0.0),), gain_db=-60.0)
    bass = Channel("bass", "bass", (clip(length=64.0),), duck_db=8.0)

    under, free = level(kick, bass, count=2)
    assert under < free - 1.0


def test_the_peaks_of_parts_that_play_together_add_up_and_pads_do_not_count():
    cards = {"bass": loop("bass", "bass", true_peak_dbtp=-6.0)}
    line = Automation("gain_db", (AutomationPoint(0.0, -2.0),))
    track = Channel("bass", "bass", (clip(),), gain_db=-1.0, automation=(line,))
    pad = Channel("pad", "pad", (clip(length=64.0),))

    alone = section_peaks((track, pad), cards, times(2))
    both = section_peaks((track, track), cards, times(2))

    assert alone == (pytest.approx(-9.0), SILENT_LUFS)
    assert both[0] - alone[0] == pytest.approx(3.01, abs=0.01)


def test_only_sections_whose_peaks_meet_the_limiter_lose_loudness():
    smooth, sharp = mastered_loudness((-18.0, -18.0), (-8.0, 0.0), times(2), 13.0)

    assert smooth == -18.0
    assert -21.0 < sharp < -19.0
