"""Where a library leaves a section without sound, somebody else plays on."""

from dataclasses import replace

from src.music.genre.genres import grammar_named
from src.music.model.plan import StemQuery
from src.music.model.timeline import timeline
from src.music.scoring.holes import holes_in
from src.music.scoring.repetition import plays_in
from tests.music.cards import loop, shot
from tests.music.casting.test_casting import KIT, plan, section
from tests.music.scoring.test_score_building import score_of

CARDS = [
    loop("Bass", "bass", key="Am"),
    shot("Blip", "vocal", duration_s=0.4),
    shot("Kick", "kick"),
]


def holes(requested, cards):
    score = score_of(requested, cards)
    known = {card.id: card for card in cards}
    phrasing = grammar_named(requested.genre).phrasing
    return holes_in(score.channels, known, requested, timeline(requested), phrasing)


def playing(score, start, end):
    return {channel.name for channel in score.channels if plays_in(channel, (start, end))}


def test_a_section_whose_parts_the_library_lacks_is_filled_by_a_neighbour():
    requested = plan(section("bass"), section("pad", "strings", name="Breakdown"), section("bass"))

    assert holes(requested, CARDS) == []
    assert playing(score_of(requested, CARDS), 32.0, 64.0) == {"bass"}


def test_a_sound_that_plays_once_in_some_bars_is_not_left_alone():
    requested = plan(section("vocal"), section("bass", "vocal"))

    assert holes(requested, CARDS) == []
    assert playing(score_of(requested, CARDS), 0.0, 32.0) == {"vocal", "bass"}


def test_a_section_keeps_to_those_who_may_play_alone():
    alone = replace(section("pad", name="Break"), only=("pad",))
    score = score_of(plan(section("bass"), alone), CARDS)

    assert playing(score, 32.0, 64.0) == set()


def test_silence_that_was_asked_for_stays():
    silent = replace(section(name="Rest"), silent=True)
    muted = replace(section("bass"), muted=("bass",))
    requested = plan(section("bass"), silent, section("bass"), muted)
    score = score_of(requested, CARDS)

    assert playing(score, 32.0, 64.0) == set()
    assert playing(score, 96.0, 128.0) == set()
    assert holes(requested, CARDS) == []


def test_a_lent_part_plays_from_the_bar_of_the_hole_on():
    late = StemQuery("kick", enters_bar=5)
    score = score_of(plan(section("bass"), section(late, "pad")), CARDS)
    bass = next(channel for channel in score.channels if channel.name == "bass")

    ends = [clip.start_beats + clip.length_beats for clip in bass.clips]
    assert max(ends) == 48.0


def test_without_anything_else_a_hole_remains_and_is_found():
    requested = plan(section("vocal"))

    assert holes(requested, [shot("Blip", "vocal", duration_s=0.4)])


def test_a_full_kit_has_no_holes():
    assert holes(plan(section("kick", "bass", "synth")), KIT) == []
