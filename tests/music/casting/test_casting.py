from dataclasses import replace

from src.music.casting.casting import cast_plan
from src.music.casting.made_marks import RISER
from src.music.casting.matching import StemCandidate
from src.music.casting.requests import library_queries
from src.music.model.ending import COLD, TrackEnding
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from tests.music.cards import loop, pool_of, shot

KIT = [
    shot("Kick", "kick", kit_id="k"),
    shot("Clap", "clap", kit_id="k"),
    shot("Hat", "hihat", duration_s=0.05, kit_id="k"),
    loop("Drums", "drums", kit_id="k"),
    loop("Bass Am", "bass", key="Am", kit_id="k"),
    loop("Synth Am", "synth", key="Am", kit_id="k"),
    shot("Atmo", "atmo", duration_s=20, kit_id="k"),
]


def section(*categories, name="Groove", bars=8, **more):
    queries = tuple(item if isinstance(item, StemQuery) else StemQuery(item) for item in categories)
    return SectionPlan(name, bars, queries, **more)


def plan(*sections, **more):
    """A plan that is over with its last bar, so that what plays within the bars is all there is."""
    more.setdefault("ending", TrackEnding(COLD))
    return ArrangementPlan(138.0, "Am", sections, genre="techno", **more)


def cast(requested, cards, seed=0):
    return cast_plan(requested, pool_of(cards, library_queries(requested)), seed=seed)


def names(result):
    return {part.request.name: part.card.name for part in result.parts}


def test_a_role_keeps_its_stem_from_section_to_section():
    result = cast(plan(section("kick", "bass"), section("kick"), section("kick", "bass")), KIT)

    assert names(result) == {"kick": "Kick", "bass": "Bass Am"}
    assert {p.request.name: sorted(p.request.sections) for p in result.parts}["bass"] == [0, 2]


def test_other_tags_may_bring_another_stem():
    cards = [
        loop("Warm", "bass", tags={"warm": 1.0}),
        loop("Hard", "bass", tags={"hard": 1.0}),
    ]
    requested = plan(section(StemQuery("bass", ("warm",))), section(StemQuery("bass", ("hard",))))

    assert sorted(names(cast(requested, cards)).values()) == ["Hard", "Warm"]


def test_count_brings_several_different_stems():
    cards = [loop(f"P{i}", "percussion") for i in range(4)]

    chosen = names(cast(plan(section(StemQuery("percussion", count=3))), cards))

    assert len(set(chosen.values())) == 3


def test_one_stem_never_plays_two_parts_at_once():
    result = cast(plan(section(StemQuery("synth", count=3))), KIT)

    chosen = list(names(result).values())
    assert len(chosen) == len(set(chosen))
    assert any("left out" in warning for warning in result.warnings)


def test_a_stand_in_is_not_taken_from_the_role_that_it_belongs_to():
    cards = [loop("Lead", "lead", tags={"melodic": 1.0}), loop("Synth", "synth")]

    result = cast(plan(section(StemQuery("synth", ("melodic",)), "lead")), cards)

    assert names(result) == {"synth": "Synth", "lead": "Lead"}


def test_a_missing_role_is_left_out_and_said():
    result = cast(plan(section("kick", "vocal")), KIT)

    assert names(result) == {"kick": "Kick"}
    assert any("vocal" in warning for warning in result.warnings)


def test_the_nearest_thing_stands_in_and_is_said():
    result = cast(plan(section("lead")), KIT)

    assert names(result) == {"lead": "Synth Am"}
    assert any("stands in" in warning for warning in result.warnings)


def test_what_is_refused_never_plays():
    result = cast(plan(section("kick", "hihat", "percussion"), excluded=("hihat",)), KIT)

    assert "Hat" not in names(result).values()
    assert "hihat" not in names(result)


def test_no_drums_means_no_drum_at_all():
    result = cast(plan(section("kick", "drums", "clap", "bass"), excluded=("drums",)), KIT)

    assert names(result) == {"bass": "Bass Am"}


def test_a_drum_loop_leaves_its_low_end_to_the_kick():
    result = cast(plan(section("kick", "drums")), KIT)

    drums = next(part for part in result.parts if part.request.category == "drums")
    assert drums.high_pass_hz == 150.0


def test_a_drum_loop_alone_keeps_its_low_end():
    assert cast(plan(section("drums")), KIT).parts[0].high_pass_hz is None


