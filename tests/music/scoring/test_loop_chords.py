"""Loops bring their chords into a section, or follow those that it has."""

from dataclasses import replace
from typing import Any

import pytest

from src.music.model.plan import ArrangementPlan, StemQuery
from src.music.model.planned_chords import PlannedChord
from src.music.model.score import Score
from src.music.theory.chords import HeardChord, parse_chord
from src.music.theory.library import StemCard
from src.music.theory.loop_harmony import has_progression, is_still
from tests.music.cards import loop, shot
from tests.music.casting.test_casting import plan, section
from tests.music.scoring.test_score_building import score_of, track


def heard(text: str, *, confidence: float = 0.9) -> tuple[HeardChord, ...]:
    return tuple(HeardChord(4.0, parse_chord(name), confidence) for name in text.split())


def over(chords: str, *categories: str, asked: bool = False) -> ArrangementPlan:
    planned = tuple(PlannedChord(parse_chord(name), 4.0) for name in chords.split())
    made = replace(plan(section(*categories, bars=8)), genre="pop")
    structure = tuple(replace(s, chords=planned, chords_asked=asked) for s in made.structure)
    return replace(made, structure=structure)


def sounding(score: Score) -> str:
    return " ".join(one.chord for one in score.sections[0].chords[:4])


def played(score: Score, part: str) -> list[tuple[float, float, float]]:
    """(start, source start in beats, semitones) of each bar of a loop."""
    out = []
    for clip in track(score, part).clips:
        for bar in range(round(clip.length_beats / 4.0)):
            source = (clip.source_start_s / (60.0 / 138.0) + 4.0 * bar) % 16.0
            out.append((clip.start_beats + 4.0 * bar, round(source, 3), clip.semitones))
    return sorted(out)


def keys_loop(chords: str, **more: Any) -> StemCard:
    return loop("K", "keys", key="Am", bars=4.0, chords=heard(chords, **more))


def test_a_loop_with_a_progression_makes_it_the_sections() -> None:
    score = score_of(over("Am Dm F E", "keys"), [keys_loop("Am F C G")])
    assert sounding(score) == "Am F C G"
    assert {semitones for _, _, semitones in played(score, "keys")} == {0.0}


def test_a_one_shot_bass_follows_the_loop() -> None:
    cards = [keys_loop("Am F C G"), shot("B", "bass", key="A")]
    notes = track(score_of(over("Am Dm F E", "keys", "bass"), cards), "bass").notes
    first = {note.start_beats // 4.0 % 4: note.semitones % 12 for note in reversed(notes)}
    assert first == {0.0: 0, 1.0: 8, 2.0: 3, 3.0: 10}


def test_asked_chords_are_played_by_the_loop_in_other_slices_and_pitches() -> None:
    score = score_of(over("F G Am C", "keys", asked=True), [keys_loop("Am F C G")])
    assert sounding(score) == "F G Am C"
    assert [source for _, source, _ in played(score, "keys")[:4]] == [4.0, 12.0, 0.0, 8.0]
    assert all(abs(semitones) <= 3 for _, _, semitones in played(score, "keys"))


def test_a_loop_on_one_chord_is_moved_with_the_chords() -> None:
    still = loop("K", "keys", key="Am", bars=4.0, chords=heard("Am Am Am Am"))
    score = score_of(over("Am Bm Gm Am", "keys"), [still])
    assert [semitones for _, _, semitones in played(score, "keys")[:4]] == [0.0, 2.0, -2.0, 0.0]


def test_a_bass_loop_on_one_note_plays_the_roots() -> None:
    still = loop("B", "bass", key="Am", bars=4.0, chords=heard("A5"))
    still = replace(still, chords=(HeardChord(16.0, parse_chord("A5"), 0.9),))
    score = score_of(over("Am G Bm C", "bass"), [still])
    assert [semitones for _, _, semitones in played(score, "bass")[:4]] == [0.0, -2.0, 2.0, 3.0]


def test_a_loop_that_nobody_understands_plays_as_before_and_nothing_moves() -> None:
    for chords in (None, heard("Am F C G", confidence=0.2)):
        unknown = loop("K", "keys", key="Am", bars=4.0, chords=chords)
        score = score_of(over("Am Dm F E", "keys"), [unknown])
        assert score.sections[0].chords == ()
        assert {semitones for _, _, semitones in played(score, "keys")} == {0.0}


def test_kin_of_the_leading_loop_plays_as_it_was_made() -> None:
    pad = loop("P", "pad", key="Am", bars=4.0, chords=heard("Am Dm C E"), kit_id="k")
    keys = replace(keys_loop("Am F C G"), kit_id="k")
    score = score_of(over("Am Dm F E", "keys", "pad"), [keys, pad])
    assert {semitones for _, _, semitones in played(score, "pad")} == {0.0}


def test_a_second_progression_follows_the_first() -> None:
    pad = loop("P", "pad", key="Am", bars=4.0, chords=heard("G C F Am"))
    score = score_of(over("Am Dm F E", "keys", "pad"), [keys_loop("Am F C G"), pad])
    assert [source for _, source, _ in played(score, "pad")[:4]] == [12.0, 8.0, 4.0, 0.0]


def test_a_plan_without_chords_stays_as_it_was() -> None:
    score = score_of(plan(section("keys")), [keys_loop("Am F C G")])
    assert score.sections[0].chords == ()


@pytest.mark.parametrize(("chords", "still", "moves"), [
    ("Am Am", True, False), ("Am F", False, True), ("Am Am7", True, False),
])  # fmt: skip
def test_still_and_moving_loops_are_told_apart(chords: str, still: bool, moves: bool) -> None:
    card = keys_loop(chords)
    assert (is_still(card), has_progression(card)) == (still, moves)


def test_the_query_of_a_section_is_untouched() -> None:
    assert over("Am", "keys").structure[0].stem_queries[0] == StemQuery("keys")


def test_a_section_that_begins_within_a_loop_begins_within_its_chords() -> None:
    made = over("Am Dm F E", "keys")
    (only,) = made.structure
    made = replace(made, structure=(replace(only, bars=2), replace(only, section="Verse")))
    score = score_of(made, [keys_loop("Am F C G")])
    assert [one.chord for one in score.sections[1].chords[:4]] == ["C", "G", "Am", "F"]


def test_changes_that_are_heard_beside_the_grid_are_put_on_it() -> None:
    spans = (("Am", 4.1), ("F", 3.8), ("C", 4.2), ("G", 3.9))
    row = tuple(HeardChord(beats, parse_chord(name), 0.9) for name, beats in spans)
    score = score_of(over("Am Dm F E", "keys"), [replace(keys_loop("Am"), chords=row)])
    assert [one.start_beats for one in score.sections[0].chords[:5]] == [0.0, 4.0, 8.0, 12.0, 16.0]
