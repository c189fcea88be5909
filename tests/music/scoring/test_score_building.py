from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.music.casting.casting import cast_plan
from src.music.casting.requests import library_queries
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.scoring.repetition import repeated_blocks
from src.music.scoring.score_building import Mastering, build_score
from tests.music.cards import loop, pool_of, shot
from tests.music.casting.test_casting import KIT, plan, section


def score_of(requested, cards, seed=0):
    cast = cast_plan(requested, pool_of(cards, library_queries(requested)), seed=seed)
    return build_score(requested, cast, Mastering(-14.0, -1.0), seed=seed)


def track(score, name):
    return next(item for item in score.channels if item.name == name)


def covered(clips):
    """Beats in which clips sound, as merged (start, end)."""
    merged = []
    for clip in sorted(clips, key=lambda item: item.start_beats):
        start, end = clip.start_beats, clip.start_beats + clip.length_beats
        if merged and start <= merged[-1][1] + 1e-9:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return [(pytest.approx(a), pytest.approx(b)) for a, b in merged]


def test_a_loop_plays_in_its_sections_and_nowhere_else():
    score = score_of(plan(section("bass"), section("kick"), section("bass", bars=4)), KIT)

    assert covered(track(score, "bass").clips) == [(0, 32), (64, 80)]


@settings(max_examples=40)
@given(
    bars=st.sampled_from([0.5, 1, 2, 4, 8]),
    bpm=st.floats(120, 150),
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=4),
)
def test_every_pass_of_a_loop_begins_on_the_grid(bars, bpm, lengths):
    requested = plan(*(section("drums", bars=length) for length in lengths))
    cards = [loop("D", "drums", bars=bars, bpm=bpm)]

    for clip in track(score_of(requested, cards), "drums").clips:
        passes_s = clip.source_length_s * clip.stretch_ratio
        beats = passes_s * requested.bpm / 60.0
        assert beats == pytest.approx(round(beats * 8) / 8, abs=1e-6)
        assert clip.start_beats == pytest.approx(round(clip.start_beats * 8) / 8, abs=1e-9)


def test_the_kick_is_exactly_on_its_steps():
    score = score_of(plan(section("kick", energy=0.8)), KIT)

    starts = [note.start_beats for note in track(score, "kick").notes]
    assert starts == [float(beat) for beat in range(32)]


def test_kick_snare_and_clap_stay_exact_between_the_beats_too():
    cards = [shot("K", "kick"), shot("S", "snare"), shot("C", "clap")]
    requested = plan(section("kick", "snare", "clap", energy=1.0, fill=True, bars=16))
    starts = [
        note.start_beats
        for item in score_of(replace(requested, genre="drum and bass"), cards).channels
        for note in item.notes
    ]

    assert any(not start.is_integer() for start in starts)
    assert all(start * 48 == pytest.approx(round(start * 48), abs=1e-6) for start in starts)


def test_a_long_loop_goes_on_after_a_fill_where_it_would_be():
    requested = plan(section("drums", fill=True), section("drums"))
    clips = track(score_of(requested, [loop("D", "drums", bars=16)]), "drums").clips

    after = next(clip for clip in clips if clip.start_beats == 32.0)
    assert after.source_start_s == pytest.approx(32.0 * 60.0 / 138.0)


def test_hats_are_played_by_a_hand_but_at_most_three_milliseconds_off():
    requested = plan(section("hihat", energy=0.9))
    exact = score_of(requested, KIT)
    limit = 0.0031 * requested.bpm / 60.0

    offs = [
        note.start_beats - round(note.start_beats * 4) / 4 for note in track(exact, "hihat").notes
    ]
    assert max(abs(off) for off in offs) <= limit
    assert len({note.velocity for note in track(exact, "hihat").notes}) > 4


def test_a_fill_changes_the_last_bar_only_where_the_plan_has_one():
    plain = track(score_of(plan(section("kick", energy=0.8)), KIT), "kick").notes
    filled = track(score_of(plan(section("kick", energy=0.8, fill=True)), KIT), "kick").notes

    assert [n.start_beats for n in plain if n.start_beats < 28] == [
        n.start_beats for n in filled if n.start_beats < 28
    ]
    assert [n.start_beats for n in plain] != [n.start_beats for n in filled]


