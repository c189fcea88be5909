from dataclasses import replace

import pytest

from src.music.export.loop_notes import clip_notes
from src.music.model.score import Clip
from src.music.theory.library import LoopNote

LOOP = {
    "lead": (LoopNote(60, 0.0, 0.5, 100), LoopNote(64, 1.0, 0.5, 90), LoopNote(67, 3.9, 1.0, 80))
}
CLIP = Clip("lead", 8.0, 8.0, 0.0, 4.0)
"""Two bars of 120 BPM, as they were recorded."""


def starts(clip: Clip, bpm: float = 120.0) -> list[tuple[float, int]]:
    return [(round(at, 6), pitch) for at, _, pitch, _ in clip_notes(clip, LOOP, bpm=bpm)]


def test_notes_lie_where_the_clip_lies() -> None:
    first, second, last = clip_notes(CLIP, LOOP, bpm=120.0)
    assert first == (8.0, 1.0, 60, 100)
    assert second == (10.0, 1.0, 64, 90)
    assert last == pytest.approx((15.8, 0.2, 67, 80))  # cut at the end of its clip


def test_a_stretched_clip_has_its_notes_on_the_same_beats() -> None:
    stretched = replace(CLIP, stretch_ratio=120.0 / 90.0)
    assert starts(stretched, bpm=90.0) == starts(CLIP)


def test_notes_follow_the_shift_and_the_passes_of_a_clip() -> None:
    again = replace(CLIP, semitones=-3.0, length_beats=10.5)
    assert starts(again) == [(8.0, 57), (10.0, 61), (15.8, 64), (16.0, 57), (18.0, 61)]


def test_a_rotated_slice_begins_further_in() -> None:
    turned = replace(CLIP, rotate_s=1.0)
    assert starts(turned) == [(8.0, 64), (13.8, 67), (14.0, 60)]


def test_only_notes_of_the_slice_sound() -> None:
    assert starts(replace(CLIP, source_start_s=0.5, source_length_s=1.0, length_beats=2.0)) == [
        (9.0, 64)
    ]


@pytest.mark.parametrize("change", [{"reverse": True}, {"tape_stop": True}, {"stem_id": "other"}])
def test_what_can_not_be_written_down_has_no_notes(change: dict[str, object]) -> None:
    assert clip_notes(replace(CLIP, **change), LOOP, bpm=120.0) == []
