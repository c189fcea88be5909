"""Queries from labels, and the figures of rankings whose answers are known by hand."""

import numpy as np
import pytest

from benchmarks.labels import Label
from benchmarks.retrieval_figures import Judged, by_family, figures, ranked
from benchmarks.retrieval_fit import fused
from benchmarks.retrieval_queries import Note, queries_of, with_typo
from src.music.theory.library import TONAL_CATEGORIES


def labelled(name: str, category: str) -> Label:
    right = TONAL_CATEGORIES if category == "chord" else (category,)
    return Label(name, "src", category, tuple(right))


LABELS = [labelled(f"k{i}", "kick") for i in range(3)] + [labelled("b", "bass")] * 3 + [
    labelled("c", "chord")
]  # fmt: skip
NOTES = [Note("Pack", "soft kick", True)] * 3 + [Note("Other", "piano", False)] * 4


def test_figures_of_a_perfect_ranking_are_one() -> None:
    reported = figures(np.array([True, True, True, False, False]))
    assert reported == {"P@5": 1.0, "P@10": 1.0, "R@10": 1.0, "MRR": 1.0, "mAP": 1.0}


def test_figures_are_what_a_hand_computes() -> None:
    reported = figures(np.array([False, True, False, True] + [False] * 8 + [True] * 2))
    assert reported["P@5"] == pytest.approx(2 / 4)
    assert reported["R@10"] == pytest.approx(2 / 4)
    assert reported["MRR"] == pytest.approx(1 / 2)
    assert reported["mAP"] == pytest.approx((1 / 2 + 2 / 4 + 3 / 13 + 4 / 14) / 4)


def test_what_is_not_judged_is_left_out() -> None:
    found = ranked(np.array([0.9, 0.8, 0.7]), [False, True, False], [False, True, True])
    assert found.tolist() == [True, False]


def test_equal_scores_do_not_keep_the_order_of_the_labels() -> None:
    right = [True] * 20 + [False] * 20
    found = ranked(np.zeros(40), right, [True] * 40)
    assert 0 < found[:20].sum() < 20


def test_queries_ask_in_three_languages_for_what_the_labels_hold() -> None:
    queries = queries_of(LABELS, NOTES)
    kicks = [query for query in queries if query.family == "category" and query.right[0]]
    assert {query.language for query in kicks} == {"en", "de", "ru"}
    assert all(query.right == (True,) * 3 + (False,) * 4 for query in kicks)
    assert {"бочка", "Bassdrum"} <= {query.text for query in kicks}
    assert {query.text for query in queries if query.family == "kit"} == {
        "samples of Pack", "Klänge aus Pack", "звуки из Pack",
    }  # fmt: skip
    assert {query.text for query in queries if query.family == "instrument"} == {
        "piano", "Klavier", "фортепиано",
    }  # fmt: skip
    assert "soft kick" in {query.text for query in queries}


def test_chords_are_not_judged_where_any_tonal_kind_is_asked_for() -> None:
    basses = next(q for q in queries_of(LABELS, NOTES) if q.text == "bassline")
    kicks = next(q for q in queries_of(LABELS, NOTES) if q.text == "kick")
    assert basses.judged[-1] is False
    assert kicks.judged[-1] is True


def test_a_typo_swaps_two_letters_of_the_longest_word() -> None:
    assert with_typo("snare drum") == "sanre drum"
    assert with_typo("kick") == "kick"


def test_families_are_told_as_a_whole_and_by_language() -> None:
    good, bad = np.array([True, False]), np.array([False, True])
    reported = by_family([Judged("kit", "en", good), Judged("kit", "de", bad)])
    assert reported["kit"]["MRR"] == pytest.approx(0.75)
    assert reported["kit (de)"]["MRR"] == pytest.approx(0.5)


def test_a_missing_part_leaves_its_share_to_the_other() -> None:
    sound, words = np.array([0.2]), np.array([0.8])
    assert fused({"sound": sound, "words": words}, 0.75) == pytest.approx([0.65])
    assert fused({"sound": sound, "fusion": sound}, 0.75) == pytest.approx([0.2])
    assert fused({"words": words, "fusion": words}, 0.75) == pytest.approx([0.8])
    assert fused({"fusion": sound}, 0.75) == pytest.approx([0.0])
