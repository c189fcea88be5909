from dataclasses import replace

import pytest

from src.core.errors import InvalidInputError
from src.music.arranging.plan_edits import (
    Level,
    Mute,
    Reroll,
    SetChords,
    SetEnding,
    SetEntry,
    SetKey,
    SetLength,
    SetMoods,
    SetSectionRoles,
    SetTempo,
    Swap,
    edited,
)
from src.music.casting.casting import cast_plan
from src.music.casting.requests import library_queries
from src.music.model.ending import COLD, TrackEnding
from src.music.model.plan import (
    ArrangementPlan,
    SectionPlan,
    StemQuery,
    plan_from_dict,
    plan_to_dict,
)
from src.music.scoring.score_building import Mastering, build_score
from tests.music.cards import loop, pool_of, shot

CARDS = [
    shot("K1", "kick"),
    shot("K2", "kick"),
    loop("B1", "bass", key="Am"),
    loop("B2", "bass", key="Am"),
    loop("D1", "drums"),
    loop("P1", "pad", key="Am", tags={"dark": 0.9}),
    loop("P2", "pad", key="Am", tags={"bright": 0.9}),
]
PLAN = ArrangementPlan(
    138.0,
    "Am",
    tuple(
        SectionPlan(
            name,
            bars,
            (StemQuery("kick"), StemQuery("bass"), StemQuery("pad", ("dark",))),
            energy=0.6,
        )
        for name, bars in (("Groove", 16), ("Middle", 8), ("Groove 2", 16))
    ),
    moods=("dark",),
    ending=TrackEnding(COLD),
)


def score_of(plan, seed=3):
    pool = pool_of(CARDS, library_queries(plan))
    cards = {card.id: card for card in CARDS}
    pinned = {part: cards[stem] for part, stem in plan.pinned if stem in cards}
    cast = cast_plan(plan, pool, seed=seed, pinned=pinned)
    return build_score(plan, cast, Mastering(-14.0, -1.0), seed=seed)


def played(plan, seed=3):
    return score_of(plan, seed).choices


def stems(plan, seed=3):
    return {one.part: one.stem_id for one in played(plan, seed)}


def track(plan, part):
    return next((line for line in score_of(plan).channels if line.name == part), None)


def edit(*edits, plan=PLAN, **options):
    return edited(plan, edits, played(plan), **options)


def test_a_swapped_part_plays_the_named_stem_and_the_others_stay():
    before = stems(PLAN)
    other = "B2" if before["bass"] == "B1" else "B1"

    assert stems(edit(Swap("bass", other))) == before | {"bass": other}


def test_a_part_swapped_without_a_name_gets_the_next_best():
    before = stems(PLAN)
    after = stems(edit(Swap("bass")))

    assert after["bass"] != before["bass"]
    assert {**after, "bass": ""} == {**before, "bass": ""}


def test_a_locked_part_can_not_be_swapped():
    with pytest.raises(InvalidInputError, match="'bass' is locked"):
        edit(Swap("bass", "B2"), locked=["bass"])


def test_another_seed_changes_no_kept_stem():
    kept = edit()

    assert {stems(kept, seed)["kick"] for seed in range(9)} == {stems(PLAN)["kick"]}


def test_a_muted_part_is_silent_only_where_it_was_muted():
    muted = track(edit(Mute("bass", ("Middle",))), "bass")
    sounding = [(c.start_beats, c.start_beats + c.length_beats) for c in muted.clips]

    assert all(end <= 64.0 or start >= 96.0 for start, end in sounding)
    assert any(start < 64.0 for start, _ in sounding)


def test_a_part_muted_everywhere_is_gone_and_comes_back():
    silent = edit(Mute("bass"))
    assert track(silent, "bass") is None

    back = edited(silent, [Mute("bass", on=False)], played(silent))
    assert stems(back) == stems(PLAN)


