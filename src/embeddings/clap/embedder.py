"""CLAP: sounds and texts in the space that LAION's networks learned, on ONNX Runtime."""

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from src.audio.basics.validation import Audio
from src.core.progress import Progress, silent
from src.embeddings.clap.canaries import check_audio_canaries, check_text_canaries
from src.embeddings.clap.manifest import Manifest, check_files, read_manifest
from src.embeddings.clap.towers import AudioHalf, TextHalf, unit_rows
from src.embeddings.protocol import Vectors
from src.embeddings.zero_shot import Labels, ZeroShot

QUERY_TEMPLATES = ("{}", "the sound of {}", "a recording of {}", "{} sample")
"""What a query is put into; the vectors are averaged. The wording alone is worth points of
accuracy (LAION's zero-shot figures), so no single one decides."""

_KEPT_TEXTS = 4_096


class ClapEmbedder:
    """Vectors by CLAP. Each tower is read, checked and kept when it is first needed.

    folder: one model at one precision, as ``models export`` and ``models pull`` lay it down
    threads: how many one run may use; 1 beside other processes

    A pickled copy takes only the path along: each worker reads its own towers.

    Raises BackendUnavailableError, also at the first use, for files that are missing or damaged.
    """

    def __init__(self, folder: Path, *, threads: int = 1) -> None:
        self._folder = folder
        self._threads = threads
        self._manifest = read_manifest(folder)
        self._lock = threading.Lock()
        self._known: dict[str, Vectors] = {}
        self._audio: AudioHalf | None = None
        self._text: TextHalf | None = None

    def __reduce__(self) -> tuple[Callable[..., "ClapEmbedder"], tuple[Any, ...]]:
        return _reopened, (self._folder, self._threads)

    @property
    def manifest(self) -> Manifest:
        """What is said of its files."""
        return self._manifest

    @property
    def model_id(self) -> str:
        """Names weights, precision, front-end, level, trim, windows and pooling."""
        return self._manifest.model_id

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._manifest.dimension

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        """Embed clips, one unit vector each; at 48 kHz, shape (channels, samples), finite.

        Long ones are heard in up to twelve windows, short ones repeated; level and silence
        around them make no difference. The same clip gives the same bytes alone and in any
        list, and is heard once. Silence gets a vector too.
        """
        rows: dict[bytes, int] = {}
        distinct: list[Audio] = []
        positions = []
        for clip in clips:
            name = blake2b(repr(clip.shape).encode() + clip.tobytes()).digest()
            if name not in rows:
                rows[name] = len(distinct)
                distinct.append(clip)
            positions.append(rows[name])
        analysed: Vectors = self._audio_half().embed(distinct)[positions]
        return analysed

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Embed texts, one unit vector each, over all templates; an empty text gives a zero row."""
        return self.embed_prompts(texts, QUERY_TEMPLATES)

    def embed_prompts(self, texts: Sequence[str], templates: Sequence[str]) -> Vectors:
        """Embed texts as means over templates, each of which holds one ``{}``; unit vectors."""
        plain = [" ".join(text.split()) for text in texts]
        said = [[one.replace("{}", text) for one in templates] if text else [] for text in plain]
        known = self._texts([one for some in said for one in some])
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, some in zip(rows, said, strict=True):
            if some:
                row[:] = np.mean([known[one] for one in some], axis=0)
        return unit_rows(rows)

    def labels(self, vectors: Vectors) -> list[Labels]:
        """Rate which categories and tags each sound could have, by its vector."""
        return self._zero_shot.labels(vectors)

    @cached_property
    def _zero_shot(self) -> ZeroShot:
        return ZeroShot(self, logit_scale=self._manifest.logit_scale)

    def verify(self, progress: Progress = silent) -> None:
        """Check every file, load both towers and compare their known vectors.

        Raises BackendUnavailableError for the first thing that is not as it must be.
        """
        check_files(self._folder, self._manifest, progress)
        progress("comparing known vectors", 0, 2)
        self._audio_half()
        progress("comparing known vectors", 1, 2)
        self._text_half()
        progress("comparing known vectors", 2, 2)

    def _texts(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Vectors by text; those that were asked for before are remembered."""
        text_half = self._text_half()
        with self._lock:
            known = {text: self._known[text] for text in texts if text in self._known}
        new = list(dict.fromkeys(text for text in texts if text not in known))
        found = dict(zip(new, text_half.embed(new), strict=True))
        with self._lock:
            if len(self._known) + len(found) > _KEPT_TEXTS:
                self._known.clear()
            self._known.update(found)
        return known | found

    def _audio_half(self) -> AudioHalf:
        with self._lock:
            if self._audio is None:
                half = AudioHalf(self._folder, self._manifest, threads=self._threads)
                check_audio_canaries(self._manifest.canaries, half.embed)
                self._audio = half
            return self._audio

    def _text_half(self) -> TextHalf:
        with self._lock:
            if self._text is None:
                half = TextHalf(self._folder, self._manifest, threads=self._threads)
                check_text_canaries(self._manifest.canaries, half.embed)
                self._text = half
            return self._text


def _reopened(folder: Path, threads: int) -> ClapEmbedder:
    return ClapEmbedder(folder, threads=threads)
