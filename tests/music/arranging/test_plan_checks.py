"""Whole plans: no silence that nobody asked for, nothing refused, nothing forgotten."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from src.music.arranging.arrangement import arrange
from src.music.arranging.plan_checks import (
    LONGEST_SILENCE_BEATS,
    PlanExpectations,
    checked_plan,
    silent_bars,
)
from src.music.genre.genres import GENRES
from src.music.model.part_request import PartRequest
from src.music.model.plan import (
    ArrangementPlan,
    SectionPlan,
    StemQuery,
    plan_from_dict,
    plan_to_dict,
)
from src.music.model.plan_rules import audible_queries, may_play
from src.music.prompt.understanding import understand_prompt

NOTHING = PlanExpectations()


def plan(*sections: SectionPlan, **more: object) -> ArrangementPlan:
    return ArrangementPlan(120.0, "Am", sections, **more)  # type: ignore[arg-type]


def section(name: str, bars: int, *queries: StemQuery, **more: object) -> SectionPlan:
    return SectionPlan(name, bars, queries, **more)  # type: ignore[arg-type]


def codes(found: ArrangementPlan, expected: PlanExpectations = NOTHING) -> list[str]:
    return [report.code for report in checked_plan(found, expected)[1]]


KICK, BASS, PAD = (StemQuery(name) for name in ("kick", "bass", "pad"))


def test_a_good_plan_stays_as_it_is() -> None:
    good = plan(section("Intro", 8, PAD), section("Drop", 16, KICK, BASS))
    assert checked_plan(good, PlanExpectations(24.0, (PartRequest("bass", "bass"),))) == (good, ())


def test_a_section_without_sound_is_filled_from_its_neighbour() -> None:
    bare = plan(section("Intro", 8, PAD), section("Drop", 16))
    found, (report,) = checked_plan(bare, NOTHING)
    assert [query.category for query in found.structure[1].stem_queries] == ["pad"]
    assert (report.code, report.values["section"]) == ("refilled", "Drop")


def test_a_section_that_nothing_may_play_in_is_left_out_and_its_bars_stay() -> None:
    late = StemQuery("kick", enters_bar=3)
    bare = plan(section("Intro", 8, only=("keys",)), section("Drop", 16, PAD, late))
    found, (report,) = checked_plan(bare, NOTHING)
    assert report.code == "left_out_section"
    assert [(one.section, one.bars) for one in found.structure] == [("Drop", 24)]
    assert found.structure[0].stem_queries[1].enters_bar == 11


def test_a_section_that_shall_be_silent_stays_silent() -> None:
    rest = plan(section("A", 8, PAD), section("Rest", 2, silent=True))
    assert checked_plan(rest, NOTHING) == (rest, ())
    assert silent_bars(rest) == []


def test_bars_before_all_entries_are_filled_by_who_plays_beside() -> None:
    late = StemQuery("bass", enters_bar=5)
    found, reports = checked_plan(plan(section("A", 8, PAD), section("B", 8, late)), NOTHING)
    assert reports == ()
    assert silent_bars(found) == []
    bridge = found.structure[1].stem_queries[1]
    assert (bridge.category, bridge.enters_bar, bridge.exits_bar) == ("pad", 1, 5)


def test_a_silence_that_nobody_may_fill_is_told_with_its_bar() -> None:
    late = StemQuery("bass", enters_bar=5)
    _, (report,) = checked_plan(plan(section("A", 8, late), only_roles=("bass",)), NOTHING)
    assert (report.code, dict(report.values)) == ("silence", {"beats": "16", "bar": "1"})


def test_what_is_refused_is_taken_out() -> None:
    loud = plan(section("A", 8, KICK, PAD, without=("kick",)), section("B", 8, BASS, PAD),
                excluded=("bass",))  # fmt: skip
    found, reports = checked_plan(loud, NOTHING)
    assert [[q.category for q in one.stem_queries] for one in found.structure] == [["pad"], ["pad"]]
    assert [report.values["name"] for report in reports] == ["kick", "bass"]


def test_the_last_section_makes_up_for_a_length_that_is_missed() -> None:
    short = plan(section("A", 8, PAD), section("B", 4, PAD))
    found, reports = checked_plan(short, PlanExpectations(10.0))
    assert (found.bars, reports) == (10, ())
    assert codes(plan(section("A", 8, PAD)), PlanExpectations(20.0)) == []
    assert codes(plan(section("A", 8, PAD)), PlanExpectations(2.0)) == ["length"]


def test_what_was_asked_for_and_plays_nowhere_is_told() -> None:
    wanted = PlanExpectations(requested=(PartRequest("violin", "strings", text="violin"),))
    _, (report,) = checked_plan(plan(section("A", 8, PAD)), wanted)
    assert (report.code, report.values["name"]) == ("missing", "violin")


GLOBAL = ("", "no vocals", "without drums", "120 bpm", "90 seconds", "3 minutes", "48 bars",
          "with piano", "only piano and drums", "fade out", "ends abruptly", "3 drops",
          "verse chorus verse chorus")  # fmt: skip
TIMED = ("bass comes in at bar 17", "no kick until the drop", "the first 8 bars only pads",
         "last 8 bars only strings", "a breakdown at 0:45", "in the middle only piano",
         "vocals from bar 9 to bar 17", "ab Takt 17 ohne Bass", "через 20 секунд вокал",
         "drums drop out at 0:40, come back at 1:00", "pads for 8 bars, then kick, then everything",
         "in the second drop only bass", "silence for 1 bar before the drop",
         "die ersten 30 Sekunden nur Klavier", "guitar in the second half only")  # fmt: skip


@given(
    genre=st.sampled_from(GENRES),
    whole=st.lists(st.sampled_from(GLOBAL), max_size=2, unique=True),
    timed=st.lists(st.sampled_from(TIMED), min_size=1, max_size=3, unique=True),
    seed=st.integers(0, 5),
)
@settings(max_examples=120)
def test_any_mix_of_clauses_gives_a_whole_plan(
    genre: str, whole: list[str], timed: list[str], seed: int
) -> None:
    intent = understand_prompt(", ".join([genre, *filter(None, whole), *timed]))
    found = arrange(intent, seed=seed)
    assert plan_from_dict(plan_to_dict(found)) == found
    told = {report.code for report in found.reported}
    for number, one in enumerate(found.structure):
        assert one.silent or audible_queries(found, number) or "silence" in told
        assert all(may_play(found, number, query.category) for query in one.stem_queries)
    longest = max((last - first for first, last in silent_bars(found)), default=0)
    assert longest * found.beats_per_bar <= LONGEST_SILENCE_BEATS or "silence" in told
    if intent.length is not None:
        asked = intent.length.in_bars(found.bpm)
        assert abs(found.bars - asked) <= 0.05 * asked or told & {"length", "other_bars"}
    names = [one.section for one in found.structure]
    assert all(one != other for one, other in pairwise(names))