def test_a_riser_ends_and_an_impact_starts_at_the_section_boundary():
    cards = [
        shot("Riser", "fx", duration_s=5.0),
        shot("Impact", "fx", duration_s=3.0),
        shot("Kick", "kick"),
    ]
    requested = plan(
        section("kick", StemQuery("fx", text="riser", pattern="section end")),
        section("kick", StemQuery("fx", text="impact", pattern="section start")),
    )
    score = score_of(requested, cards)

    riser = next(t for t in score.channels for c in t.clips if c.stem_id == "Riser").clips[0]
    impact = next(t for t in score.channels for c in t.clips if c.stem_id == "Impact").clips[0]
    assert riser.start_beats + riser.length_beats == pytest.approx(32.0)
    assert impact.start_beats == 32.0
    assert impact.source_start_s == 0.0


def test_a_riser_longer_than_its_section_loses_its_start():
    cards = [shot("Riser", "fx", duration_s=60.0)]
    requested = plan(section(StemQuery("fx", text="riser", pattern="section end"), bars=4))

    clip = score_of(requested, cards).channels[0].clips[0]

    assert clip.start_beats == 0.0
    assert clip.source_start_s + clip.source_length_s == pytest.approx(60.0)


def test_loops_are_cut_without_a_click_and_the_track_fades_over_half_of_its_tail():
    score = score_of(plan(section("bass", bars=6), section("bass", bars=6), ending=None), KIT)

    *clips, last = score.channels[0].clips
    assert clips
    edges = {(clip.fade_in_s, clip.fade_out_s, clip.declick) for clip in clips}
    assert edges == {(0.0, 0.0, True)}
    assert last.start_beats == score.length_beats
    assert last.fade_out_s > 0.5
    assert score.fade_out_s == score.tail_s / 2


def test_only_a_premaster_passes_the_bus_uncompressed():
    requested = plan(section("bass"))

    assert score_of(requested, KIT).bus_compression
    assert not score_of(replace(requested, mastering="premaster"), KIT).bus_compression


def test_textures_overlap_with_fades_and_are_not_stretched():
    clips = track(score_of(plan(section("atmo", bars=64)), KIT), "atmo").clips

    assert len(clips) > 3
    for first, second in pairwise(clips):
        overlap = first.start_beats + first.length_beats - second.start_beats
        assert overlap * 60 / 138 == pytest.approx(first.fade_out_s, abs=0.01)
    assert {clip.stretch_ratio for clip in clips} == {1.0}


def test_a_pad_from_a_one_shot_swells_in_and_dies_away():
    cards = [shot("Pad", "pad", duration_s=2.0, key="C")]
    clips = track(score_of(plan(section("pad")), cards), "pad").clips

    assert len(clips) > 1
    assert {clip.semitones for clip in clips} == {-3.0}
    assert all(clip.fade_in_s >= 0.02 and clip.fade_out_s >= 0.1 for clip in clips)
    assert all(clip.source_length_s <= 2.0 for clip in clips)


def test_roles_sit_at_their_level_whatever_the_loudness_of_the_file():
    def level(loudness):
        cards = [loop("Bass", "bass", key="Am", loudness_lufs=loudness)]
        return track(score_of(plan(section("bass")), cards), "bass").gain_db + loudness

    assert level(-25.0) == pytest.approx(level(-10.0), abs=0.02)


def test_two_leads_answer_each_other():
    cards = [loop("L1", "lead", key="Am"), loop("L2", "lead", key="Am")]
    score = score_of(plan(section(StemQuery("lead", count=2), bars=16)), cards)

    first, second = (covered(item.clips) for item in score.channels)
    assert first == [(0, 16), (32, 48)]
    assert second == [(16, 32), (48, 64)]


def test_the_intro_opens_a_filter_and_the_build_lifts_the_bass():
    requested = plan(
        section("synth", "bass", name="Intro", energy=0.3),
        section("bass", name="Build", energy=0.6),
        section("synth", "bass", name="Drop", energy=0.9),
    )
    score = score_of(requested, KIT)

    low_pass = next(
        line for line in track(score, "synth").automation if line.parameter == "low_pass_hz"
    )
    values = [point.value for point in low_pass.points if point.beats < 32]
    assert values == sorted(values)
    assert values[0] < 1000
    assert values[-1] > 15000
    lift = next(
        line for line in track(score, "bass").automation if line.parameter == "high_pass_hz"
    )
    assert max(point.value for point in lift.points if 32 <= point.beats < 64) > 200
    assert max(point.value for point in lift.points if point.beats >= 64) < 40


