"""The step from copies to vectors."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.embeddings.protocol import Vectors
from src.services.ingest.contents import Failure
from src.services.ingest.embedding import EmbeddingStep
from src.services.ingest.pool import WorkPool
from src.storage.stem_copies import copy_in
from tests.services.library_files import write_sound
from tests.services.plain_analysis import SpectralEmbedder


class ChoosyEmbedder(SpectralEmbedder):
    """Can't bear long sounds."""

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        if any(clip.shape[1] > 48_000 for clip in clips):
            raise ValueError("too long for me")
        return super().embed_audio(clips)


def made_copies(settings: Settings, *lengths_s: float) -> list[str]:
    """Copies of sounds; the ids of their stems."""
    ids = [f"{number:016x}" for number in range(len(lengths_s))]
    for number, length_s in enumerate(lengths_s):
        target = copy_in(settings.stems_path, ids[number])
        write_sound(target, seed=number, length_s=length_s)
    return ids


def test_one_stem_that_fails_costs_its_batch_no_vector(tmp_path: Path) -> None:
    settings = Settings(TRAUM_HOME=tmp_path, workers=1)
    short, long, other = made_copies(settings, 0.1, 1.5, 0.1)
    failed: dict[str, Failure] = {}
    with WorkPool(workers=1, timeout_s=60.0) as pool:
        step = EmbeddingStep(pool, ChoosyEmbedder(), settings, failed.__setitem__)
        vectors = step.vectors(step.start(dict.fromkeys([short, long, other])))
    assert list(vectors) == [short, other]
    assert list(failed) == [long]
    assert "too long for me" in failed[long].message


def test_batches_come_back_in_their_order_each_with_its_vectors(tmp_path: Path) -> None:
    settings = Settings(TRAUM_HOME=tmp_path, workers=2)
    ids = made_copies(settings, *[0.05] * 7)
    batches = [dict.fromkeys(ids[start : start + 2]) for start in range(0, 7, 2)]
    with WorkPool(workers=2, timeout_s=60.0) as pool:
        step = EmbeddingStep(pool, SpectralEmbedder(), settings, lambda *_: None)
        found = list(step.all(batches))
        alone = step.vectors(step.start({ids[6]: None}))
    assert [stems for stems, _ in found] == batches
    assert [list(vectors) for _, vectors in found] == [list(batch) for batch in batches]
    assert found[0][1][ids[0]].shape == (1, 8)
    np.testing.assert_array_equal(found[3][1][ids[6]], alone[ids[6]])
