import random

from src.music.genre.genres import genre_grammar
from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.timeline import timeline
from src.music.scoring.transitions import automation_of, throws_of
from src.music.scoring.transitions import fills_of as fills_by
from src.music.theory.metre import Metre

PHRASING = genre_grammar("techno").phrasing


def fills_of(category, sections, beats_per_bar, rng):
    metre = Metre(beats_per_bar, 4)
    return fills_by(category, [(one, rng) for one in sections], PHRASING, metre)


def times(*names, fill=False, energy=0.6, bars=8):
    sections = tuple(SectionPlan(name, bars, energy=energy, fill=fill) for name in names)
    return timeline(ArrangementPlan(120.0, "C", sections))


def lines(category, played, sections, high_pass_hz=None, low_pass_hz=None):
    made = automation_of(
        category,
        frozenset(played),
        sections,
        high_pass_hz=high_pass_hz,
        low_pass_hz=low_pass_hz,
    )
    return {line.parameter: [point.value for point in line.points] for line in made}


def test_without_a_fill_in_the_plan_nothing_is_cut():
    assert fills_of("kick", times("A", "B"), 4, random.Random(1)) == ()


def test_a_kick_loop_drops_out_for_the_last_bar():
    fills = fills_of("kick", times("A", fill=True), 4, random.Random(1))

    assert [fill.silent for fill in fills] == [(28.0, 32.0)]


def test_a_drum_loop_turns_where_a_phrase_ends():
    for seed in range(10):
        fills = fills_of("drums", times("A", bars=24), 4, random.Random(seed))
        assert [fill.silent[1] for fill in fills] == [32.0, 64.0]
        assert all(fill.silent[1] - fill.silent[0] <= 2.0 for fill in fills)
        assert all(sum(fill.stutter) == fill.silent[1] - fill.silent[0] for fill in fills)


def test_a_bass_goes_on_where_a_phrase_ends():
    assert fills_of("bass", times("A", bars=24), 4, random.Random(1)) == ()


def test_a_stutter_fills_exactly_the_silence_it_is_in():
    for seed in range(30):
        for fill in fills_of("drums", times("A", fill=True), 4, random.Random(seed)):
            assert not fill.stutter or sum(fill.stutter) == fill.silent[1] - fill.silent[0]


def test_a_pad_is_never_cut_for_a_fill():
    assert all(
        fills_of("pad", times("A", fill=True), 4, random.Random(seed)) == () for seed in range(9)
    )


def test_drums_are_not_filtered_in_an_intro():
    assert "low_pass_hz" not in lines("hihat", {0}, times("Intro", "A"))
    assert "low_pass_hz" in lines("synth", {0}, times("Intro", "A"))


def test_a_filter_that_a_part_always_has_stays_closed_in_a_sweep():
    values = lines("bass", {0, 1}, times("Intro", "A"), low_pass_hz=450.0)["low_pass_hz"]

    assert max(values) <= 450.0


def test_a_pad_comes_forward_in_a_breakdown():
    assert lines("pad", {0, 1}, times("A", "Breakdown"))["gain_db"] == [-2.0, -2.0, 2.0, 2.0]
    assert lines("lead", {0, 1}, times("A", "Breakdown"))["gain_db"] == [-2.0] * 4


def test_only_sections_that_are_played_are_automated():
    assert len(lines("bass", {1}, times("A", "B", "C"))["gain_db"]) == 2


def test_a_melody_fades_away_in_the_outro_and_the_drums_do_not():
    melody = lines("lead", {0}, times("Outro"))["gain_db"]
    drums = lines("drums", {0}, times("Outro"))["gain_db"]

    assert melody[-1] < melody[0] - 3
    assert drums[-1] == drums[0]


def throws(category, sections, own_db=(-18.0, None), seeds=range(12)):
    """Of many seeds: lines by their parameter."""
    return [
        {
            line.parameter: line.points
            for line in throws_of(category, own_db, [(s, rng) for s in sections], PHRASING, 4)
        }
        for rng in map(random.Random, seeds)
    ]


def test_a_voice_throws_its_last_beat_into_the_echo_and_is_dry_again():
    made = [lines["delay_send_db"] for lines in throws("vocal", times("A", bars=16)) if lines]

    assert made
    for points in made:
        assert points[0].value == points[-1].value == -80.0
        assert max(point.value for point in points) == -4.0
        assert points[-1].beats in (32.0, 64.0)
        assert points[-1].beats - points[1].beats in (1.0, 33.0)


def test_a_snare_rings_out_at_the_end_of_a_drop_and_keeps_its_usual_room():
    points = throws("snare", times("Drop"), seeds=[1])[0]["reverb_send_db"]

    assert [point.value for point in points] == [-18.0, -5.0, -5.0, -18.0]
    assert points[-1].beats == 32.0


def test_a_kick_and_a_pad_throw_nothing():
    assert all(not lines for lines in throws("kick", times("A", "Drop")))
    assert all(not lines for lines in throws("pad", times("A", "Drop")))
