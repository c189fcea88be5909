import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.audio.analysis import categories
from src.audio.analysis.categories import category_model, category_scores, feature_row, model_from
from src.audio.analysis.descriptors import describe
from src.music.theory.library import CATEGORIES
from tests.audio.analysis.test_attributes import RATE, hiss, kick


def best(audio: np.ndarray) -> str:
    scores = category_scores(describe(audio, sample_rate=RATE))
    return max(scores, key=lambda name: scores[name])


def test_categories_are_those_of_the_house_in_their_order() -> None:
    assert category_model().categories == CATEGORIES


def test_the_model_reads_descriptors_that_exist() -> None:
    assert set(category_model().names) <= set(describe(hiss(), sample_rate=RATE))


@pytest.mark.parametrize("audio", [kick(), hiss(), np.zeros((2, 100), dtype=np.float32)])
def test_probabilities_sum_to_one(audio: np.ndarray) -> None:
    scores = category_scores(describe(audio, sample_rate=RATE))
    assert sum(scores.values()) == pytest.approx(1.0, abs=1e-4)
    assert min(scores.values()) >= 0.0


def test_a_falling_sine_is_a_kick_and_a_short_hiss_is_a_hihat() -> None:
    assert best(kick()) == "kick"
    assert best(hiss()) == "hihat"


def test_loudness_does_not_change_the_category() -> None:
    loud = category_scores(describe(kick(), sample_rate=RATE))
    quiet = category_scores(describe((kick() * 0.03).astype(np.float32), sample_rate=RATE))
    assert quiet["kick"] == pytest.approx(loud["kick"], abs=0.05)


def test_times_and_frequencies_are_read_as_logarithms() -> None:
    row = feature_row({"centroid": 990.0, "attack_s": 0.0, "crest": 3.0},
                      ("centroid", "attack_s", "crest"))  # fmt: skip
    assert row == pytest.approx([np.log(1000.0), np.log(1e-3), 3.0])


def test_another_model_may_judge() -> None:
    model = category_model()
    turned = replace(model, categories=model.categories[::-1])
    features = describe(kick(), sample_rate=RATE)
    own, other = category_scores(features), category_scores(features, model=turned)
    assert other["other"] == own["kick"]


def test_a_model_is_read_from_its_file() -> None:
    shipped = Path(categories.__file__).parent / "data" / "categories.npz"
    features = describe(hiss(), sample_rate=RATE)
    assert category_scores(features, model=model_from(shipped)) == category_scores(features)


def test_the_model_says_what_it_was_made_from() -> None:
    about = category_model().provenance
    assert {"made", "packs", "licences", "held_out"} <= set(about)


def test_drum_one_shots_of_the_corpus_are_recognised(corpus: Path) -> None:
    requested = ("kick", "snare", "hihat")
    with (corpus / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["category"] in requested]
    hits = 0
    for row in rows[::8]:
        audio, rate = soundfile.read(corpus / row["relpath"], dtype="float32", always_2d=True)
        scores = category_scores(describe(audio.T[:, : 10 * rate], sample_rate=rate))
        hits += row["category"] == max(scores, key=lambda name: scores[name])
    assert hits >= 0.8 * len(rows[::8])
