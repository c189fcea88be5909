"""The render benchmark plays what it says it plays."""

import pytest

from benchmarks.render_material import BPM, INSTEAD, ROLES, benchmark_score, swapped

SCORE = benchmark_score(5.0, 16, -14.0)
CLIPS = [clip for track in SCORE.channels for clip in track.clips]
NOTES = [note for track in SCORE.channels for note in track.notes]


def test_sixteen_stems_play_for_five_minutes() -> None:
    assert len({one.stem_id for one in (*CLIPS, *NOTES)}) == len(ROLES) == 16
    assert SCORE.length_beats * 60 / BPM == pytest.approx(300, abs=2)


def test_everything_that_a_score_can_hold_is_in_it() -> None:
    lines = {line.parameter for track in SCORE.channels for line in track.automation}
    assert lines == {
        "gain_db", "pan", "low_pass_hz", "high_pass_hz", "reverb_send_db", "delay_send_db",
    }  # fmt: skip
    loops = [clip for clip in CLIPS if not clip.reverse]
    assert all(clip.stretch_ratio != 1.0 for clip in loops)
    assert any(clip.semitones for clip in loops)
    assert any(clip.reverse for clip in CLIPS)
    assert any(clip.length_beats == 0.5 for clip in CLIPS)
    assert {note.semitones for note in NOTES} == {0.0, 3.0, 7.0, 12.0}
    assert any(track.duck_db for track in SCORE.channels)
    assert any(track.mono_below_hz for track in SCORE.channels)


@pytest.mark.parametrize("role", INSTEAD)
def test_a_swap_is_one_stem_and_other_levels(role: str) -> None:
    after = swapped(SCORE, role)
    others = [
        (one.clips == then.clips, one.notes == then.notes)
        for one, then in zip(SCORE.channels, after.channels, strict=True)
        if one.role != role
    ]
    assert all(same == (True, True) for same in others)
    assert {clip.stem_id for t in after.channels if t.role == role for clip in t.clips} == {
        f"{role} 2"
    }
    moved = [
        then.level_db != one.level_db
        for one, then in zip(SCORE.sections, after.sections, strict=True)
    ]
    assert sum(moved) == 6


def test_fewer_stems_keep_kick_and_bass() -> None:
    assert [track.role for track in benchmark_score(1.0, 3, -14.0).channels] == [
        "kick", "bass", "drums",
    ]  # fmt: skip
