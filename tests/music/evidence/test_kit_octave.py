"""What plays in many loops of a kit tells half from double tempo."""

from collections.abc import Sequence

import pytest

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence
from src.music.evidence.kit_octave import in_common_octave
from src.music.evidence.stem_in_kit import reconcile

LOOP = Estimate(True, 0.9, "audio")


def loop(bpm: float, *, slow: float, source: str = "audio") -> StemEvidence:
    """A loop heard at a tempo. slow: how likely what plays makes half of it"""
    tempo = Estimate(bpm, 0.8, source)  # type: ignore[arg-type]
    return StemEvidence(
        duration_s=16 * 60.0 / bpm,
        category="drums",
        is_loop=LOOP,
        bpm=tempo,
        key=None,
        tempos=((bpm, 0.8), (bpm / 2, 0.15)),
        octaves=((bpm / 2, slow), (bpm, 1.0 - slow)),
    )


def moved(loops: Sequence[StemEvidence], kits: Sequence[str] | None = None) -> list[float]:
    found = in_common_octave(loops, kits or ["kit"] * len(loops), [one.bpm for one in loops])
    return [0.0 if one is None else one.value for one in found]


def test_a_kit_whose_loops_all_play_slowly_is_slow() -> None:
    assert moved([loop(150.0, slow=0.75)] * 8) == [75.0] * 8


def test_a_few_loops_are_not_enough() -> None:
    assert moved([loop(150.0, slow=0.75)] * 3) == [150.0] * 3


def test_faint_loops_count_together_by_the_root_of_their_number() -> None:
    assert moved([loop(150.0, slow=0.56)] * 16) == [75.0] * 16
    assert moved([loop(150.0, slow=0.56)] * 4) == [150.0] * 4


def test_loops_that_disagree_leave_their_kit_alone() -> None:
    loops = [loop(150.0, slow=0.7)] * 4 + [loop(150.0, slow=0.3)] * 4
    assert moved(loops) == [150.0] * 8


@pytest.mark.parametrize("source", ["user", "filename", "metadata"])
def test_a_stated_tempo_keeps_the_octave_of_its_kit(source: str) -> None:
    loops = [loop(150.0, slow=0.9)] * 8
    assert moved([*loops, loop(150.0, slow=0.9, source=source)]) == [150.0] * 9


def test_kits_are_judged_apart_and_other_tempos_stay() -> None:
    loops = [loop(150.0, slow=0.8)] * 6 + [loop(100.0, slow=0.8)] + [loop(150.0, slow=0.1)] * 6
    kits = ["slow"] * 7 + ["fast"] * 6
    assert moved(loops, kits) == [75.0] * 6 + [100.0] + [150.0] * 6


def test_a_folder_of_unlike_tempos_stays() -> None:
    loops = [loop(150.0, slow=0.9)] * 4 + [loop(90.0 + n, slow=0.9) for n in range(6)]
    assert moved(loops) == [one.bpm.value for one in loops if one.bpm is not None]


def test_loops_without_the_evidence_of_older_analyses_stay() -> None:
    old = [
        StemEvidence(
            duration_s=6.4, category="drums", is_loop=LOOP, bpm=Estimate(150.0, 0.8, "audio"),
            key=None,
        )
    ] * 8  # fmt: skip
    assert moved(old) == [150.0] * 8


def test_settling_a_kit_moves_tempo_and_bars_together() -> None:
    loops = [loop(150.0, slow=0.85)] * 8
    found = reconcile(loops, [("kit", "kit")] * 8)
    assert [one.bpm.value for one in found if one.bpm is not None] == [75.0] * 8
    assert {one.bars for one in found} == {2.0}
