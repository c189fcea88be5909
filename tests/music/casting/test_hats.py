"""Open and closed hi-hats: telling them apart, pairing them, choking the open one."""

import math
from dataclasses import replace

import pytest

from src.music.casting.casting import cast_plan, rivals_of
from src.music.casting.hats import CLOSED_S, choked, hat_kind, hats_of, played_on
from src.music.casting.requests import library_queries
from src.music.export.midi_parts import midi_song
from src.music.model.plan import StemQuery
from src.music.model.score import Note
from tests.music.cards import loop, pool_of, shot
from tests.music.casting.test_casting import cast, plan, section
from tests.music.scoring.test_score_building import score_of, track

CLOSED = shot("Hat Closed", "hihat", duration_s=0.07, kit_id="k", true_peak_dbtp=-1.0)
OPEN = shot("Hat Open", "hihat", duration_s=0.5, kit_id="k", true_peak_dbtp=-1.0)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("NTE_Open_Hat_Steam", "open"), ("OHH 01", "open"), ("HiHatOpen", "open"),
        ("Hat_Closed_Linen", "closed"), ("chh-909", "closed"), ("Hat Tight", "closed"),
        ("Hat Wire", ""),
    ],
)  # fmt: skip
def test_a_name_tells_whether_a_hat_is_open(name: str, kind: str) -> None:
    assert hat_kind(shot(name, "hihat")) == kind


def test_a_folder_tells_where_the_name_does_not() -> None:
    assert hat_kind(shot("Wire", "hihat", original_file="Kit/Open Hats/Wire.wav")) == "open"


@pytest.mark.parametrize(("decay_s", "kind"), [(0.025, "closed"), (0.16, "open")])
def test_else_the_sound_tells_by_how_fast_it_dies_away(decay_s: float, kind: str) -> None:
    assert hat_kind(shot("Wire", "hihat", features={"decay": decay_s})) == kind


def test_a_loop_of_hats_is_neither() -> None:
    assert hat_kind(loop("Open Hats", "hihat", features={"decay": 0.2})) == ""


def test_the_cast_pairs_a_closed_hat_with_an_open_one_of_its_kit() -> None:
    stranger = replace(OPEN, id="x", name="Other Open Hat", kit_id="other")
    result = cast(plan(section("hihat")), [CLOSED, stranger, OPEN])
    part = result.parts[0]

    assert part.partner is not None
    assert {hat_kind(part.card), hat_kind(part.partner)} == {"open", "closed"}
    if part.card.kit_id == "k":
        assert part.partner.kit_id == "k"


def test_two_closed_hats_are_no_pair() -> None:
    other = replace(CLOSED, id="y", name="Hat Closed 2")
    assert cast(plan(section("hihat")), [CLOSED, other]).parts[0].partner is None


def test_a_refused_open_hat_is_no_partner() -> None:
    requested = plan(section("hihat"), excluded=("open",))
    assert cast(requested, [CLOSED, OPEN]).parts[0].partner is None


def test_techno_opens_the_hat_between_the_beats_and_closes_it_with_the_next_hit() -> None:
    notes = track(score_of(plan(section("hihat", energy=0.9)), [CLOSED, OPEN]), "hihat").notes

    opened = [note for note in notes if note.articulation == "open"]
    assert opened
    assert {note.stem_id for note in opened} == {OPEN.id}
    assert {note.stem_id for note in notes} == {OPEN.id, CLOSED.id}
    for number, note in enumerate(notes[:-1]):
        if note.articulation == "open":
            assert abs(note.start_beats % 1.0 - 0.5) < 0.02
            until = notes[number + 1].start_beats - note.start_beats
            assert note.length_beats == pytest.approx(until, abs=1e-5)


def test_both_hats_are_credited_and_only_where_both_are_heard() -> None:
    both = score_of(plan(section("hihat", energy=0.9)), [CLOSED, OPEN])
    stems = {choice.part: choice.stem_id for choice in both.choices}
    assert len(stems) == 2
    assert set(stems.values()) == {OPEN.id, CLOSED.id}

    open_only = score_of(plan(section("hihat", energy=0.1)), [CLOSED, OPEN])
    heard = {note.stem_id for note in track(open_only, "hihat").notes}
    assert {OPEN.id} <= heard
    named = {c.stem_id for c in open_only.choices}
    assert heard <= named


