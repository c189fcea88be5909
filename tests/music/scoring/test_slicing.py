"""Fills cut at a loop's own hits."""

from dataclasses import replace

import pytest

from src.music.casting.casting import cast_plan
from src.music.casting.fit import Fit
from src.music.casting.requests import library_queries
from src.music.model.plan import SectionPlan, StemQuery
from src.music.scoring.score_building import build_score
from src.music.scoring.slicing import EARLY_S, sliced_clips
from src.music.scoring.transitions import Fill
from src.music.theory.mastering_presets import Mastering
from tests.music.cards import loop, pool_of
from tests.music.casting.test_casting import plan

BEAT_S = 0.5
FIT = Fit("loop", beats=8.0, source_length_s=4.0)
HITS = (0.02, 0.27, 0.52, 0.77, 1.02, 1.52, 2.02, 2.52, 3.02, 3.52)
"""Every hit 20 ms behind the grid: cutting on the grid would cut before each of them."""


def fill(chance: float, pieces=(1.0, 0.5, 0.5, 0.25)) -> Fill:
    return Fill((28.0, 28.0 + sum(pieces)), tuple(pieces), chance)


@pytest.mark.parametrize("chance", [0.0, 0.3, 0.55, 0.8, 0.99])
def test_every_slice_begins_with_a_hit_that_lies_on_the_grid(chance: float) -> None:
    position = 28.0
    requested = fill(chance)
    for clip, length in zip(sliced_clips("d", FIT, requested, HITS, BEAT_S), requested.stutter,
                            strict=True):  # fmt: skip
        hit_s = clip.source_start_s + EARLY_S
        assert min(abs(hit_s - one) for one in HITS) < 1e-9
        hit_beats = clip.start_beats + EARLY_S / BEAT_S
        assert hit_beats == pytest.approx(position, abs=1e-9)
        position += length


def test_a_slice_ends_before_a_hit_that_it_would_only_touch() -> None:
    clip = sliced_clips("d", FIT, fill(0.0, (0.5,)), (0.02, 0.26, 1.0), BEAT_S)[0]
    assert clip.source_start_s + clip.source_length_s == pytest.approx(0.26 - EARLY_S)


def test_a_stretched_loop_is_sliced_at_the_same_hits() -> None:
    stretched = replace(FIT, stretch_ratio=0.5, source_length_s=8.0)
    clip = sliced_clips("d", stretched, fill(0.0, (1.0,)), (0.02, 3.0), BEAT_S)[0]
    assert clip.source_length_s == pytest.approx(1.0)
    assert clip.length_beats == pytest.approx(1.0)


def test_other_chances_take_other_hits() -> None:
    taken = {
        tuple(clip.source_start_s for clip in sliced_clips("d", FIT, fill(c / 16), HITS, BEAT_S))
        for c in range(16)
    }
    assert len(taken) >= 4


def test_without_hits_nothing_is_sliced() -> None:
    assert sliced_clips("d", FIT, fill(0.0), (), BEAT_S) == ()


def test_a_score_slices_where_hits_are_known_and_keeps_to_the_grid_else() -> None:
    drums = loop("D", "drums", bars=2.0)
    requested = plan(SectionPlan("Groove", 16, (StemQuery("drums"),), fill=True))
    cast = cast_plan(requested, pool_of([drums], library_queries(requested)), seed=0)
    hits = {"D": tuple(0.013 + n * drums.duration_s / 16 for n in range(16))}
    sliced = build_score(requested, cast, Mastering(-14.0, -1.0), seed=0, hits=hits).channels[0]
    plain = build_score(requested, cast, Mastering(-14.0, -1.0), seed=0).channels[0]

    starts = {round(clip.source_start_s, 6) for clip in sliced.clips} - {0.0}
    assert starts
    assert starts <= {round(hit - EARLY_S, 6) for hit in hits["D"]}
    assert plain.clips != sliced.clips
