"""Loops in other metres: which fit, and what is cut of the others."""

import pytest

from src.music.casting.fit import Target, fit_stem
from src.music.casting.loop_metre import is_straight, written_metre
from src.music.model.timeline import BeatSpan
from src.music.scoring.placement import loop_clips
from src.music.theory.library import StemCard
from src.music.theory.metre import Metre, read_metre
from tests.music.cards import loop

ON_BEATS = tuple(1.0 if slot % 4 == 0 else 0.0 for slot in range(16))
SIXTEENTHS = (1.0,) * 16


def target(metre: str, bpm: float = 120.0, **options: bool) -> Target:
    return Target(bpm, "C", read_metre(metre), **options)


def fitted(card: StemCard, metre: str, bpm: float = 120.0):
    return fit_stem(card, target(metre, bpm), key=card.key)


def test_a_drum_loop_in_four_is_not_played_in_three() -> None:
    assert fitted(loop("Beat", "drums", bpm=120, bars=4), "3/4").way == "none"


def test_a_loop_that_fills_bars_of_three_is_played_whole() -> None:
    found = fitted(loop("Beat", "drums", bpm=120, bars=6), "3/4")
    assert (found.way, found.beats, found.own_bar) == ("loop", 24.0, 0.0)


@pytest.mark.parametrize(("metre", "bar"), [("3/4", 3.0), ("7/8", 3.5)])
def test_of_a_melody_in_four_each_bar_is_cut_to_the_tracks(metre: str, bar: float) -> None:
    card = loop("Song", "keys", bpm=120, bars=4)
    found = fitted(card, metre)
    assert (found.beats, found.own_bar, found.bar) == (4 * bar, 4.0, bar)
    clips = loop_clips(card.id, found, [BeatSpan(0.0, 5 * bar, 0.0)], 0.5)
    assert [clip.start_beats for clip in clips] == [number * bar for number in range(5)]
    assert [clip.length_beats for clip in clips] == [bar] * 5
    assert [clip.source_start_s for clip in clips] == [0.0, 2.0, 4.0, 6.0, 0.0]


def test_a_bar_longer_than_the_loops_goes_on_with_its_beginning() -> None:
    card = loop("Song", "keys", bpm=120, bars=2)
    clips = loop_clips(card.id, fitted(card, "5/4"), [BeatSpan(5.0, 15.0, 5.0)], 0.5)
    assert [(clip.start_beats, clip.length_beats) for clip in clips] == [
        (5.0, 4.0), (9.0, 1.0), (10.0, 4.0), (14.0, 1.0),
    ]  # fmt: skip
    assert [clip.source_start_s for clip in clips] == [0.0, 0.0, 2.0, 2.0]


def test_three_eighths_of_a_straight_melody_fall_on_a_beat_of_six_eighths() -> None:
    card = loop("Song", "keys", bpm=120, bars=4, groove=SIXTEENTHS)
    found = fitted(card, "6/8", bpm=80)
    assert found.stretch_ratio == pytest.approx(1.0)
    assert (found.beats, found.bar) == (8.0, 2.0)
    clips = loop_clips(card.id, found, [BeatSpan(0.0, 4.0, 0.0)], 60 / 80)
    assert [clip.source_length_s for clip in clips] == pytest.approx([1.5, 1.5])
    assert [clip.source_start_s for clip in clips] == pytest.approx([0.0, 2.0])


def test_what_has_nothing_between_its_beats_keeps_its_tempo_in_twelve_eighths() -> None:
    card = loop("Bass", "bass", bpm=80, bars=4, groove=ON_BEATS)
    found = fitted(card, "12/8", bpm=80)
    assert (found.beats, found.own_bar, found.stretch_ratio) == (16.0, 0.0, 1.0)


def test_straight_drums_fit_neither_thirds_nor_swung_eighths() -> None:
    card = loop("Beat", "drums", bpm=80, bars=4, groove=SIXTEENTHS)
    assert fitted(card, "12/8", bpm=80).way == "none"
    assert fit_stem(card, target("4/4", 80.0, swung=True), key=None).way == "none"
    shuffle = loop("Shuffle Beat", "drums", bpm=80, bars=4, groove=SIXTEENTHS)
    assert fitted(shuffle, "12/8", bpm=80).way == "loop"
    assert fit_stem(shuffle, target("4/4", 80.0, swung=True), key=None).way == "loop"


def test_a_metre_in_a_name_counts_where_the_length_agrees() -> None:
    agrees = loop("Jig_6-8", "drums", bpm=120, bars=3)
    assert written_metre(agrees, 12.0) == Metre(6, 8)
    assert fitted(agrees, "6/8", bpm=80).way == "loop"
    assert written_metre(loop("Take_3_4", "drums", bpm=120, bars=4), 16.0) is None
    assert written_metre(loop("Walzer", "drums", bpm=120, bars=3), 12.0) == Metre(3, 4)


def test_in_double_time_the_eighths_of_a_loop_are_the_tracks_beats() -> None:
    eighths = tuple(1.0 if slot % 2 == 0 else 0.0 for slot in range(16))
    card = loop("Arp", "synth", bpm=60, bars=4, groove=eighths)
    assert is_straight(card, 1.0)
    assert not is_straight(card, 2.0)
