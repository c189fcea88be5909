import pytest

from benchmarks.analysis_figures import (
    Answer,
    calibration_error,
    category_right,
    figures,
    mirex,
    reached,
    reliability,
    report_of,
    tempo_close,
    tempo_exact,
)
from tests.benchmarks.answers import answer, label

FIGURES = (
    "tempo_n", "tempo_exact", "tempo_exact_octave", "tempo_acc1", "tempo_acc2",
    "one_shots_with_tempo", "key_n", "key_exact", "key_mirex", "root_note", "drums_with_key",
    "loop_or_one_shot", "category_n", "category_top1", "category_top3", "tempo_ece", "key_ece",
    "stems_per_s",
)  # fmt: skip
LOOP = label(is_loop="1", bpm="120")


def test_a_report_has_the_agreed_form() -> None:
    report = report_of([answer(LOOP, bpm=120.0)], hidden=True, wall_s=0.5)
    assert list(report) == ["names", "overall", "by_source"]
    assert report["names"] == "hidden"
    assert tuple(report["overall"]) == FIGURES
    assert tuple(report["by_source"]["s"]) == FIGURES
    assert report["overall"]["stems_per_s"] == report["by_source"]["s"]["stems_per_s"] == 2.0


def test_nothing_labelled_gives_no_figures_but_no_errors() -> None:
    assert {figures([])[name] for name in ("tempo_n", "key_n", "category_n")} == {0}
    bare = figures([answer(label())])
    assert all(bare[name] in (None, 0) for name in bare)


@pytest.mark.parametrize(
    ("bpm", "exact", "octave", "close"),
    [(120.4, True, True, True), (120.6, False, False, True), (60.4, False, True, False),
     (240.4, False, True, False), (124.9, False, False, False), (None, False, False, False)],
)  # fmt: skip
def test_tempos_are_right_within_half_a_beat_or_four_percent(
    bpm: float | None, exact: bool, octave: bool, close: bool
) -> None:
    heard = answer(LOOP, bpm=bpm)
    assert tempo_exact(heard) is exact
    assert tempo_exact(heard, octaves=True) is octave
    assert tempo_close(heard) is close


@pytest.mark.parametrize(
    ("truth", "heard", "score"),
    [("Am", "A minor", 1.0), ("Am", "Em", 0.5), ("Am", "Dm", 0.0), ("Am", "C", 0.3),
     ("Am", "A", 0.2), ("C", "G", 0.5), ("C", "Am", 0.3), ("C", "F#", 0.0), ("C", None, 0.0)],
)  # fmt: skip
def test_keys_score_as_mirex_does(truth: str, heard: str | None, score: float) -> None:
    assert mirex(answer(label(is_loop="1", key=truth), key=heard)) == score


def test_notes_keys_and_unknown_loops_are_counted_apart() -> None:
    key = answer(label(is_loop="1", key="Am", key_evidence="given"), key="Am")
    note = answer(label(is_loop="0", key="A", key_evidence="root-note"), key="A", is_loop=False)
    unsaid = answer(label(key="Am"), key="E")
    counted = figures([key, note, unsaid])
    assert (counted["key_n"], counted["key_exact"], counted["root_note"]) == (1, 1.0, 1.0)
    assert counted["loop_or_one_shot"] == 1.0


def test_one_shots_with_a_tempo_and_drums_with_a_key_are_shares_of_their_own_kind() -> None:
    shots = [answer(label(is_loop="0"), bpm=bpm, is_loop=False) for bpm in (None, None, None, 99.0)]
    drums = [answer(label(category="kick"), key=key) for key in (None, "C")]
    counted = figures([*shots, *drums])
    assert (counted["one_shots_with_tempo"], counted["drums_with_key"]) == (0.25, 0.5)


def test_a_file_that_could_not_be_read_is_wrong() -> None:
    lost = Answer(label(is_loop="1", bpm="120", category="kick"), "a.wav", None)
    counted = figures([lost])
    assert counted["tempo_exact"] == counted["category_top1"] == counted["loop_or_one_shot"] == 0.0


def test_the_answer_counts_first_among_the_likeliest() -> None:
    said = label(category="pad")
    heard = answer(said, category="keys", likeliest=("pad", "keys", "lead"))
    assert not category_right(heard, 1)
    assert category_right(heard, 3)
    assert category_right(answer(label(category="chord"), category="guitar"), 1)


def test_calibration_is_the_mean_distance_of_confidence_and_truth() -> None:
    sure = [answer(LOOP, bpm=120.0, confidence=0.95)] * 3 + [answer(LOOP, bpm=70, confidence=0.95)]
    unsure = [answer(LOOP, bpm=120.0, confidence=0.25), answer(LOOP, bpm=None, confidence=0.9)]
    bins = reliability([*sure, *unsure], "bpm", tempo_exact)
    assert [(one.low, one.count, one.right) for one in bins] == [(0.2, 1, 1.0), (0.9, 4, 0.75)]
    assert calibration_error(bins) == pytest.approx((4 * 0.2 + 0.75) / 5)
    assert calibration_error([]) is None


def test_targets_differ_with_names_and_some_are_limits_from_above() -> None:
    assert reached("tempo_exact", 0.80, hidden=True) is True
    assert reached("tempo_exact", 0.80, hidden=False) is False
    assert reached("drums_with_key", 0.02, hidden=True) is True
    assert reached("drums_with_key", 0.02, hidden=False) is False
    assert reached("key_mirex", 0.1, hidden=False) is None
    assert reached("tempo_exact", None, hidden=True) is None