OTHERS = ((StemQuery("kick"),), (StemQuery("bass"),), (StemQuery("pad"),))


def test_a_rerolled_section_changes_and_the_others_do_not():
    plan = replace(
        PLAN,
        genre="techno",
        structure=tuple(
            replace(section, stem_queries=(StemQuery("drums"), *others), bars=32)
            for section, others in zip(PLAN.structure, OTHERS, strict=True)
        ),
    )
    before, kinds = heard(track(plan, "drums").clips), set()
    for times in range(1, 6):
        after = heard(track(edit(*[Reroll("Middle")] * times, plan=plan), "drums").clips)
        assert after[:512] == before[:512]
        assert after[1024:] == before[1024:]
        kinds.add(after[512:1024])
    assert len(kinds) > 1


def heard(clips):
    """Which place of its stem sounds at every quarter of a beat."""
    row = [None] * 1536
    for clip in clips:
        beat_s = 60.0 / 138.0
        first, count = round(clip.start_beats * 4), round(clip.length_beats * 4)
        for place in range(first, first + count):
            into_s = (place / 4 - clip.start_beats) * beat_s % clip.source_length_s
            row[place] = round(clip.source_start_s + into_s, 3)
    return tuple(row)


def test_a_level_moves_a_part():
    before, after = track(PLAN, "bass"), track(edit(Level("bass", -6.0)), "bass")

    assert after.gain_db == pytest.approx(before.gain_db - 6.0)


def test_a_new_length_keeps_the_shares():
    longer = edit(SetLength(bars=80))

    assert [section.bars for section in longer.structure] == [32, 16, 32]
    assert edit(SetLength(seconds=40 * 4 * 60 / 138)).bars == 40


@pytest.mark.parametrize("length", [SetLength(), SetLength(8, 10.0)])
def test_a_length_is_bars_or_seconds(length):
    with pytest.raises(InvalidInputError, match="one of both"):
        edit(length)


def test_a_length_without_room_for_the_sections_is_refused():
    with pytest.raises(InvalidInputError, match=r"at least 12 bars .* got 4 bars"):
        edit(SetLength(bars=4))


def test_tempo_and_key_are_the_plans():
    plan = edit(SetTempo(128.0), SetKey("8B"))

    assert (plan.bpm, plan.key) == (128.0, "C")
    assert stems(plan).keys() == stems(PLAN).keys()


def test_chords_are_set_in_one_section_or_in_all():
    name = PLAN.structure[0].section
    one, *others = edit(SetChords("Am:8 G", name)).structure
    assert [(str(c.chord), c.beats) for c in one.chords] == [("Am", 8.0), ("G", 4.0)]
    assert one.chords_asked
    assert not any(s.chords_asked for s in others if s.section != name)
    assert all(len(s.chords) == 4 for s in edit(SetChords("Am F | C G")).structure)
    assert not any(s.chords for s in edit(SetChords("Am F"), SetChords("")).structure)


def test_another_key_moves_the_chords():
    plan = edit(SetKey("Am"), SetChords("Am F"), SetKey("Bm"))
    assert {" ".join(str(c.chord) for c in s.chords) for s in plan.structure} == {"Bm G"}


@pytest.mark.parametrize("wrong", ["Am X", "Am:0", "Am:x"])
def test_what_is_no_chord_is_refused(wrong):
    with pytest.raises(InvalidInputError, match="chord"):
        edit(SetChords(wrong))


def test_a_length_that_no_section_can_hold_is_refused():
    with pytest.raises(InvalidInputError, match="a section must have 1 to 512 bars, got"):
        edit(SetLength(bars=4096))


@pytest.mark.parametrize("wrong", [SetTempo(12.0), SetKey("H7"), Mute("tuba"), Reroll("Drop 9")])
def test_what_there_is_not_is_refused_by_name(wrong):
    name = next(str(value) for value in vars(wrong).values() if value)
    with pytest.raises(InvalidInputError, match=name.rstrip("0").rstrip(".")):
        edit(wrong)


