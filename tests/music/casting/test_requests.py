from src.music.casting.requests import library_queries, part_requests
from src.music.model.plan import SECTION_END, SECTION_START, ArrangementPlan, SectionPlan, StemQuery
from src.music.theory.library import CATEGORIES
from src.music.theory.roles import category_fit, role_of, stand_ins_of


def plan(*sections, **more):
    made = tuple(SectionPlan(f"S{n}", 8, tuple(queries)) for n, queries in enumerate(sections))
    return ArrangementPlan(120.0, "C", made, **more)


def test_the_same_query_in_two_sections_is_one_part():
    requests = part_requests(plan([StemQuery("bass", ("dark",))], [StemQuery("bass", ("dark",))]))

    assert [(request.name, sorted(request.sections)) for request in requests] == [("bass", [0, 1])]


def test_a_query_written_twice_asks_for_two_stems():
    assert len(part_requests(plan([StemQuery("synth"), StemQuery("synth")]))) == 2


def test_count_makes_as_many_parts():
    requests = part_requests(plan([StemQuery("percussion", count=3)], [StemQuery("percussion")]))

    assert [sorted(request.sections) for request in requests] == [[0, 1], [0], [0]]
    assert len({request.name for request in requests}) == 3


def test_the_kick_is_cast_before_the_effects():
    order = [v.category for v in part_requests(plan([StemQuery(c) for c in ("fx", "pad", "kick")]))]

    assert order == ["kick", "pad", "fx"]


def test_a_riser_and_an_impact_are_two_parts():
    riser, impact = (
        StemQuery("fx", pattern=SECTION_END),
        StemQuery("fx", pattern=SECTION_START),
    )

    positions = {request.position for request in part_requests(plan([riser, impact]))}
    assert positions == {SECTION_END, SECTION_START}


def test_the_library_is_asked_for_stand_ins_and_for_the_parts_of_a_drum_loop():
    wanted = {query.category for query in library_queries(plan([StemQuery("drums")]))}

    assert wanted == {"drums", "percussion", "kick", "snare", "hihat"}


def test_a_wish_is_put_into_words_without_repeating_any():
    assert StemQuery("bass", ("deep", "acid"), text="acid bass").search_text == "deep acid bass"
    assert StemQuery("bass").search_text == "bass"


def test_every_category_has_a_role_and_only_real_stand_ins():
    for category in CATEGORIES:
        assert 0.0 < role_of(category).importance <= 1.0
        assert set(stand_ins_of(category)) <= set(CATEGORIES) - {category}
        assert category_fit(category, category) == 1.0
        assert all(0.0 < category_fit(category, other) < 1.0 for other in stand_ins_of(category))


def test_nothing_plays_beside_the_only_roles():
    requested = plan([StemQuery("kick"), StemQuery("bass"), StemQuery("fx")], only_roles=("kick",))

    assert [request.category for request in part_requests(requested)] == ["kick"]
