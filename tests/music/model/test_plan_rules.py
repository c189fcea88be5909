"""What a plan lets play in which section, and which sounds only mark a change."""

from src.music.model.plan import SECTION_END, SECTION_START, ArrangementPlan, SectionPlan, StemQuery
from src.music.model.plan_rules import audible_queries, may_play, position_of


def test_effects_without_a_pattern_are_placed_by_their_words():
    assert position_of(StemQuery("fx", text="white noise riser")) == SECTION_END
    assert position_of(StemQuery("fx", text="big hit")) == SECTION_START
    assert position_of(StemQuery("fx", text="granular texture")) is None
    assert position_of(StemQuery("kick", text="riser")) is None


def test_a_section_refuses_what_it_or_the_plan_does_without() -> None:
    plan = ArrangementPlan(
        120.0,
        "Am",
        (
            SectionPlan("A", 8, only=("kick", "bass")),
            SectionPlan("B", 8, without=("drums",)),
            SectionPlan("C", 8, silent=True),
        ),
        excluded=("bass",),
    )
    assert [may_play(plan, 0, name) for name in ("kick", "bass", "pad")] == [True, False, False]
    assert [may_play(plan, 1, name) for name in ("kick", "drums", "pad")] == [False, False, True]
    assert not may_play(plan, 2, "pad")


def test_marks_and_muted_parts_are_nothing_that_plays_through_a_section() -> None:
    queries = (
        StemQuery("fx", text="riser"), StemQuery("cymbal", pattern=SECTION_START),
        StemQuery("pad"), StemQuery("bass"), StemQuery("kick"),
    )  # fmt: skip
    plan = ArrangementPlan(
        120.0, "Am", (SectionPlan("A", 8, queries, muted=("pad",), without=("bass",)),)
    )
    assert [query.category for query in audible_queries(plan, 0)] == ["kick"]