def test_a_missing_drum_loop_is_played_by_one_shots():
    result = cast(plan(section("drums")), [card for card in KIT if card.category != "drums"])

    assert {part.request.category for part in result.parts} >= {"kick", "hihat"}
    assert any("one-shots" in warning for warning in result.warnings)


def test_only_one_bass_line_has_the_low_end():
    cards = [loop("B1", "bass"), loop("B2", "bass")]
    result = cast(plan(section(StemQuery("bass", count=2))), cards)

    assert [part.high_pass_hz for part in result.parts] == [None, 130.0]


def test_the_same_seed_gives_the_same_cast_and_other_seeds_give_others():
    cards = [loop(f"Bass {i}", "bass", key="Am") for i in range(8)]
    requested = plan(section("bass"))

    chosen = [tuple(names(cast(requested, cards, seed)).values()) for seed in range(12)]

    assert chosen == [tuple(names(cast(requested, cards, seed)).values()) for seed in range(12)]
    assert len(set(chosen)) > 2


def test_the_order_of_the_search_does_not_matter():
    cards = [loop(f"Bass {i}", "bass", key="Am") for i in range(8)]
    requested = plan(section("bass"))

    assert names(cast(requested, cards)) == names(cast(requested, cards[::-1]))


def test_the_track_is_built_on_one_kit():
    other = [replace(card, id=f"{card.id}2", kit_id="k2", bpm=None) for card in KIT[:3]] + [
        loop("Other", "synth", key="Am", kit_id="k2")
    ]

    result = cast(plan(section("kick", "clap", "hihat", "bass", "synth")), KIT + other)

    assert {part.card.kit_id for part in result.parts} == {"k"}


def test_choices_know_what_they_were_up_against():
    cards = [loop(f"Bass {i}", "bass", key="Am") for i in range(4)]

    part = cast(plan(section("bass")), cards).parts[0]

    assert len(part.runners_up) == 3
    assert part.card.name not in part.runners_up


def test_where_nothing_rises_our_own_riser_plays_and_is_told():
    rising = StemQuery("fx", ("rising",), text="riser sweep", pattern="section end")
    requested = ArrangementPlan(138.0, "Am", (SectionPlan("Build", 8, (rising,)),))
    thud = shot("Thud Hit", "fx", duration_s=1.0, features={"temporal_centroid": 0.1})
    mark = StemCandidate(RISER, 0.15)

    def chosen(*cards):
        found = pool_of([*cards], library_queries(requested))
        pool = {query: [*candidates, mark] for query, candidates in found.items()}
        return cast_plan(requested, pool, seed=0)

    made = chosen(thud)
    assert [part.card for part in made.parts] == [RISER]
    assert "our own synthesis plays 'Riser'" in made.warnings[0]
    own = chosen(shot("Riser Long", "fx", duration_s=6.0))
    assert own.parts[0].card.name == "Riser Long"
    assert own.warnings == ()


def test_who_blends_with_what_plays_is_chosen_and_it_is_told():
    tones = tuple(1 / 7 if tone in (9, 11, 0, 2, 4, 5, 7) else 0.0 for tone in range(12))
    others = tuple(tones[(tone - 6) % 12] for tone in range(12))
    beat = tuple(1.0 if slot % 4 == 0 else 0.0 for slot in range(16))
    between = tuple(1.0 if slot % 4 == 2 else 0.0 for slot in range(16))
    cards = [
        loop("Bass", "bass", key="Am", chroma=tones, groove=beat),
        loop("Fits", "synth", key="Am", chroma=tones, groove=beat),
        loop("Clashes", "synth", key="Am", chroma=others, groove=between),
    ]

    for seed in range(8):
        result = cast(plan(section("bass", "synth")), cards, seed=seed)
        assert names(result)["synth"] == "Fits"
        (synth,) = [part for part in result.parts if part.request.category == "synth"]
        together = [reason for reason in synth.reasons if reason.criterion == "together"]
        assert len(together) == 1
        assert together[0].score > 0.8


def test_no_other_kind_stands_in_beside_the_only_roles():
    loops = [loop("Drums", "drums", kit_id="k")]

    assert names(cast(plan(section("kick")), loops)) == {"kick": "Drums"}
    result = cast(plan(section("kick"), only_roles=("kick",)), loops)
    assert names(result) == {}
    assert "no stem for 'kick' in the library: left out of Groove" in result.warnings


def test_a_refused_wish_is_among_the_warnings():
    refusal = "refused: '138 then 170': a track keeps one tempo from start to end"
    result = cast(plan(section("kick"), notes=("genre techno", refusal)), KIT)

    assert result.warnings == (refusal,)
