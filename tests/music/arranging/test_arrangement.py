"""Plans: length, sections, roles, tempo and key follow prompt, genre and library."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.music.arranging.arrangement import arrange
from src.music.arranging.library_summary import KitSummary, LibrarySummary
from src.music.genre.genres import MAIN_KINDS, all_styles, genre_grammar
from src.music.genre.grammar_files import GENRES
from src.music.genre.patterns import pattern_for
from src.music.model.plan import ArrangementPlan, SectionPlan, plan_from_dict, plan_to_dict
from src.music.model.timeline import kind_of
from src.music.prompt.understanding import understand_prompt
from src.music.theory.keys import is_minor, parse_key
from src.music.theory.library import DRUM_CATEGORIES


def plan_of(prompt: str, **options: Any) -> ArrangementPlan:
    return arrange(understand_prompt(prompt), **options)


def categories(section: SectionPlan) -> set[str]:
    return {query.category for query in section.stem_queries}


def all_categories(plan: ArrangementPlan) -> set[str]:
    return set().union(*(categories(section) for section in plan.structure))


def mains(plan: ArrangementPlan) -> list[SectionPlan]:
    return [section for section in plan.structure if kind_of(section) in MAIN_KINDS]


def named(plan: ArrangementPlan, name: str) -> list[SectionPlan]:
    return [section for section in plan.structure if section.section.startswith(name)]


def texts(section: SectionPlan) -> list[str]:
    return [query.text for query in section.stem_queries]


# every genre


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_genre_gives_a_whole_track(genre: str, seed: int) -> None:
    plan = plan_of(genre, seed=seed)
    grammar = genre_grammar(genre)
    assert plan.genre == genre
    assert grammar.tempo_low <= plan.bpm <= grammar.tempo_high
    assert 120 <= plan.duration_s <= 240
    assert plan.key in grammar.keys
    assert all(section.stem_queries for section in plan.structure)
    assert plan_from_dict(plan_to_dict(plan)) == plan


@pytest.mark.parametrize("genre", GENRES)
def test_energy_rises_to_a_peak_and_falls(genre: str) -> None:
    energies = [section.energy for section in plan_of(genre).structure]
    peak = energies.index(max(energies))
    assert 0 < peak < len(energies) - 1
    assert energies[0] < energies[peak]
    assert energies[-1] < energies[peak]


def test_named_patterns_exist_in_the_genre_that_the_plan_names() -> None:
    prompts = [f"{style.name} {genre}" for genre, style in all_styles()]
    for prompt in [*GENRES, *prompts, "half-time drum and bass", "techno, ride and crash"]:
        plan = plan_of(prompt)
        for section in plan.structure:
            for query in section.stem_queries:
                if query.pattern is not None:
                    metre = plan.time_signature
                    found = pattern_for(
                        plan.genre, query.category, 0.5, name=query.pattern, metre=metre
                    )
                    assert found.name == query.pattern


def test_style_leaves_its_mark_on_tempo_tags_and_patterns() -> None:
    plain, industrial = plan_of("techno"), plan_of("industrial techno")
    assert industrial.bpm > plain.bpm
    assert industrial.genre == "techno"
    peak = max(industrial.structure, key=lambda section: section.energy)
    kick = next(q for q in peak.stem_queries if q.category == "kick")
    assert {"industrial", "distorted"} <= set(kick.tags)
    assert kick.pattern == "stomping"


def test_same_seed_same_plan_and_other_seeds_vary() -> None:
    plans = [plan_of("techno", seed=seed) for seed in range(12)]
    assert plans[3] == plan_of("techno", seed=3)
    assert len({tuple(s.section for s in plan.structure) for plan in plans}) > 1
    assert len({plan.key for plan in plans}) > 1


# length


@pytest.mark.parametrize(
    ("prompt", "bars"),
    [("techno 64 bars", 64), ("house, 8 bars", 8), ("ambient, 30 bars", 30), ("trap 4 bars", 4)],
)
def test_bars_are_as_asked_and_in_multiples_of_four_where_that_is_near(
    prompt: str, bars: int
) -> None:
    assert plan_of(prompt).bars == bars


def test_bars_that_cannot_be_are_told() -> None:
    assert any("48 bars instead of 46" in note for note in plan_of("house, 46 bars").notes)


@given(
    genre=st.sampled_from(GENRES),
    seconds=st.integers(30, 1200),
    bpm=st.integers(60, 200),
    seed=st.integers(0, 5),
)
@settings(max_examples=60)
def test_length_is_kept_within_four_bars(genre: str, seconds: int, bpm: int, seed: int) -> None:
    plan = plan_of(f"{genre}, {seconds} seconds, {bpm} bpm", seed=seed)
    assert abs(plan.duration_s - seconds) <= max(4 * 240 / bpm, 8 * 240 / bpm - seconds)
    *others, last = plan.structure
    assert all(section.bars % 4 == 0 and section.bars >= 4 for section in others)
    assert last.bars >= 2
    if seconds >= 8 * 240 / bpm:
        assert abs(plan.duration_s - seconds) <= 0.05 * seconds
    assert plan_from_dict(plan_to_dict(plan)) == plan


@given(st.data())
@settings(max_examples=60)
def test_any_mix_of_wishes_gives_a_valid_plan(data: st.DataObject) -> None:
    parts = st.sampled_from(
        (
            "no vocals", "no drums", "without hi-hats", "with piano", "with strings", "acid bass",
            "long breakdown", "no intro", "no drops", "32-bar intro", "dark", "not dark",
            "no drums in the intro", "vocals in the breakdown", "only piano", "fast", "slow",
            "short", "extended mix", "in F# minor", "in C major", "half-time", "no fills",
            "riser", "ride cymbal", "2 minutes", "16 bars", "starts quiet", "less bass",
        )
    )  # fmt: skip
    genre = data.draw(st.sampled_from(GENRES))
    requests = data.draw(st.lists(parts, max_size=6, unique=True))
    intent = understand_prompt(f"{genre}. {'. '.join(requests)}")
    plan = arrange(intent, seed=data.draw(st.integers(0, 9)))
    assert plan_from_dict(plan_to_dict(plan)) == plan
    assert all(section.bars % 4 == 0 for section in plan.structure)
    assert plan.bars >= 8
    placed = {requested.category for request in intent.sections for requested in request.requested}
    assert not all_categories(plan) & (set(intent.excluded) - placed)
    assert not all_categories(plan) & set(plan.excluded)
    assume(not intent.only_requested)
    assert {requested.category for requested in intent.requested} <= all_categories(plan) | {
        "drums"
    }


def test_more_than_twenty_minutes_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="at most 20 minutes, got 60 minutes"):
        plan_of("techno, 1 hour")
    with pytest.raises(InvalidInputError, match="at most 5 minutes"):
        plan_of("techno, 6 minutes", max_length_s=300.0)


def test_long_tracks_go_on_with_other_sections_instead_of_stretching() -> None:
    plan = plan_of("techno, 10 minutes")
    assert max(section.bars for section in plan.structure) <= 48
    assert len({section.section for section in plan.structure}) == len(plan.structure)


def test_short_tracks_keep_their_peak() -> None:
    plan = plan_of("trance, 30 seconds")
    assert max(section.energy for section in plan.structure) >= 0.9
    assert len(plan.structure) <= 3


@pytest.mark.parametrize(("prompt", "shorter"), [("short house", True), ("long house", False)])
def test_short_and_long_move_the_length(prompt: str, shorter: bool) -> None:
    assert (plan_of(prompt).bars < plan_of("house").bars) is shorter


# sections


def test_long_breakdown_is_longer_and_its_length_can_be_fixed() -> None:
    usual = named(plan_of("trance"), "Breakdown")[0].bars
    assert named(plan_of("trance with a long breakdown"), "Breakdown")[0].bars > usual
    fixed = plan_of("trance, 32-bar breakdown, 4 minutes")
    assert {section.bars for section in named(fixed, "Breakdown")} == {32}
    assert abs(fixed.duration_s - 240) <= 4 * 240 / fixed.bpm


def test_refused_sections_are_left_out() -> None:
    names = [section.section for section in plan_of("techno, no breakdown, no intro").structure]
    assert not [name for name in names if name.startswith(("Breakdown", "Intro"))]


def test_intro_without_drums_leaves_drums_elsewhere() -> None:
    plan = plan_of("techno, no drums in the intro")
    assert not categories(plan.structure[0]) & set(DRUM_CATEGORIES)
    assert plan.structure[0].stem_queries
    assert all("kick" in categories(section) for section in mains(plan))


def test_quiet_start_lowers_the_intro() -> None:
    quiet = plan_of("house, starts quiet").structure[0]
    assert quiet.energy < plan_of("house").structure[0].energy


def test_refused_fills_are_gone() -> None:
    assert any(section.fill for section in plan_of("house").structure)
    assert not any(section.fill for section in plan_of("house, no fills").structure)


# instruments


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("genre", GENRES)
def test_refused_instruments_are_never_asked_for(genre: str, seed: int) -> None:
    plan = plan_of(f"{genre}, no vocals, ohne Hi-Hats, без бочки", seed=seed)
    assert not all_categories(plan) & {"vocal", "hihat", "kick", "drums"}
    assert {"vocal", "hihat", "kick"} <= set(plan.excluded)


def test_drum_loops_go_when_a_part_of_them_is_refused_unless_wanted() -> None:
    assert "drums" in all_categories(plan_of("drum and bass"))
    assert "drums" not in all_categories(plan_of("drum and bass, no hi-hats"))
    assert "drums" in all_categories(plan_of("drum and bass with breakbeat, no hi-hats"))


@pytest.mark.parametrize("genre", GENRES)
@pytest.mark.parametrize(
    ("wording", "category", "text"),
    [
        ("with female vocals", "vocal", "female vocal"),
        ("mit Streichern", "strings", "string"),
        ("с пианино", "keys", "piano"),
        ("acid bass", "bass", "acid bass"),
        ("with congas", "percussion", "congas"),
    ],
)
def test_wanted_instruments_play_in_all_main_sections(
    genre: str, wording: str, category: str, text: str
) -> None:
    plan = plan_of(f"{genre} {wording}")
    sections = mains(plan)
    assert sections
    for section in sections:
        assert category in categories(section)
        assert any(text in known for known in texts(section))


def test_wanted_tones_sound_on_in_the_breakdown_and_wanted_drums_rest() -> None:
    for seed in range(4):
        plan = plan_of("techno with guitar and toms", seed=seed)
        for section in named(plan, "Breakdown"):
            assert "guitar" in categories(section)
            assert "tom" not in categories(section)


def test_two_instruments_of_a_category_are_two_queries() -> None:
    section = mains(plan_of("house with piano and rhodes"))[-1]
    keys = [query.text for query in section.stem_queries if query.category == "keys"]
    assert sorted(keys) == ["piano", "rhodes"]


def test_a_role_is_asked_for_in_the_same_words_in_every_section() -> None:
    plan = plan_of("dark techno with acid bass")
    asked = {(q.category, q.tags, q.text) for s in plan.structure for q in s.stem_queries}
    assert len([entry for entry in asked if entry[0] == "bass"]) == 1
    assert len([entry for entry in asked if entry[0] == "kick"]) == 1


def test_vocals_of_the_breakdown_stay_there() -> None:
    for seed in range(6):
        plan = plan_of("house with vocals only in the breakdown", seed=seed)
        for section in plan.structure:
            assert ("vocal" in categories(section)) == section.section.startswith("Breakdown")


def test_what_is_refused_but_for_one_section_plays_there_alone() -> None:
    plan = plan_of("trance, no vocals except in the breakdown, no drums but drums in the drop")
    for section in plan.structure:
        assert ("vocal" in categories(section)) == section.section.startswith("Breakdown")
        assert ("kick" in categories(section)) == section.section.startswith("Drop")
    assert not {"vocal", "kick", "drums"} & set(plan.excluded)


@pytest.mark.parametrize(
    "prompt", ["kick only", "techno, nur Kick", "только бочка", "only kick", "nur Kick, 130 bpm"]
)
def test_a_kick_alone_plays_in_every_section(prompt: str) -> None:
    plan = plan_of(prompt)
    assert plan.only_roles == ("kick",)
    assert all(categories(section) == {"kick"} for section in plan.structure)


def test_only_roles_stand_in_the_order_of_the_categories() -> None:
    assert plan_of("bass and kick only").only_roles == ("kick", "bass")
    assert plan_of("techno with kick and bass").only_roles == ()


def test_only_means_nothing_else() -> None:
    assert all_categories(plan_of("only piano and strings")) == {"keys", "strings"}


def test_drums_can_be_wanted_where_the_genre_has_none() -> None:
    assert not all_categories(plan_of("ambient")) & {"kick", "snare"}
    assert all({"kick", "snare"} <= categories(s) for s in mains(plan_of("ambient with drums")))


def test_moods_reach_the_queries_and_push_opposites_out() -> None:
    plan = plan_of("bright happy techno")
    pads = [q for s in plan.structure for q in s.stem_queries if q.category == "pad"]
    assert pads
    assert all("bright" in pad.tags and "dark" not in pad.tags for pad in pads)
    assert all("dark" not in pad.text for pad in pads)


def test_avoided_moods_are_nowhere_asked_for() -> None:
    plan = plan_of("industrial techno, not distorted")
    assert all("distorted" not in (*q.tags, *q.text.split())
               for s in plan.structure for q in s.stem_queries)  # fmt: skip
    assert "distorted" in plan.excluded


def test_less_of_an_instrument_is_softer() -> None:
    def level(plan: ArrangementPlan) -> float:
        return next(q.gain_db for q in mains(plan)[0].stem_queries if q.category == "bass")

    assert level(plan_of("techno, less bass")) < level(plan_of("techno"))
    assert level(plan_of("techno, more bass")) > level(plan_of("techno"))


def test_refusing_only_drum_loops_does_not_refuse_drums() -> None:
    plan = plan_of("drum and bass, no drum loops")
    assert "drums" not in plan.excluded
    assert "drums" not in all_categories(plan)
    assert "kick" in all_categories(plan)


def test_refusing_everything_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="refuses everything"):
        plan_of(
            "ambient without drums, bass, synths, leads, pads, keys, strings, vocals, fx, atmo, "
            "guitar, brass and percussion"
        )


# tempo and key


def test_slow_and_fast_move_within_the_genre() -> None:
    slow, usual, fast = (plan_of(f"{word} house").bpm for word in ("slow", "", "fast"))
    assert genre_grammar("house").tempo_low <= slow < usual < fast
    assert fast <= genre_grammar("house").tempo_high


def test_mode_follows_the_moods() -> None:
    for seed in range(5):
        assert not is_minor(plan_of("happy ambient", seed=seed).key)
        assert is_minor(plan_of("dark ambient", seed=seed).key)
        assert plan_of("techno in a minor key", seed=seed).key.endswith("m")


def test_tonic_alone_takes_the_mode_from_the_mood() -> None:
    assert plan_of("dark techno in D").key == "Dm"
    assert plan_of("happy house in D").key == "D"


LIBRARY = LibrarySummary(
    {"bass": 9},
    (KitSummary(87.0, "Em", 40), KitSummary(127.0, "Gm", 30), KitSummary(140.0, "F#m", 3)),
)


def test_open_tempo_goes_where_the_library_is() -> None:
    assert plan_of("house", library=LIBRARY).bpm == 127
    assert plan_of("drum and bass", library=LIBRARY).bpm == 174
    assert plan_of("house 121 bpm", library=LIBRARY).bpm == 121
    assert plan_of("125-129 bpm house", library=LIBRARY).bpm == 127


def test_tempo_stays_in_the_genre_whatever_the_library_holds() -> None:
    only_slow = LibrarySummary({}, (KitSummary(70.0, "Am", 500),))
    assert plan_of("house", library=only_slow).bpm == plan_of("house").bpm


def test_open_key_goes_where_the_library_is() -> None:
    assert parse_key(plan_of("house", library=LIBRARY).key) == "Gm"
    assert plan_of("drum and bass", library=LIBRARY).key == "Em"
    assert plan_of("house in C minor", library=LIBRARY).key == "Cm"


def test_notes_tell_what_was_understood_and_what_not() -> None:
    plan = plan_of("dark techno with a flurble, no vocals", library=LIBRARY)
    notes = " | ".join(plan.notes)
    assert [report.words for report in plan.reported] == ["flurble"]
    assert "understood: dark, techno" in notes
    assert "left out: vocal" in notes


def test_main_kinds_are_in_every_plan() -> None:
    assert MAIN_KINDS == ("groove", "drop")
    assert all(mains(plan_of(f"{genre} 16 bars")) for genre in GENRES)


@pytest.mark.parametrize(
    ("prompt", "plain"),
    [
        ("calm soft dreamy ambient", "ambient"),
        ("ruhiger sanfter minimaler Ambient", "ambient"),
        ("energetic aggressive hard driving epic techno", "techno"),
    ],
)
def test_moods_never_make_sections_alike_that_the_form_tells_apart(prompt: str, plain: str) -> None:
    usual = {part.section: part.energy for part in plan_of(plain, seed=1).structure}
    moved = {part.section: part.energy for part in plan_of(prompt, seed=1).structure}
    assert len(usual) > 3
    assert usual.keys() == moved.keys()
    assert all(0.05 <= energy <= 1.0 for energy in moved.values())
    ordered = sorted(usual, key=lambda name: usual[name])
    for quiet, loud in pairwise(ordered):
        assert (moved[quiet] < moved[loud]) == (usual[quiet] < usual[loud])


# metre


def test_a_genre_brings_its_metre_and_a_prompt_may_ask_for_another() -> None:
    assert plan_of("waltz").time_signature == "3/4"
    assert plan_of("techno").time_signature == "4/4"
    odd = plan_of("techno in 7/8")
    assert odd.time_signature == "7/8"
    assert odd.duration_s == pytest.approx(odd.bars * 3.5 * 60 / odd.bpm)
    assert {query.pattern for section in odd.structure for query in section.stem_queries} <= {
        None, "section start", "section end", "ride",
    }  # fmt: skip


def test_in_six_eighths_a_genre_in_four_keeps_the_pace_of_its_eighths() -> None:
    plain, turned = plan_of("rock", seed=1), plan_of("rock in 6/8", seed=1)
    assert turned.bpm == pytest.approx(plain.bpm / 1.5, abs=0.01)
    assert plan_of("rock in 6/8, 100 bpm").bpm == 100


def test_thirds_are_not_swung() -> None:
    assert plan_of("jazz").swing > 0
    assert plan_of("jazz in 12/8").swing == 0


def test_a_metre_that_cannot_be_played_is_reported_and_the_genres_holds() -> None:
    plan = plan_of("folk in 3/8")
    assert plan.time_signature == "4/4"
    assert [(report.code, report.words) for report in plan.reported] == [("not_granted", "3/8")]


def test_a_length_in_seconds_counts_the_bars_of_the_metre() -> None:
    for prompt in ("waltz, 2 minutes", "polka, 2 minutes", "balkan, 2 minutes", "blues, 2 minutes"):
        assert plan_of(prompt).duration_s == pytest.approx(120, abs=8), prompt


def test_blues_verses_have_twelve_bars() -> None:
    bars = {section.section[:5]: section.bars for section in plan_of("blues").structure}
    assert (bars["Verse"], bars["Solo"], bars["Intro"]) == (12, 12, 4)
