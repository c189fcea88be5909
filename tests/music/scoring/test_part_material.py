"""Entries, exits and endings of a plan, as they sound: for loops and one-shots alike."""

from itertools import pairwise

import pytest

from src.music.casting.casting import cast_plan
from src.music.casting.requests import library_queries
from src.music.model.ending import COLD, FADE, TrackEnding
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.model.score import Channel, Score
from src.music.scoring.score_building import COLD_TAIL_S, TAIL_S, build_score
from src.music.theory.mastering_presets import Mastering
from tests.music.cards import loop, pool_of, shot

CARDS = [
    shot("Kick", "kick", kit_id="k"),
    shot("Hat", "hihat", duration_s=0.05, kit_id="k"),
    shot("Crash", "cymbal", duration_s=2.0, kit_id="k"),
    loop("Bass Am", "bass", key="Am", kit_id="k"),
    loop("Synth Am", "synth", key="Am", kit_id="k"),
    loop("Pad Am", "pad", key="Am", kit_id="k"),
]


OVER_WITH_ITS_BARS = TrackEnding(COLD)


def score_of(
    *sections: SectionPlan, genre: str = "techno", ending: TrackEnding | None = OVER_WITH_ITS_BARS
) -> Score:
    plan = ArrangementPlan(138.0, "Am", sections, genre=genre, ending=ending)
    cast = cast_plan(plan, pool_of(CARDS, library_queries(plan)), seed=0)
    return build_score(plan, cast, Mastering(-14.0, -1.0), seed=0)


def channel(score: Score, name: str) -> Channel:
    return next(item for item in score.channels if item.name == name)


def sounding(part: Channel) -> tuple[float, float]:
    """First and last beat of a part."""
    starts = [clip.start_beats for clip in part.clips] + [note.start_beats for note in part.notes]
    ends = [clip.start_beats + clip.length_beats for clip in part.clips]
    ends += [note.start_beats for note in part.notes]
    return min(starts), max(ends)


@pytest.mark.parametrize("category", ["bass", "kick", "pad"])
def test_a_part_is_heard_from_its_entry_to_its_exit_only(category: str) -> None:
    timed = StemQuery(category, enters_bar=5, exits_bar=13)
    section = SectionPlan("Groove", 16, (StemQuery("synth"), timed))
    first, last = sounding(channel(score_of(section), category))
    assert first == pytest.approx(16.0, abs=0.05)
    assert 44.0 <= last <= 48.0


def test_a_given_entry_is_kept_where_the_genre_would_let_the_part_wait() -> None:
    others = tuple(StemQuery(name) for name in ("bass", "pad", "kick"))
    waiting = SectionPlan("Intro", 16, (*others, StemQuery("synth")))
    kept = SectionPlan("Intro", 16, (*others, StemQuery("synth", enters_bar=1)))
    assert sounding(channel(score_of(waiting), "synth"))[0] > 0.0
    assert sounding(channel(score_of(kept), "synth"))[0] == 0.0


def test_a_mark_falls_on_the_entry_and_the_last_hit_behind_the_section() -> None:
    crash = StemQuery("cymbal", pattern="section start", enters_bar=3)
    last = StemQuery("cymbal", pattern="section close")
    score = score_of(SectionPlan("Groove", 8, (StemQuery("kick"), crash, last)))
    starts = sorted(clip.start_beats for part in score.channels for clip in part.clips)
    assert starts == [8.0, 32.0]


def test_only_and_without_keep_parts_out_of_their_section() -> None:
    queries = (StemQuery("kick"), StemQuery("bass"))
    score = score_of(
        SectionPlan("Groove", 8, queries, only=("kick",)),
        SectionPlan("Groove", 8, queries, without=("kick",)),
    )
    assert sounding(channel(score, "bass")) == (32.0, 64.0)
    assert sounding(channel(score, "kick"))[1] < 32.0


def test_nothing_plays_in_a_silent_section() -> None:
    queries = (StemQuery("kick"), StemQuery("bass"))
    score = score_of(SectionPlan("A", 4, queries), SectionPlan("Rest", 2, queries, silent=True))
    assert max(sounding(part)[1] for part in score.channels) == 16.0


def test_a_part_that_plays_alone_is_never_silent_for_more_than_two_beats() -> None:
    score = score_of(SectionPlan("Groove", 64, (StemQuery("bass"),)))
    spans = sorted(
        (clip.start_beats, clip.start_beats + clip.length_beats)
        for clip in channel(score, "bass").clips
    )
    gaps = [after[0] - before[1] for before, after in pairwise(spans)]
    assert max(gaps) == 2.0


def test_a_kick_that_plays_alone_never_pauses_for_a_fill() -> None:
    kick = (StemQuery("kick", enters_bar=1),)
    score = score_of(SectionPlan("Groove", 32, kick))
    hits = [note.start_beats for note in channel(score, "kick").notes]
    assert max(after - before for before, after in pairwise(hits)) <= 2.0


def test_nothing_swells_out_of_a_silence_into_a_drop() -> None:
    impact = StemQuery("fx", text="impact hit", pattern="section start")
    card = shot("Impact", "fx", duration_s=4.0)
    drop = SectionPlan("Drop", 8, (StemQuery("kick"), impact), 0.9)
    for before, swells in ((SectionPlan("Break", 4, (StemQuery("pad"),)), True),
                           (SectionPlan("Rest", 4, silent=True), False)):  # fmt: skip
        plan = ArrangementPlan(138.0, "Am", (before, drop), genre="techno")
        cast = cast_plan(plan, pool_of([*CARDS, card], library_queries(plan)), seed=0)
        score = build_score(plan, cast, Mastering(-14.0, -1.0), seed=0)
        assert any(clip.reverse for clip in channel(score, "fx").clips) is swells


def test_a_section_of_another_genre_is_played_by_its_patterns() -> None:
    hats = (StemQuery("hihat"),)
    both = [SectionPlan("Drop", 8, hats, 0.9), SectionPlan("Drop", 8, hats, 0.9, genre="trap")]
    notes = channel(score_of(*both), "hihat").notes
    first = len([note for note in notes if note.start_beats < 31.9])
    alone = channel(score_of(SectionPlan("Drop", 8, hats, 0.9), genre="trap"), "hihat").notes
    assert len(notes) - first == len(alone) != first


@pytest.mark.parametrize(
    ("ending", "tail_s", "fade_s"),
    [
        (None, TAIL_S, TAIL_S / 2.0),
        (TrackEnding(FADE, 10.0), 0.0, 10.0),
        (TrackEnding(FADE, 90.0), 0.0, 16 * 4 * 60.0 / 138.0),
        (TrackEnding(COLD), COLD_TAIL_S, COLD_TAIL_S),
    ],
)
def test_a_track_ends_as_the_plan_says(
    ending: TrackEnding | None, tail_s: float, fade_s: float
) -> None:
    score = score_of(SectionPlan("Groove", 16, (StemQuery("kick"),)), ending=ending)
    assert (score.tail_s, score.fade_out_s) == (tail_s, pytest.approx(fade_s))


def test_a_last_crash_rings_out_behind_a_cold_end() -> None:
    crash = StemQuery("cymbal", pattern="section close")
    score = score_of(SectionPlan("Groove", 8, (StemQuery("kick"), crash)), ending=TrackEnding(COLD))
    assert score.tail_s == TAIL_S
