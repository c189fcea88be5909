"""Plans of prompts that speak of time: bars, roles, entries and exits where they are asked for."""

import pytest

from src.music.arranging.arrangement import arrange
from src.music.model.ending import COLD, FADE, TrackEnding
from src.music.model.plan import ArrangementPlan, StemQuery, plan_from_dict, plan_to_dict
from src.music.prompt.understanding import understand_prompt
from src.music.theory.library import DRUM_CATEGORIES


def plan_of(prompt: str, seed: int = 0) -> ArrangementPlan:
    plan = arrange(understand_prompt(prompt), seed=seed)
    assert plan_from_dict(plan_to_dict(plan)) == plan
    return plan


def playing(plan: ArrangementPlan, bar: int) -> set[str]:
    """Categories that play in a bar of the track, from 1."""
    start = 0
    for section in plan.structure:
        if start < bar <= start + section.bars:
            return {q.category for q in section.stem_queries if sounds(q, bar - start)}
        start += section.bars
    return set()


def sounds(query: StemQuery, bar: int) -> bool:
    last = bar if query.exits_bar is None else query.exits_bar - 1
    return (query.enters_bar or 1) <= bar <= last


def first_bar(plan: ArrangementPlan, category: str) -> int:
    return next(bar for bar in range(1, plan.bars + 1) if category in playing(plan, bar))


def names(plan: ArrangementPlan) -> list[tuple[str, int]]:
    return [(section.section, section.bars) for section in plan.structure]


def begins(plan: ArrangementPlan, name: str) -> int:
    """First bar of a section, from 1."""
    start = 1
    for section in plan.structure:
        if section.section == name:
            return start
        start += section.bars
    raise KeyError(name)


@pytest.mark.parametrize(
    ("prompt", "category", "bar"),
    [
        ("bass comes in at bar 17, house", "bass", 17),
        ("House, ab Takt 33 Bass", "bass", 33),
        ("хаус, с 17 такта бас", "bass", 17),
        ("house 120 bpm, 3 minutes, vocals come in after 30 seconds", "vocal", 16),
        ("vocal at 0:46, house 120 bpm", "vocal", 24),
        ("house 120 bpm, через минуту вокал", "vocal", 31),
        ("techno, no kick for the first 32 bars", "kick", 33),
        ("techno 120 bpm, 64 bars, guitar halfway", "guitar", 33),
        ("techno 140 bpm, kick drum starts at 15 seconds", "kick", 10),
    ],
)
@pytest.mark.parametrize("seed", [0, 3])
def test_a_part_comes_in_with_the_bar_that_is_named(
    prompt: str, category: str, bar: int, seed: int
) -> None:
    assert first_bar(plan_of(prompt, seed), category) == bar


def test_a_part_that_is_let_out_is_silent_until_it_comes_back() -> None:
    plan = plan_of("techno 120 bpm, the drums drop out at 1:00, come back at bar 49")
    drums = set(DRUM_CATEGORIES) - {"cymbal"}
    assert playing(plan, 30) & drums
    assert not any(playing(plan, bar) & drums for bar in range(31, 49))
    assert playing(plan, 49) & drums


def test_no_snare_until_the_drop_brings_it_with_the_drop() -> None:
    plan = plan_of("no snare until the drop, house")
    drop = begins(plan, "Drop")
    assert first_bar(plan, "snare") == drop
    assert all("snare" in one.without for one in plan.structure if begins(plan, one.section) < drop)
    assert "snare" not in plan.excluded


@pytest.mark.parametrize(
    ("prompt", "alone", "first", "last"),
    [
        ("the first 16 bars only hi-hats, then everything", {"hihat"}, 1, 16),
        ("die ersten 8 Takte nur Pad, dann Kick, 4 Minuten", {"pad"}, 1, 8),
        ("pads only for 8 bars, then kick", {"pad"}, 1, 8),
        ("techno, intro 8 bars, then 16 bars of kick only", {"kick"}, 9, 24),
        ("techno, bis Takt 17 nur Hi-Hats", {"hihat"}, 1, 16),
        ("house, 64 bars, last 8 bars only piano", {"keys"}, 57, 64),
        ("trance, bars 17-24 only pads", {"pad"}, 17, 24),
    ],
)
def test_only_holds_in_its_bars_and_nowhere_else(
    prompt: str, alone: set[str], first: int, last: int
) -> None:
    plan = plan_of(prompt)
    assert all(playing(plan, bar) == alone for bar in range(first, last + 1))
    beside = [bar for bar in (first - 1, last + 1) if 1 <= bar <= plan.bars]
    assert all(playing(plan, bar) != alone for bar in beside)
    assert plan.only_roles == ()
    assert plan.bars > 16


def test_what_follows_a_block_comes_in_behind_it() -> None:
    plan = plan_of("die ersten 8 Takte nur Pad, dann Kick, 4 Minuten")
    assert first_bar(plan, "kick") == 9
    assert abs(plan.duration_s - 240.0) <= 12.0


