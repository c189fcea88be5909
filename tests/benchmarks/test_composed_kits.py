"""Composed kits: the same for the same seed, whole bars, and written as their labels say."""

import numpy as np

from benchmarks.composed_kits import SLOW_STYLES, STYLES, composed_kits


def test_the_same_seed_gives_the_same_kits() -> None:
    assert composed_kits(4, seed=3) == composed_kits(4, seed=3)
    assert composed_kits(4, seed=3) != composed_kits(4, seed=4)


def test_loops_are_whole_bars_of_their_kits_tempo() -> None:
    for kit in composed_kits(len(STYLES), seed=1):
        for loop in kit.loops:
            beats = loop.length_s * kit.bpm / 60.0
            assert abs(beats - loop.beats) < 1e-6
            assert loop.beats % 4 == 0
            beat_s = 60.0 / kit.bpm  # a late bass may begin within the beat behind the end
            assert all(0.0 <= note.start_s < loop.length_s + beat_s for note in loop.notes)
            assert loop.notes


def test_styles_take_turns_within_their_tempos() -> None:
    kits = composed_kits(2 * len(STYLES), seed=2)
    assert [kit.style for kit in kits] == [style.name for style in STYLES] * 2
    tempos = {style.name: style.tempos for style in STYLES}
    assert all(tempos[kit.style][0] <= kit.bpm <= tempos[kit.style][1] for kit in kits)
    slow = [kit.bpm for kit in kits if kit.style in SLOW_STYLES]
    assert max(slow) < 100


def test_drums_have_no_key_and_all_others_share_one() -> None:
    (kit,) = composed_kits(1, seed=5)
    drums = {"drums", "kick", "snare", "hihat", "cymbal", "clap", "percussion"}
    keys = {loop.key for loop in kit.loops if loop.category not in drums}
    assert len(keys) == 1
    assert keys != {None}
    assert {loop.key for loop in kit.loops if loop.category in drums} == {None}
    assert np.isfinite([loop.length_s for loop in kit.loops]).all()
