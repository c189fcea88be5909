"""CLAP's two networks with all that stands before and behind them.

Windows and texts go through one by one: on a CPU larger batches save no time for sound and cost
100 MB a window, and a row of a batch differs in its last bits from the same row alone (of int8,
in more), so that a stem's vector would depend on its neighbours. Cores are used by processes.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from src.audio.basics.validation import Audio
from src.core.errors import BackendUnavailableError
from src.embeddings.clap.manifest import Manifest, check_file
from src.embeddings.clap.mel import Features, log_mel
from src.embeddings.clap.tokens import read_tokenizer
from src.embeddings.clap.windows import Mono, windows_of
from src.embeddings.onnx_tower import OnnxTower
from src.embeddings.protocol import Vectors

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

    def embed(self, clips: Sequence[Audio]) -> Vectors:
        """Embed clips, one unit vector each, the same bytes alone and in any list."""
        summed = np.zeros((len(clips), self._manifest.dimension), np.float32)
        windows = (
            (which, window)
            for which, clip in enumerate(clips)
            for window in windows_of(clip, int16=self._manifest.int16)
        )
        for which, picture in _pictures(windows):
            summed[which] += self.embed_picture(picture)
        return unit_rows(summed)

    def embed_picture(self, picture: Features) -> Vectors:
        """Embed one log-mel picture, shape (frames, bands), to a unit vector."""
        return _row(self._tower({self._manifest.audio.input: picture[None, None]}), self._manifest)


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
            lean=manifest.precision == "fp32",
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, one unit vector each, never padded."""
        found = np.zeros((len(texts), self._manifest.dimension), np.float32)
        for row, text in zip(found, texts, strict=True):
            row[:] = self._read(np.array([self.encoder.ids(text)], np.int64))
        return found

    def _read(self, ids: np.ndarray) -> Vectors:
        card = self._manifest.text
        feeds = {card.input: ids}
        if card.mask is not None:
            feeds[card.mask] = np.ones_like(ids)
        return _row(self._tower(feeds), self._manifest)


def check_tower_files(folder: Path, manifest: Manifest, file: str) -> None:
    """Check a network's file and the weights beside it (``text.onnx.data``)."""
    for name, expected in manifest.files.items():
        if name == file or name.startswith(f"{file}."):
            check_file(folder, name, expected)


def unit_rows(rows: Vectors) -> Vectors:
    """Rows of length 1; zero rows stay."""
    lengths = np.linalg.norm(rows.astype(np.float64), axis=-1, keepdims=True)
    scaled: Vectors = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def _row(vectors: Vectors, manifest: Manifest) -> Vectors:
    """Take the one vector that a network gave, at length 1."""
    if vectors.shape != (1, manifest.dimension):
        raise BackendUnavailableError(
            f"{manifest.name} must give one vector of {manifest.dimension} values, "
            f"got shape {vectors.shape}"
        )
    only: Vectors = unit_rows(vectors)[0]
    return only


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