@pytest.mark.parametrize(
    ("prompt", "name", "bar"),
    [
        ("techno 120 bpm, at 1:20 a breakdown, 4 minutes", "Breakdown", 41),
        ("техно 120 bpm, через минуту брейк", "Break", 31),
        ("dnb, 172 bpm, 64 bars, breakdown at bar 33", "Breakdown", 33),
        ("techno 128 bpm, break after 30 seconds, then drop at 1:00", "Drop", 33),
    ],
)
def test_a_section_begins_where_it_is_asked_for(prompt: str, name: str, bar: int) -> None:
    assert begins(plan_of(prompt), name) == bar


def test_a_row_of_clauses_puts_its_sections_in_their_order() -> None:
    plan = plan_of(
        "Intro 16 bars with just a kick and hats, then bass from bar 17, then build for 8 bars,"
        " then drop. tech house 126"
    )
    assert begins(plan, "Drop") == begins(plan, "Build") + 8
    assert playing(plan, 16) == {"kick", "hihat"}
    assert first_bar(plan, "bass") == 17


def test_headings_say_what_plays_in_each_section() -> None:
    plan = plan_of("[Intro] pads [Verse] drums and bass [Chorus] everything [Outro] piano")
    intro, verse, chorus, outro = plan.structure
    assert [one.section for one in plan.structure] == ["Intro", "Verse", "Chorus", "Outro"]
    assert {query.category for query in intro.stem_queries} == {"pad"}
    assert {query.category for query in verse.stem_queries} <= {*DRUM_CATEGORIES, "bass"}
    assert {"kick", "bass", "pad"} <= {query.category for query in chorus.stem_queries}
    assert {query.category for query in outro.stem_queries} == {"keys"}
    assert all(query.enters_bar == 1 for query in intro.stem_queries)


def test_two_genres_keep_their_sections_in_one_tempo() -> None:
    plan = plan_of("start as ambient, becomes techno at 2 minutes")
    assert plan.genre == "techno"
    bars, first = 0, None
    for section in plan.structure:
        if section.genre != "ambient" and first is None:
            first = bars
        bars += section.bars
    assert first == round(120.0 * plan.bpm / 240.0)
    assert plan.structure[0].genre == "ambient"
    told = [(one.code, one.values["genre"], one.values["bar"]) for one in plan.reported]
    code = "one_tempo_grid"
    assert told == [(code, "ambient", "1"), (code, "techno", str(first + 1))]


def test_ordinals_ask_for_as_many_sections() -> None:
    plan = plan_of("in the second drop only piano, trance")
    drops = [one for one in plan.structure if one.section.startswith("Drop")]
    assert [one.only for one in drops] == [(), ("keys",)]


def test_silence_is_a_section_without_parts() -> None:
    plan = plan_of("house, silence for 2 bars before the drop")
    silence = next(one for one in plan.structure if one.silent)
    assert (silence.bars, silence.stem_queries, silence.energy) == (2, (), 0.0)
    assert begins(plan, "Drop") == begins(plan, "Silence") + 2


def test_what_lies_behind_the_end_is_told() -> None:
    plan = plan_of("vocal at 5:00, house, 2 minutes")
    assert [one.code for one in plan.reported] == ["after_the_end", "missing"]
    assert plan.reported[0].words == "vocal"


def test_a_track_whose_length_is_open_is_long_enough_for_its_moments() -> None:
    plan = plan_of("vocal at 5:00, house")
    assert plan.duration_s > 310.0
    assert first_bar(plan, "vocal") == round(300.0 * plan.bpm / 240.0) + 1


@pytest.mark.parametrize(
    ("prompt", "ending"),
    [
        ("fade out over 10 seconds", TrackEnding(FADE, 10.0)),
        ("House 120 bpm, am Ende ausblenden", TrackEnding(FADE, 16.0)),
        ("house 120 bpm, fade out over the last 4 bars", TrackEnding(FADE, 8.0)),
        ("техно, резко заканчивается", TrackEnding(COLD)),
        ("techno", None),
    ],
)
def test_the_ending_is_part_of_the_plan(prompt: str, ending: TrackEnding | None) -> None:
    plan = plan_of(prompt)
    assert plan.ending == ending
    assert plan.duration_s > 100.0


def test_a_cold_end_needs_no_outro_and_a_last_crash_falls_behind_it() -> None:
    plan = plan_of("house, end abruptly with a crash")
    assert not any(one.section.startswith("Outro") for one in plan.structure)
    last = plan.structure[-1].stem_queries[-1]
    assert (last.category, last.pattern) == ("cymbal", "section close")


def test_a_longer_tempo_ramp_is_refused_with_what_was_decided() -> None:
    plan = plan_of("from 120 to 140 bpm techno")
    assert plan.bpm == 120
    assert [(one.code, one.words) for one in plan.reported] == [
        ("tempo_change", "from 120 to 140 bpm")
    ]
