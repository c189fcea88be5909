"""Confidences are the share of estimates that prove right."""

import math
from dataclasses import replace

import pytest

from src.music.evidence.confidence import (
    KEY_WEIGHTS,
    KIT_KEY_WEIGHTS,
    MOST_SURE,
    TEMPO_WEIGHTS,
    Neighbours,
    calibrated,
    key_cues,
    kit_key_cues,
    tempo_cues,
)
from src.music.evidence.estimates import Estimate, Source
from src.music.evidence.kit_evidence import StemEvidence
from src.music.evidence.stem_in_kit import (
    StemInKit,
    cues_in_context,
    fuse_in_context,
    reconcile,
)

LOOP = Estimate(True, 0.9, "audio")
NOBODY = Neighbours(0, 0)


def loop(category: str = "drums", *, played: float = 0.6) -> StemEvidence:
    """Four bars at 120, and what plays makes it 120 with this chance."""
    return StemEvidence(
        duration_s=8.0, category=category, is_loop=LOOP, bpm=None, key=None,
        octaves=((60.0, 1.0 - played), (120.0, played)),
    )  # fmt: skip


def tempo_sure(
    others: Neighbours, *, source: Source = "audio", played: float = 0.6, raw: float = 0.6
) -> float:
    estimate = Estimate(120.0, raw, source)
    cues = tempo_cues(loop(played=played), estimate, others)
    return calibrated(estimate, cues, TEMPO_WEIGHTS).confidence


def key_sure(category: str, *, raw: float = 0.6, source: Source = "audio") -> float:
    estimate = Estimate("Am", raw, source)
    cues = key_cues(loop(category), category, estimate)
    return calibrated(estimate, cues, KEY_WEIGHTS).confidence


def kit_key_sure(
    others: Neighbours, *, raw: float = 0.9, source: Source = "audio", named: bool = False
) -> float:
    estimate = Estimate("Am", raw, source)
    cues = kit_key_cues(replace(loop("pad"), named=named), estimate, others)
    return calibrated(estimate, cues, KIT_KEY_WEIGHTS).confidence


def test_loops_that_differ_make_the_key_of_a_kit_doubtful() -> None:
    assert kit_key_sure(Neighbours(6, 0)) > kit_key_sure(Neighbours(3, 3)) > 0.5
    assert kit_key_sure(NOBODY, raw=0.9) > kit_key_sure(NOBODY, raw=0.5)
    assert kit_key_sure(Neighbours(3, 0)) > kit_key_sure(Neighbours(3, 0), source="kit")
    assert kit_key_sure(NOBODY, named=True) > kit_key_sure(NOBODY)


def test_ten_loops_of_the_same_chords_do_not_swear_to_their_key() -> None:
    assert 0.85 < kit_key_sure(Neighbours(9, 0), raw=0.99) < 0.95


def test_a_kit_that_agrees_makes_sure() -> None:
    assert tempo_sure(Neighbours(9, 0)) > tempo_sure(Neighbours(2, 7)) > 0.0
    assert tempo_sure(Neighbours(9, 0)) > tempo_sure(Neighbours(1, 0)) > tempo_sure(NOBODY)


def test_chords_tell_a_key_more_surely_than_lines() -> None:
    assert key_sure("pad") > key_sure("bass") > 0.0
    assert key_sure("keys") > key_sure("lead")


def test_what_plays_in_another_octave_makes_doubtful() -> None:
    assert tempo_sure(NOBODY, played=0.8) > tempo_sure(NOBODY, played=0.2)


def test_a_clear_sound_is_surer_than_a_faint_one() -> None:
    assert tempo_sure(NOBODY, raw=0.9) > tempo_sure(NOBODY, raw=0.4)
    assert key_sure("pad", raw=0.9) > key_sure("pad", raw=0.4)


@pytest.mark.parametrize("source", ["filename", "metadata", "user"])
def test_what_is_stated_keeps_its_confidence(source: Source) -> None:
    assert tempo_sure(Neighbours(0, 9), source=source, raw=0.77) == 0.77
    assert key_sure("bass", source=source, raw=0.77) == 0.77


@pytest.mark.parametrize("raw", [0.0, 1.0])
def test_nothing_that_is_heard_is_certain(raw: float) -> None:
    assert 0.0 < tempo_sure(Neighbours(50, 0), raw=raw) <= MOST_SURE


def test_settling_changes_confidences_and_no_values() -> None:
    stems = [
        StemEvidence(
            duration_s=8.0, category="pad", is_loop=LOOP, bpm=Estimate(120.0, 0.6, "audio"),
            key=Estimate("Am", 0.6, "audio"), tempos=((120.0, 0.6),),
            keys=tuple(0.6 if place == 21 else 0.4 / 23 for place in range(24)),
            octaves=((60.0, 0.2), (120.0, 0.8)),
        )
    ] * 8  # fmt: skip
    places = [("kit", "kit")] * 8
    before, after = fuse_in_context(stems, places), reconcile(stems, places)
    assert [one.bpm.value for one in after if one.bpm] == [120.0] * 8
    assert [one.key.value for one in after if one.key] == ["Am"] * 8
    assert before[0].bpm is not None
    assert after[0].bpm is not None
    assert after[0].bpm.confidence > before[0].bpm.confidence
    assert before[0].key is not None
    assert after[0].key is not None
    assert before[0].key.confidence > 0.95 > after[0].key.confidence > 0.8


def test_keys_beside_a_stated_one_keep_what_the_kit_gives_them() -> None:
    heard = StemEvidence(
        duration_s=8.0, category="pad", is_loop=LOOP, bpm=None, key=Estimate("Am", 0.6, "audio"),
        keys=tuple(0.6 if place == 21 else 0.4 / 23 for place in range(24)),
    )  # fmt: skip
    named = replace(heard, key=Estimate("Am", 0.9, "filename"))
    places = [("kit", "kit")] * 4
    stems = [heard, heard, heard, named]
    after = [one.key for one in reconcile(stems, places)]
    assert after == [one.key for one in fuse_in_context(stems, places)]
    apart = [("kit", "kit"), ("kit", "kit"), ("kit", "kit"), ("other", "other")]
    assert [one.key for one in reconcile(stems, apart)][:3] != after[:3]


def test_a_key_is_held_against_those_of_the_other_loops_of_its_kit() -> None:
    keys = ["Am", "Am", "Am", "C"]
    found = [StemInKit(None, Estimate(key, 0.8, "audio"), None, None, {}) for key in keys]
    cues = cues_in_context([loop("pad")] * 4, [("kit", "kit")] * 4, found)
    counted = [one.kit_key and (one.kit_key["alike"], one.kit_key["unlike"]) for one in cues]
    assert counted == [(math.log1p(2), math.log1p(1))] * 3 + [(0.0, math.log1p(3))]
    (single,) = cues_in_context([loop("pad")], [("kit", "kit")], found[:1])
    assert single.kit_key is None
    assert single.key is not None