def test_quiet_sections_are_played_more_quietly():
    requested = plan(section("bass", energy=0.2), section("bass", energy=1.0))
    gain = next(
        line
        for line in track(score_of(requested, KIT), "bass").automation
        if line.parameter == "gain_db"
    )

    assert gain.points[0].value < gain.points[-1].value == 0.0


def test_automation_points_are_in_order():
    requested = plan(
        section("synth", "bass", "drums", name="Intro"),
        section("synth", "bass", "drums", name="Build"),
        section("synth", "bass", "drums", name="Outro"),
    )

    for item in score_of(requested, KIT).channels:
        for line in item.automation:
            beats = [point.beats for point in line.points]
            assert beats == sorted(beats)


def test_the_same_seed_gives_the_same_score():
    requested = plan(section("kick", "hihat", "drums", "bass", "atmo", fill=True))

    assert score_of(requested, KIT, 3) == score_of(requested, KIT, 3)
    assert score_of(requested, KIT, 3) != score_of(requested, KIT, 4)


def test_nothing_starts_after_the_end():
    requested = plan(section("kick", "hihat", "drums", "bass", "atmo", "synth", fill=True))
    score = score_of(requested, KIT)

    for item in score.channels:
        assert all(0 <= note.start_beats < score.length_beats for note in item.notes)
        assert all(
            clip.start_beats + clip.length_beats <= score.length_beats + 1e-9 for clip in item.clips
        )


def test_a_waltz_keeps_its_bars():
    requested = replace(plan(section("kick", "bass", energy=0.8, bars=4)), time_signature="3/4")
    score = score_of(requested, KIT)

    assert score.length_beats == 12
    assert [note.start_beats % 3 for note in track(score, "kick").notes][:3] == [0, 1, 2]


def test_an_unknown_genre_or_pattern_is_played_as_usual():
    requested = ArrangementPlan(
        138.0, "Am", (SectionPlan("A", 4, (StemQuery("kick", pattern="no such"),)),), genre="polka"
    )

    assert len(track(score_of(requested, KIT), "kick").notes) > 4


def test_a_build_without_its_kick_is_lifted_above_the_groove_before_it():
    requested = plan(
        section("kick", "hihat", "bass", energy=0.6),
        section("hihat", "bass", energy=0.7),
        section("kick", "hihat", "bass", energy=1.0),
    )
    score = score_of(requested, KIT)
    groove, build, drop = (part.level_db for part in score.sections)
    line = next(item for item in track(score, "bass").automation if item.parameter == "gain_db")
    first, second = (
        next(point.value for point in line.points if point.beats >= start) for start in (0, 32)
    )

    assert groove < build
    assert drop == 0.0
    assert second - first == pytest.approx(0.5 + build - groove, abs=0.01)


def test_no_sixteen_bars_are_the_same_as_sixteen_before():
    cards = [loop("D", "drums"), loop("B", "bass", key="Am"), loop("P", "pad", key="Am")]
    requested = plan(section("drums", "bass", "pad", bars=96))
    for seed in range(5):
        assert repeated_blocks(score_of(requested, cards, seed=seed)) == ()


def test_everything_stops_for_a_moment_before_a_drop():
    requested = plan(
        replace(section("kick", "bass"), section="Build"),
        replace(section("kick", "bass", energy=0.9), section="Drop"),
    )
    score = score_of(replace(requested, genre="dubstep"), KIT)

    assert all(not 28.0 <= note.start_beats < 32.0 for note in track(score, "kick").notes)
    assert covered(track(score, "bass").clips) == [(0, 28), (32, 64)]


def test_an_impact_is_heard_backwards_into_a_drop():
    cards = [*KIT, shot("I", "fx", duration_s=3.0)]
    requested = plan(
        section("kick"),
        replace(
            section("kick", energy=0.9),
            section="Drop",
            stem_queries=(StemQuery("kick"), StemQuery("fx", ("impact",), text="impact hit")),
        ),
    )
    swell, hit = track(score_of(requested, cards), "fx").clips

    assert swell.reverse
    assert not hit.reverse
    assert swell.start_beats + swell.length_beats == hit.start_beats == 32.0
    assert swell.source_start_s == hit.source_start_s