def test_the_partner_that_a_plan_keeps_plays_again() -> None:
    better = replace(OPEN, id="z", name="Open Hat Z", kit_id="other")
    requested = plan(section("hihat"), pinned=(("hihat", CLOSED.id), ("hihat open", "z")))
    pool = pool_of([CLOSED, OPEN, better], library_queries(requested))
    kept = {"hihat": CLOSED, "hihat open": better}
    assert cast_plan(requested, pool, seed=0, pinned=kept).parts[0].partner == better


def test_an_open_hat_alone_is_cut_short_for_closed_hits() -> None:
    note = Note("?", 0.0, 0.8)
    hats = hats_of(OPEN, None)
    closed = played_on(note, hats, opened=False, beat_s=0.5)
    assert (closed.stem_id, closed.length_beats) == (OPEN.id, pytest.approx(CLOSED_S / 0.5))
    assert played_on(note, hats, opened=True, beat_s=0.5).length_beats is None


def test_a_closed_hat_alone_plays_open_hits_as_its_own() -> None:
    played = played_on(Note("?", 0.0, 0.9), hats_of(CLOSED, None), opened=True, beat_s=0.5)
    assert (played.stem_id, played.articulation) == (CLOSED.id, "")


def test_a_loud_open_hat_is_brought_to_the_closed_ones_peak() -> None:
    quiet = replace(CLOSED, true_peak_dbtp=-4.0)
    played = played_on(Note("?", 0.0, 0.9), hats_of(quiet, OPEN), opened=True, beat_s=0.5)
    amplitude_db = 30 * math.log10(played.velocity / 0.9)
    assert amplitude_db == pytest.approx(-3.0, abs=0.01)


def test_the_last_open_hit_rings_out() -> None:
    ringing = choked([Note("o", 0.0, articulation="open"), Note("o", 1.0, articulation="open")])
    assert [note.length_beats for note in ringing] == [1.0, None]


def test_midi_tells_open_from_closed() -> None:
    score = score_of(plan(section("hihat", energy=0.9)), [CLOSED, OPEN])
    part = midi_song(score, title="t", roots={}).parts[0]
    opened = sum(note.articulation == "open" for note in score.channels[0].notes)
    assert {note.key for note in part.notes} == {42, 46}
    assert sum(note.key == 46 for note in part.notes) == opened


def test_a_wanted_pattern_of_open_hits_is_played_by_name() -> None:
    requested = plan(section(StemQuery("hihat", pattern="off-beats"), energy=0.9))
    notes = track(score_of(requested, [CLOSED, OPEN]), "hihat").notes
    assert all(note.articulation == "open" for note in notes if note.start_beats < 28)


def test_a_muted_open_hat_leaves_its_hits_to_the_closed_one() -> None:
    requested = plan(
        section("hihat", energy=0.9), section("hihat", energy=0.9, muted=("hihat open",))
    )
    notes = track(score_of(requested, [CLOSED, OPEN]), "hihat").notes

    assert any(note.articulation == "open" for note in notes if note.start_beats < 32)
    assert not any(note.articulation == "open" for note in notes if note.start_beats >= 32)
    assert any(note.start_beats >= 32 for note in notes)


def test_another_open_hat_is_suggested_by_its_own_name() -> None:
    other = replace(OPEN, id="z", name="Open Hat Z")
    requested = plan(section("hihat"), pinned=(("hihat", CLOSED.id), ("hihat open", OPEN.id)))
    pool = pool_of([CLOSED, OPEN, other], library_queries(requested))
    kept = {"hihat": CLOSED, "hihat open": OPEN}
    found = rivals_of(requested, pool, "hihat open", seed=0, pinned=kept)

    assert [match.card.id for match in found] == ["z"]
