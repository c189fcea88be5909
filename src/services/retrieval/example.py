"""Search by example: a sound that somebody brings, and what of it counts."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from src.analysis import StemNames, analyse
from src.audio.analysis.aspects import ASPECTS, SoundFeatures, aspect_size, aspect_vectors
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.errors import InvalidInputError, UnreadableAudioError
from src.db.database import Database
from src.db.index.aspect_index import AspectIndex, AspectRow, Vectors
from src.db.index.library_index import LibraryIndex
from src.services.retrieval.directions import Example, Scores
from src.services.retrieval.query import SearchPage, SearchQuery
from src.storage.decode import read_audio

OVERALL = "overall"
EXAMPLE_ASPECTS = (OVERALL, *ASPECTS)
"""What of an example counts: all that the embedder hears, or one aspect."""

LONGEST_S = 120.0
"""Longest sound that is taken as an example, in seconds."""

_NEUTRAL_NAME = "example.wav"


@dataclass(frozen=True)
class AspectPointing:
    """Points to sounds that are alike in one aspect. vector: shape (dimension,)"""

    aspects: AspectIndex
    vector: NDArray[np.float32]

    def nearest(self, index: LibraryIndex, mask: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
        """Find the best candidates among the allowed slots, in no order."""
        slots = np.flatnonzero(mask)
        if slots.size <= count:
            return slots
        alike = self.cosines(index, slots)
        return slots[np.argpartition(-alike, count - 1)[:count]]

    def part(self, index: LibraryIndex, slots: NDArray[np.intp]) -> Scores:
        """Rate how alike sounds are, 0..1, shape (slots,)."""
        alike: Scores = np.clip(self.cosines(index, slots), 0.0, 1.0)
        return alike

    def cosines(self, index: LibraryIndex, slots: NDArray[np.intp]) -> Scores:
        """Compute the cosines in this aspect, shape (slots,)."""
        vectors = self.aspects.aligned(index.ids, index.seq)
        cosines: Scores = (vectors[slots] @ self.vector).astype(np.float64)
        return cosines


class PageFinder(Protocol):
    """The part of the search that is needed here."""

    def find(self, query: SearchQuery, *, example: Example | None = None) -> SearchPage: ...


class ExampleService:
    """Finds what resembles a sound."""

    def __init__(self, database: Database, search: PageFinder) -> None:
        self._search = search
        self._aspects = {
            name: AspectIndex(database, aspect_size(name), _maker(name)) for name in ASPECTS
        }
        self._lock = threading.Lock()

    def find_file(self, path: Path, query: SearchQuery, *, aspect: str = OVERALL) -> SearchPage:
        """Find what resembles a file. Raises UnreadableAudioError, and what ``find`` raises."""
        try:
            audio = read_audio(path, sample_rate=PROJECT_SAMPLE_RATE, max_s=LONGEST_S).audio
        except UnreadableAudioError as error:
            # where an upload lies for the moment is nobody's business
            said = error.message.replace(str(path), "the file").replace(path.name, "the file")
            raise UnreadableAudioError(said, reason=error.reason) from error
        return self.find(audio, query, aspect=aspect)

    def find(self, audio: Audio, query: SearchQuery, *, aspect: str = OVERALL) -> SearchPage:
        """Find what resembles a sound. audio: float32 at 48 kHz, shape (channels, samples).

        Raises InvalidInputError for an unknown aspect, UnreadableAudioError for silence, and
        what ``SearchService.find`` raises.
        """
        if aspect not in EXAMPLE_ASPECTS:
            reported = ", ".join(EXAMPLE_ASPECTS)
            raise InvalidInputError(f"aspect must be one of {reported}, got {aspect!r}")
        if audio.size == 0 or not np.abs(audio).max() > 1e-5:
            raise UnreadableAudioError("the example is silent", reason="silent")
        digest = hashlib.blake2b(audio.tobytes(), digest_size=8).hexdigest() + aspect
        if aspect == OVERALL:
            example = Example(digest, analysed=lambda embedder: embedder.embed_audio([audio]))
            return self._search.find(query, example=example)
        facts = analyse(audio, StemNames(_NEUTRAL_NAME), sample_rate=PROJECT_SAMPLE_RATE)
        analysed = _analysed(facts.features, facts.bpm, facts.analysis.get("matching"))
        vector = aspect_vectors([analysed], aspect)[0]
        with self._lock:
            pointing = AspectPointing(self._aspects[aspect], vector)
            return self._search.find(query, example=Example(digest, pointing=pointing))


def _maker(aspect: str) -> Vectors:
    def make(rows: Sequence[AspectRow]) -> NDArray[np.float32]:
        return aspect_vectors(
            [_analysed(row.features, row.bpm, row.matching) for row in rows], aspect
        )

    return make


def _analysed(
    features: dict[str, float], bpm: float | None, matching: dict[str, object] | None
) -> SoundFeatures:
    noted = matching or {}
    groove, chroma = noted.get("groove", ()), noted.get("chroma", ())
    return SoundFeatures(
        features,
        bpm,
        groove if isinstance(groove, list) else (),
        chroma if isinstance(chroma, list) else (),
    )
