"""CLAP's two networks with all that stands before and behind them."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from src.audio.validation import Audio
from src.core.errors import BackendUnavailableError
from src.embeddings.clap_manifest import Manifest, check_file
from src.embeddings.clap_mel import Features, log_mel
from src.embeddings.clap_tokens import read_tokenizer
from src.embeddings.clap_windows import Mono, windows_of
from src.embeddings.onnx_tower import OnnxTower
from src.embeddings.protocol import Vectors

MICRO_BATCH = 2
"""Windows that go through the fp32 audio tower together. More cost memory, and save no time on a
CPU. int8 goes one by one: its rounding depends on what else is in the batch."""

TEXT_BATCH = 32
"""Texts of one length that go through the fp32 text tower together."""

_MELS_AHEAD = 2


class AudioHalf:
    """From clips to vectors. Raises BackendUnavailableError for missing or damaged files."""

    def __init__(self, folder: Path, manifest: Manifest, *, threads: int) -> None:
        card = manifest.audio
        check_tower_files(folder, manifest, card.file)
        self._manifest = manifest
        self._tower = OnnxTower(
            folder / card.file,
            inputs=(card.input,),
            output=card.output,
            threads=threads,
            lean=False,
        )
        self._batch = MICRO_BATCH if manifest.precision == "fp32" else 1

    def embed(self, clips: Sequence[Audio]) -> Vectors:
        """One unit vector per clip, the same bytes alone and in any list."""
        summed = np.zeros((len(clips), self._manifest.dimension), np.float32)
        windows = (
            (which, window)
            for which, clip in enumerate(clips)
            for window in windows_of(clip, int16=self._manifest.int16)
        )
        pictures = _pictures(windows)
        while some := list(islice(pictures, self._batch)):
            found = self.embed_pictures(np.stack([picture for _, picture in some]))
            for (which, _), vector in zip(some, found, strict=True):
                summed[which] += vector
        return unit_rows(summed)

    def embed_pictures(self, pictures: Features) -> Vectors:
        """One unit vector per log-mel picture, shape (pictures, frames, bands)."""
        found = unit_rows(self._tower({self._manifest.audio.input: pictures[:, None]}))
        check_width(found, self._manifest)
        return found


class TextHalf:
    """From texts to vectors. Raises BackendUnavailableError for missing or damaged files."""

    def __init__(self, folder: Path, manifest: Manifest, *, threads: int) -> None:
        card, words = manifest.text, manifest.tokenizer
        check_file(folder, words.file, manifest.files[words.file])
        check_tower_files(folder, manifest, card.file)
        self._manifest = manifest
        self.encoder = read_tokenizer(
            folder / words.file,
            vocabulary=words.vocabulary,
            canaries=words.canaries,
            most_tokens=words.most_tokens,
        )
        self._tower = OnnxTower(
            folder / card.file,
            inputs=(card.input,) if card.mask is None else (card.input, card.mask),
            output=card.output,
            threads=threads,
            lean=True,
        )
        self._batch = TEXT_BATCH if manifest.precision == "fp32" else 1

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, the same alone and in any list: texts of one length go
        together, none is padded."""
        found = np.zeros((len(texts), self._manifest.dimension), np.float32)
        by_length: dict[int, list[tuple[int, list[int]]]] = {}
        for row, text in enumerate(texts):
            ids = self.encoder.ids(text)
            by_length.setdefault(len(ids), []).append((row, ids))
        for group in by_length.values():
            for start in range(0, len(group), self._batch):
                some = group[start : start + self._batch]
                vectors = unit_rows(self._read(np.array([ids for _, ids in some], np.int64)))
                check_width(vectors, self._manifest)
                found[[row for row, _ in some]] = vectors
        return found

    def _read(self, ids: np.ndarray) -> Vectors:
        card = self._manifest.text
        feeds = {card.input: ids}
        if card.mask is not None:
            feeds[card.mask] = np.ones_like(ids)
        return self._tower(feeds)


def check_tower_files(folder: Path, manifest: Manifest, file: str) -> None:
    """Check a network's file and the weights beside it (``text.onnx.data``)."""
    for name, wanted in manifest.files.items():
        if name == file or name.startswith(f"{file}."):
            check_file(folder, name, wanted)


def check_width(vectors: Vectors, manifest: Manifest) -> None:
    """Raise BackendUnavailableError where a network gives vectors of another length."""
    if vectors.ndim != 2 or vectors.shape[1] != manifest.dimension:
        raise BackendUnavailableError(
            f"{manifest.name} must give vectors of {manifest.dimension} values, "
            f"got shape {vectors.shape}"
        )


def unit_rows(rows: Vectors) -> Vectors:
    """Rows of length 1; zero rows stay."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=-1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def _pictures(windows: Iterable[tuple[int, Mono]]) -> Iterator[tuple[int, Features]]:
    """Log-mel pictures in order, the next ones drawn while the present one is looked at."""
    waiting: deque[tuple[int, Future[Features]]] = deque()
    with ThreadPoolExecutor(1) as pool:
        for which, window in windows:
            waiting.append((which, pool.submit(log_mel, window)))
            if len(waiting) > _MELS_AHEAD:
                yield _drawn(waiting)
        while waiting:
            yield _drawn(waiting)


def _drawn(waiting: deque[tuple[int, Future[Features]]]) -> tuple[int, Features]:
    which, picture = waiting.popleft()
    return which, picture.result()
