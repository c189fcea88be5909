"""Naming sounds by sentences."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from src.audio.analysis.attributes import ATTRIBUTES, SEED_TAGS
from src.embeddings.acoustic import AcousticEmbedder
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.protocol import Vectors
from src.embeddings.zero_shot import SaysWhatItIs, ZeroShot
from src.music.theory.library import CATEGORIES
from src.words.vocabulary import vocabulary
from tests.embeddings.plain_clap import write_plain_clap
from tests.embeddings.tiny_clap import random_clip


class Axes:
    """A space with one axis for each word that is asked for."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def embed_prompts(self, texts: Sequence[str], templates: Sequence[str]) -> Vectors:
        assert all(template.count("{}") == 1 for template in templates)
        self.words += [text for text in texts if text not in self.words]
        rows = np.zeros((len(texts), 200), np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[self.words.index(text)] = 1.0
        return rows


def sound(axes: Axes, *words: str) -> Vectors:
    vector = axes.embed_prompts(words, ["{}"]).sum(axis=0)
    return (vector / np.linalg.norm(vector))[None]


def test_a_sound_gets_the_category_and_the_tag_that_it_lies_near() -> None:
    axes = Axes()
    zero_shot = ZeroShot(axes, logit_scale=100.0)
    (found,) = zero_shot.labels(sound(axes, "a hand clap", "dark"))
    assert max(found.categories, key=lambda name: found.categories[name]) == "clap"
    assert max(found.tags, key=lambda name: found.tags[name]) == "dark"
    assert found.tags["dark"] == 1.0
    assert sum(found.categories.values()) == pytest.approx(1.0)


def test_all_categories_and_the_seeds_tags_are_among_the_labels() -> None:
    axes = Axes()
    (found,) = ZeroShot(axes, logit_scale=14.0).labels(sound(axes, "nothing of this"))
    assert set(found.categories) == set(CATEGORIES)
    assert found.categories["other"] == 0.0
    assert set(SEED_TAGS) <= set(found.tags) == set(ATTRIBUTES)
    assert set(vocabulary().captions) == set(CATEGORIES) - {"other"}
    shares = {round(found.categories[name], 9) for name in vocabulary().captions}
    assert len(shares) == 1  # a sound that is near nothing is no more one than the other


def test_no_rows_give_no_labels() -> None:
    assert ZeroShot(Axes(), logit_scale=14.0).labels(np.zeros((0, 200), np.float32)) == []


def test_clap_can_name_sounds_and_the_offline_embedder_leaves_it_to_the_analysis(
    tmp_path: Path,
) -> None:
    write_plain_clap(tmp_path / "plain")
    embedder = ClapEmbedder(tmp_path / "plain")
    assert isinstance(embedder, SaysWhatItIs)
    assert not isinstance(AcousticEmbedder(), SaysWhatItIs)
    one, again = embedder.labels(embedder.embed_audio([random_clip(1.0), random_clip(1.0)]))
    assert one == again
    assert sum(one.categories.values()) == pytest.approx(1.0)
