import csv
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from src.audio.analysis.categories import category_scores
from src.audio.analysis.descriptors import describe
from src.embeddings.acoustic import AcousticEmbedder
from tests.audio.analysis.test_attributes import RATE, drone, hiss, kick


@pytest.fixture(scope="module")
def embedder() -> AcousticEmbedder:
    return AcousticEmbedder()


def clips() -> list[np.ndarray]:
    return [kick(), hiss(), drone(), np.zeros((2, 0), dtype=np.float32), kick()[:, :30]]


def test_vectors_have_unit_length_and_the_promised_shape(embedder: AcousticEmbedder) -> None:
    vectors = embedder.embed_audio(clips())
    assert vectors.dtype == np.float32
    assert vectors.shape == (5, embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_a_list_gives_the_same_bytes_as_one_by_one(embedder: AcousticEmbedder) -> None:
    together = embedder.embed_audio(clips())
    alone = np.concatenate([embedder.embed_audio([clip]) for clip in clips()])
    assert together.tobytes() == alone.tobytes()
    assert AcousticEmbedder(threads=1).embed_audio(clips()).tobytes() == together.tobytes()


def test_descriptors_that_are_there_already_give_the_same_vectors(
    embedder: AcousticEmbedder,
) -> None:
    features = [describe(clip, sample_rate=RATE) for clip in clips()]
    assert np.array_equal(embedder.embed_features(features), embedder.embed_audio(clips()))


def test_empty_lists_give_no_rows(embedder: AcousticEmbedder) -> None:
    assert embedder.embed_audio([]).shape == (0, embedder.dimension)
    assert embedder.embed_text([]).shape == (0, embedder.dimension)


def test_texts_have_unit_length_and_unknown_ones_are_zero(embedder: AcousticEmbedder) -> None:
    vectors = embedder.embed_text(["dark kick", "qwertz", "ohne Hall"])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1.0, 0.0, 1.0], abs=1e-5)


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("dark punchy kick", 0),
        ("düstere Bassdrum", 0),
        ("бочка", 0),
        ("bright hi-hat", 1),
        ("noisy percussive", 1),
        ("not sustained, bright", 1),
        ("atmospheric wide drone", 2),
        ("weiche Fläche", 2),
        ("протяжный атмосферный звук", 2),
        ("nicht perkussiv", 2),
    ],
)
def test_texts_find_the_sounds_they_describe(
    embedder: AcousticEmbedder, text: str, best: int
) -> None:
    sounds = embedder.embed_audio([kick(), hiss(), drone()])
    assert int(np.argmax(sounds @ embedder.embed_text([text])[0])) == best


def test_a_stronger_word_weighs_more(embedder: AcousticEmbedder) -> None:
    axis = embedder.axes.index("dark")
    plain, strong = embedder.embed_text(["dark kick", "very dark kick"])
    assert strong[axis] > plain[axis] > 0


def test_the_model_names_itself_by_its_data(embedder: AcousticEmbedder) -> None:
    assert embedder.model_id == AcousticEmbedder().model_id
    assert embedder.model_id.startswith("acoustic-")
    assert len(embedder.model_id) <= 128


def test_drums_of_the_corpus_are_found_by_sound_alone(
    embedder: AcousticEmbedder, corpus: Path
) -> None:
    with (corpus / "labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if float(row["duration_s"]) < 1.0][::5]
    sounds = []
    for row in rows:
        audio, rate = soundfile.read(corpus / row["relpath"], dtype="float32", always_2d=True)
        sounds.append(np.nan_to_num(soxr.resample(audio, rate, RATE).T))
    vectors = embedder.embed_audio(sounds)
    for text in ("kick", "snare", "hihat"):
        order = np.argsort(-(vectors @ embedder.embed_text([text])[0]))[:5]
        assert sum(rows[i]["category"] == text for i in order) >= 4


def test_the_categories_of_a_sound_are_square_roots_of_their_chances(
    embedder: AcousticEmbedder,
) -> None:
    features = describe(kick(), sample_rate=RATE)
    chances = np.array(list(category_scores(features).values()))
    part = embedder.embed_features([features])[0][: len(chances)]
    assert part**2 == pytest.approx(0.5 * chances, abs=1e-6)
