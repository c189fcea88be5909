"""Loops of a kit share a tempo; a folder of anything does not."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_consensus import KitFolder
from src.music.evidence.kit_evidence import StemEvidence
from src.music.evidence.kit_tempo import common_tempos
from tests.music.kit_stems import loop

FAST = ((170.0, 0.8), (85.0, 0.2))
SLOW = ((85.0, 0.55), (170.0, 0.45))


def together(stems: list[StemEvidence]) -> list[Estimate[float] | None]:
    here: KitFolder = ("kit", "kit")
    return common_tempos(stems, [here] * len(stems))


def test_an_octave_error_is_corrected_by_the_others() -> None:
    found = together([loop(*FAST)] * 5 + [loop(*SLOW)])[-1]
    assert found is not None
    assert (found.value, found.source) == (170.0, "kit")


def test_a_fifth_loop_takes_the_tempo_that_four_are_named() -> None:
    named = [loop((124.0, 0.95), source="filename")] * 5
    silent = loop((93.0, 0.3), (124.0, 0.25), (62.0, 0.2), bars=3.0)
    found = together([*named, silent])[-1]
    assert found is not None
    assert (found.value, found.source) == (124.0, "kit")


def test_a_name_is_never_overruled() -> None:
    named = loop((90.0, 0.8), source="filename")
    assert together([loop((120.0, 0.9))] * 8 + [named])[-1] == named.bpm


def test_a_clear_sound_is_not_overruled_except_by_an_octave() -> None:
    clear = loop((101.0, 0.9), (120.0, 0.05))
    found = together([loop((120.0, 0.9))] * 8 + [clear])[-1]
    assert found is not None
    assert (found.value, found.source) == (101.0, "audio")


def test_unrelated_loops_keep_their_tempos() -> None:
    tempos = [83.0, 92.0, 97.5, 104.0, 111.0, 118.0, 126.0, 133.0, 141.0, 152.0]
    stems = [loop((bpm, 0.6), (bpm * 0.75, 0.2)) for bpm in tempos]
    found = together(stems)
    assert [one.value for one in found if one is not None] == tempos
    assert all(one is not None and one.source == "audio" for one in found)


def test_a_few_loops_of_one_tempo_do_not_rule_a_folder_of_many() -> None:
    others = [loop((bpm, 0.6), (bpm / 2, 0.3)) for bpm in range(91, 171, 5)]
    found = together([loop((140.0, 0.8))] * 4 + others)
    assert [one.value for one in found[4:] if one is not None] == list(range(91, 171, 5))


def test_a_loop_without_a_tempo_gets_that_of_its_kit() -> None:
    quiet = StemEvidence(
        4 * 240.0 / 128.0, "pad", Estimate(True, 0.8, "audio"), None, None, tempos=((128.0, 0.1),)
    )
    found = together([loop((128.0, 0.8))] * 6 + [quiet])[-1]
    assert found is not None
    assert (found.value, found.source) == (128.0, "kit")


def test_loops_of_another_folder_of_the_kit_count_too() -> None:
    drums = [loop(*FAST)] * 5
    places: list[KitFolder] = [("kit", "kit/Drums")] * 5 + [("kit", "kit/Pads")]
    found = common_tempos([*drums, loop(*SLOW)], places)[-1]
    assert found is not None
    assert found.value == 170.0


def test_the_tempo_of_the_loop_itself_is_kept_to_the_last_digit() -> None:
    found = together([loop((128.0, 0.9))] * 5 + [loop((128.13, 0.8))])[-1]
    assert found is not None
    assert found.value == 128.13


def test_a_loop_alone_stays_as_it_is() -> None:
    assert together([loop(*SLOW)]) == [loop(*SLOW).bpm]
    assert together([]) == []


def test_loops_that_nothing_is_heard_of_stay_unknown() -> None:
    assert together([loop(), loop()]) == [None, None]


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_order_of_the_loops_makes_no_difference(rng: random.Random) -> None:
    stems = [loop(*FAST), loop(*SLOW), loop((113.0, 0.5), (170.0, 0.3)), loop((170.0, 0.6))]
    order = rng.sample(range(4), 4)
    straight, shuffled = together(stems), together([stems[i] for i in order])
    for place, i in enumerate(order):
        one, other = straight[i], shuffled[place]
        assert one is not None
        assert other is not None
        assert one.value == other.value
        assert abs(one.confidence - other.confidence) < 1e-9
