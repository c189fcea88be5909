"""Genre grammars: every file is complete and musically possible."""

import re

import pytest

from src.core.errors import InvalidInputError
from src.music.genre.genres import (
    MAIN_KINDS,
    GenreGrammar,
    _form,
    all_styles,
    genre_grammar,
)
from src.music.genre.grammar_files import GENRES
from src.music.genre.movement import Effects
from src.music.genre.patterns import pattern_names
from src.music.model.plan import BPM
from src.music.theory.library import CATEGORIES
from src.music.theory.metre import Metre

EVERY = [(genre, "") for genre in GENRES] + [(genre, style.name) for genre, style in all_styles()]


@pytest.fixture(params=EVERY, ids=lambda pair: f"{pair[1]} {pair[0]}".strip())
def grammar(request: pytest.FixtureRequest) -> GenreGrammar:
    genre, style = request.param
    return genre_grammar(genre, style)


def test_tempo_lies_in_its_range(grammar: GenreGrammar) -> None:
    assert BPM.low <= grammar.tempo_low <= grammar.usual_bpm <= grammar.tempo_high <= BPM.high


def test_keys_can_stand_in_a_plan(grammar: GenreGrammar) -> None:
    assert grammar.keys
    assert all(re.match(r"^[A-G][#b]?m?$", key) for key in grammar.keys)


def test_forms_last_two_to_four_minutes(grammar: GenreGrammar) -> None:
    for form in grammar.forms:
        beats = form.bars * grammar.metre.beats_per_bar
        assert 120 <= beats * 60 / grammar.usual_bpm <= 300 or grammar.style
        assert all(section.bars % 4 == 0 for section in form.sections)


def test_forms_open_close_and_peak_in_a_main_section(grammar: GenreGrammar) -> None:
    for form in grammar.forms:
        assert form.sections[0].kind == "intro"
        assert form.sections[-1].kind == "outro"
        peak = max(form.sections, key=lambda section: section.energy)
        assert peak.kind in MAIN_KINDS
        assert peak.energy > form.sections[0].energy
        assert all(0 <= section.energy <= 1 for section in form.sections)


def test_breakdowns_rest(grammar: GenreGrammar) -> None:
    for form in grammar.forms:
        for section in form.sections:
            if section.kind == "break":
                categories = {grammar.roles[role].category for role in section.roles}
                assert not categories & {"kick", "snare", "clap"}


def test_no_section_asks_twice_for_one_role(grammar: GenreGrammar) -> None:
    for form in grammar.forms:
        for section in form.sections:
            roles = (*section.roles, *section.maybe)
            assert len(roles) == len(set(roles))


def test_every_category_has_a_level_and_a_pattern(grammar: GenreGrammar) -> None:
    assert set(grammar.mix_db) == set(CATEGORIES)
    assert set(grammar.patterns) == set(CATEGORIES)
    assert all(-24 <= level <= 3 for level in grammar.mix_db.values())
    assert all(0 <= level <= 12 for level in grammar.duck_db.values())


def test_roles_name_patterns_that_exist(grammar: GenreGrammar) -> None:
    for role in grammar.roles.values():
        if role.pattern is not None:
            assert role.pattern in pattern_names(
                grammar.name, role.category, metre=grammar.time_signature
            )


def test_fills_are_one_bar(grammar: GenreGrammar) -> None:
    assert all(fill.bars == 1 for fills in grammar.fills.values() for fill in fills)


def test_every_pattern_and_fill_fits_its_metre(grammar: GenreGrammar) -> None:
    tables = (grammar.patterns, grammar.named_patterns, grammar.fills)
    for pattern in (one for table in tables for some in table.values() for one in some):
        assert pattern.metre == grammar.metre, pattern.name
        length = pattern.bars * grammar.metre.beats_per_bar
        assert all(0.0 <= step.beat < length for step in pattern.steps), pattern.name


def test_swing_is_for_beats_of_two_halves(grammar: GenreGrammar) -> None:
    assert not (grammar.swing and grammar.metre.compound)


def test_bass_and_melody_stay_within_two_octaves(grammar: GenreGrammar) -> None:
    for category in ("bass", "lead", "synth"):
        for pattern in grammar.patterns[category]:
            degrees = [step.degree for step in pattern.steps]
            assert not degrees or max(degrees) - min(degrees) <= 14, pattern.name


def test_no_section_without_sound_and_sections_in_the_genres_periods(
    grammar: GenreGrammar,
) -> None:
    period = grammar.section_bars or 4
    for form in grammar.forms:
        assert all(section.roles for section in form.sections)
        for section in form.sections:
            assert section.bars % period == 0 or section.bars < 2 * period, section.section


def test_the_tree_leads_from_every_genre_to_the_ground() -> None:
    for genre in GENRES:
        line = [genre]
        while genre_grammar(line[-1]).parent:
            line.append(genre_grammar(line[-1]).parent)
        assert len(line) == len(set(line)) <= 5


def test_a_child_takes_over_what_it_does_not_say() -> None:
    punk, rock = genre_grammar("punk"), genre_grammar("rock")
    assert punk.parent == "rock"
    assert punk.patterns["hihat"] == rock.patterns["hihat"]
    assert punk.patterns["guitar"] != rock.patterns["guitar"]
    assert punk.styles == ()


def test_a_style_in_another_metre_has_patterns_in_it() -> None:
    jig = genre_grammar("folk", "jig")
    assert (jig.time_signature, genre_grammar("folk").time_signature) == ("6/8", "4/4")
    assert jig.patterns["snare"][0].metre == Metre(6, 8)


def test_without_a_genre_a_song_plays_and_no_club_track() -> None:
    default = genre_grammar("default")
    kinds = {section.kind for form in default.forms for section in form.sections}
    roles = {name for form in default.forms for one in form.sections for name in one.roles}
    assert kinds == {"intro", "groove", "drop", "break", "outro"}
    assert not {"riser", "impact", "crash"} & roles
    assert default.phrasing.gap_beats == 0
    assert default.effects == Effects(sweeps=False, throws=False, echo=True, stutters=False)


def test_style_changes_only_what_it_says() -> None:
    plain, industrial = genre_grammar("techno"), genre_grammar("industrial techno")
    assert industrial.usual_bpm == 138
    assert "distorted" in industrial.roles["kick"].tags
    assert industrial.roles["clap"] == plain.roles["clap"]
    assert industrial.forms == plain.forms
    assert genre_grammar("techno", "industrial") is not plain


def test_names_are_read_in_any_spelling() -> None:
    assert genre_grammar("Drum_and-Bass").name == "drum and bass"


def test_unknown_genre_is_refused_with_the_list() -> None:
    with pytest.raises(InvalidInputError, match=r"techno.*got 'skiffle'"):
        genre_grammar("skiffle")
    with pytest.raises(InvalidInputError, match=r"styles .*acid.*got 'folk'"):
        genre_grammar("techno", "folk")


def test_a_form_that_asks_for_an_unknown_role_is_refused() -> None:
    section = {"section": "drop", "kind": "drop", "bars": 16, "energy": 0.9}
    entry = {"name": "usual", "sections": [section | {"roles": ["kick"], "maybe": ["kazoo"]}]}
    with pytest.raises(InvalidInputError, match=r"unknown roles \['kazoo', 'kick'\]"):
        _form(entry, {}, "techno")
