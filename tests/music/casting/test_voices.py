from src.music.casting.voices import Wanted, place_of, voices_of, wanted_of
from src.music.genre.genres import SECTION_END, SECTION_START
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.theory.library import CATEGORIES
from src.music.theory.roles import category_fit, role_of, stand_ins_of


def plan(*sections, **more):
    made = tuple(SectionPlan(f"S{n}", 8, tuple(queries)) for n, queries in enumerate(sections))
    return ArrangementPlan(120.0, "C", made, **more)


def test_the_same_query_in_two_sections_is_one_voice():
    voices = voices_of(plan([StemQuery("bass", ("dark",))], [StemQuery("bass", ("dark",))]))

    assert [(voice.name, sorted(voice.sections)) for voice in voices] == [("bass", [0, 1])]


def test_a_query_written_twice_asks_for_two_stems():
    assert len(voices_of(plan([StemQuery("synth"), StemQuery("synth")]))) == 2


def test_count_makes_as_many_voices():
    voices = voices_of(plan([StemQuery("percussion", count=3)], [StemQuery("percussion")]))

    assert [sorted(voice.sections) for voice in voices] == [[0, 1], [0], [0]]
    assert len({voice.name for voice in voices}) == 3


def test_the_kick_is_cast_before_the_effects():
    order = [v.category for v in voices_of(plan([StemQuery(c) for c in ("fx", "pad", "kick")]))]

    assert order == ["kick", "pad", "fx"]


def test_a_riser_and_an_impact_are_two_voices():
    riser, impact = (
        StemQuery("fx", pattern=SECTION_END),
        StemQuery("fx", pattern=SECTION_START),
    )

    assert {v.place for v in voices_of(plan([riser, impact]))} == {SECTION_END, SECTION_START}


def test_effects_without_a_pattern_are_placed_by_their_words():
    assert place_of(StemQuery("fx", text="white noise riser")) == SECTION_END
    assert place_of(StemQuery("fx", text="big hit")) == SECTION_START
    assert place_of(StemQuery("fx", text="granular texture")) is None
    assert place_of(StemQuery("kick", text="riser")) is None


def test_the_library_is_asked_for_stand_ins_and_for_the_parts_of_a_drum_loop():
    wanted = {wish.category for wish in wanted_of(plan([StemQuery("drums")]))}

    assert wanted == {"drums", "percussion", "kick", "snare", "hihat"}


def test_a_wish_is_put_into_words_without_repeating_any():
    assert Wanted("bass", ("deep", "acid"), "acid bass").prompt == "deep acid bass"
    assert Wanted("bass").prompt == "bass"


def test_every_category_has_a_role_and_only_real_stand_ins():
    for category in CATEGORIES:
        assert 0.0 < role_of(category).importance <= 1.0
        assert set(stand_ins_of(category)) <= set(CATEGORIES) - {category}
        assert category_fit(category, category) == 1.0
        assert all(0.0 < category_fit(category, other) < 1.0 for other in stand_ins_of(category))


def test_nothing_plays_beside_the_only_roles():
    asked = plan([StemQuery("kick"), StemQuery("bass"), StemQuery("fx")], only_roles=("kick",))

    assert [voice.category for voice in voices_of(asked)] == ["kick"]
