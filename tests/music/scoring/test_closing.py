"""The last hit: on the beat behind the last bar, by those who play to the end."""

from dataclasses import replace

import pytest

from src.music.model.ending import COLD, FADE, TrackEnding
from src.music.model.plan import StemQuery
from tests.music.cards import loop
from tests.music.casting.test_casting import KIT, plan, section
from tests.music.scoring.test_score_building import score_of, track

BAND = [*KIT, loop("Pad Am", "pad", key="Am", kit_id="k")]


def last_sounds(score, name):
    """What of a channel begins on the beat behind the last bar, or after it."""
    channel = track(score, name)
    sounds = [*channel.clips, *channel.notes]
    return [sound for sound in sounds if sound.start_beats >= score.length_beats - 0.01]


def ended(*categories, ending=None):
    return score_of(plan(section(*categories), ending=ending), BAND)


def test_kick_and_bass_strike_once_more_and_ring_out():
    score = ended("kick", "bass", "clap", "hihat")

    (kick,), (bass,) = last_sounds(score, "kick"), last_sounds(score, "bass")
    assert kick.start_beats == bass.start_beats == score.length_beats
    assert bass.fade_out_s > 0.5
    assert not last_sounds(score, "clap")
    assert not last_sounds(score, "hihat")


def test_a_loop_strikes_its_downbeat():
    (last,) = last_sounds(ended("bass"), "bass")
    (first, *_) = track(ended("bass"), "bass").clips

    assert last.source_start_s == first.source_start_s
    assert last.semitones == first.semitones


@pytest.mark.parametrize("ending", [TrackEnding(COLD), TrackEnding(FADE, 8.0)])
def test_nobody_strikes_where_the_track_is_to_stop_or_fade(ending):
    score = ended("kick", "bass", ending=ending)

    assert not last_sounds(score, "kick")
    assert not last_sounds(score, "bass")


def test_a_cold_end_with_a_last_hit_is_struck_by_all():
    queries = ("kick", "bass", StemQuery("cymbal", pattern="section close"))
    requested = plan(section(*queries), ending=TrackEnding(COLD))

    assert last_sounds(score_of(requested, BAND), "kick")


def test_who_left_before_the_end_does_not_come_back():
    gone = StemQuery("bass", exits_bar=5)
    score = score_of(plan(section("kick", gone), ending=None), BAND)

    assert last_sounds(score, "kick")
    assert not last_sounds(score, "bass")


def test_a_rest_at_the_end_stays_silent():
    silent = replace(section(name="Rest", bars=2), silent=True)
    score = score_of(plan(section("kick", "bass"), silent, ending=None), BAND)

    assert not last_sounds(score, "kick")
