import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.model.plan import ArrangementPlan, SectionPlan
from src.music.model.timeline import BeatSpan, kind_of, spans_of, timeline, turns, without


def plan(*bars, time_signature="4/4"):
    sections = tuple(SectionPlan(f"S{n}", count) for n, count in enumerate(bars))
    return ArrangementPlan(120.0, "C", sections, time_signature=time_signature)


def test_sections_follow_each_other_without_gaps():
    times = timeline(plan(4, 8, 2, time_signature="3/4"))

    assert [(time.start, time.end) for time in times] == [(0, 12), (12, 36), (36, 42)]


@pytest.mark.parametrize(
    ("name", "energy", "kind"),
    [
        ("Intro", 0.9, "intro"),
        ("Drop 2", 0.1, "drop"),
        ("Build-up", 0.5, "build"),
        ("Breakdown", 0.9, "break"),
        ("Aufbau", 0.5, "build"),
        ("Припев", 0.5, "drop"),
        ("Outro", 0.5, "outro"),
        ("A", 0.9, "drop"),
        ("A", 0.5, "groove"),
    ],
)
def test_a_section_is_known_by_its_name_else_by_its_energy(name, energy, kind):
    assert kind_of(SectionPlan(name, 8, energy=energy)) == kind


def test_neighbouring_sections_are_one_span_and_others_are_not():
    times = timeline(plan(4, 4, 4, 4))

    assert spans_of({0, 1, 3}, times) == (BeatSpan(0, 32, 0), BeatSpan(48, 64, 48))


def test_a_hole_splits_a_span_and_keeps_the_count_of_passes():
    assert without([BeatSpan(0, 32, 0)], [(8, 12)]) == (BeatSpan(0, 8, 0), BeatSpan(12, 32, 0))


@given(
    holes=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20)), max_size=6),
)
def test_what_remains_never_touches_a_hole(holes):
    cut = [(float(start), float(start + length)) for start, length in holes]
    left = without([BeatSpan(0, 64, 0)], cut)

    covered = {beat for span in left for beat in range(int(span.start), int(span.end))}
    silent = {beat for start, end in cut for beat in range(int(start), int(end))}
    assert covered == set(range(64)) - silent


def test_taking_turns_covers_everything_once():
    spans = [BeatSpan(0, 40, 0)]
    parts = [turns(spans, turn=turn, of=3, block=8) for turn in range(3)]

    beats = [beat for part in parts for s in part for beat in range(int(s.start), int(s.end))]
    assert sorted(beats) == list(range(40))