def test_another_mood_chooses_melodies_anew_and_keeps_the_drums():
    plan = edit(SetMoods(("bright",)))

    assert stems(plan)["kick"] == stems(PLAN)["kick"]
    assert dict(plan.pinned).keys() == {"kick"}
    tags = {
        query.tags for s in plan.structure for query in s.stem_queries if query.category == "pad"
    }
    assert tags == {("bright",)}


def test_what_is_locked_survives_another_mood():
    plan = edit(SetMoods(("bright",)), locked=["pad"])

    assert dict(plan.pinned)["pad"] == stems(PLAN)["pad"]


def test_an_edited_plan_can_be_written_and_read():
    plan = edit(Swap("bass"), Mute("pad", ("Middle",)), Reroll("Groove"))

    assert plan_from_dict(plan_to_dict(plan)) == plan


def test_a_kept_stem_that_is_gone_is_replaced_and_told():
    gone = replace(edit(), pinned=(("bass", "nobody"),))

    assert "bass is gone" in " ".join(score_of(gone).warnings)
    assert stems(gone)["bass"] in ("B1", "B2")


def test_a_stem_that_can_not_play_the_part_is_replaced_and_told():
    wrong = edit(Swap("bass", "K1"))

    assert "'K1' can't play bass" in " ".join(score_of(wrong).warnings)
    assert stems(wrong)["bass"] in ("B1", "B2")


def test_an_entry_and_an_exit_are_set_in_one_section_only():
    played = score_of(PLAN).choices
    plan = edited(PLAN, [SetEntry("bass", "Groove", 5, 13)], played)
    bars = [
        [(q.category, q.enters_bar, q.exits_bar) for q in section.stem_queries if q.is_timed]
        for section in plan.structure
    ]
    assert bars == [[("bass", 5, 13)], [], []]
    bass = next(one for one in score_of(plan).channels if one.name == "bass")
    starts = [clip.start_beats for clip in bass.clips]
    assert min(starts) == 16.0
    assert not any(48.0 <= start < 64.0 for start in starts)
    assert edited(plan, [SetEntry("bass", "Groove")], played).structure == PLAN.structure


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (SetEntry("bass", "Groove", 17), "enters_bar must be 1 to 16, got 17"),
        (SetEntry("bass", "Groove", 5, 5), "exits_bar must be 6 to 16, got 5"),
        (SetEntry("bass", "Solo", 5), "section must be one of Groove, Middle"),
        (SetSectionRoles("Middle", only=("drumz",)), "a role must be one of .* got 'drumz'"),
        (SetEnding("fade", 500.0), "fade_s must be"),
    ],
)  # fmt: skip
def test_an_entry_that_cannot_be_is_refused(edit, message):
    with pytest.raises(InvalidInputError, match=message):
        edited(PLAN, [edit], score_of(PLAN).choices)


def test_roles_of_a_section_and_the_ending_are_set_and_taken_back():
    played = score_of(PLAN).choices
    plan = edited(PLAN, [SetSectionRoles("Middle", ("pad",), ("kick",)), SetEnding("cold")], played)
    assert (plan.structure[1].only, plan.structure[1].without) == (("pad",), ("kick",))
    assert plan.ending == TrackEnding(COLD)
    assert edited(plan, [SetEnding(None)], played).ending is None


def test_entries_keep_their_share_of_a_section_that_changes_its_length():
    played = score_of(PLAN).choices
    edits = [SetEntry("bass", "Groove", 9, 13), SetLength(bars=20)]
    groove = edited(PLAN, edits, played).structure[0]
    bass = next(query for query in groove.stem_queries if query.category == "bass")
    assert (groove.bars, bass.enters_bar, bass.exits_bar) == (8, 5, 7)
    assert plan_from_dict(plan_to_dict(edited(PLAN, edits, played))).structure[0] == groove
