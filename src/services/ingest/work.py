"""What worker processes do with one file, and with one batch of stems."""

import os
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.errors import GenerationFailedError, UnreadableAudioError
from src.embeddings.protocol import Embedder, Vectors
from src.services.ingest.contents import BUSY, Content, Failure, Taken
from src.services.ingest.scan import FoundFile
from src.storage.decode import DecodedAudio, read_audio, read_stem
from src.storage.encode import write_wav
from src.storage.fingerprint import content_hash
from src.storage.metadata import read_metadata
from src.storage.paths import shown
from src.storage.stem_copies import copy_in

if TYPE_CHECKING:
    from src.analysis import StemFacts, StemNames
    from src.core.config import Settings

SHORTEST_S = 0.005
"""Anything shorter is a click, not a sound; a hi-hat of 30 ms is one."""

SILENCE_DBFS = -90.0
"""A file that never swings further than this is silent, whatever its offset."""

REPORTED_OVERSHOOT_DB = 1.0
"""Peaks that far above full scale are reported; resampling a loud sound alone gives some tenths."""


class Analyse(Protocol):
    """Finds out about a sound; a function of a module, so that workers can import it."""

    def __call__(
        self,
        audio: Audio,
        names: "StemNames",
        *,
        sample_rate: int,
    ) -> "StemFacts": ...


@dataclass(frozen=True)
class Analysis:
    """A way to find out about sounds, and the name of what it knows."""

    analyse: Analyse
    version: str


@runtime_checkable
class EmbedsFeatures(Protocol):
    """An embedder that can start from the analysis' descriptors instead of hearing again."""

    def embed_features(self, features: Sequence[Mapping[str, float]]) -> Vectors:
        """Embed sets of descriptors, one unit vector each."""
        ...


Stems = Mapping[str, Mapping[str, float] | None]
"""Stems to embed together: by id the descriptors of the whole sound; None: it must be heard."""


def fingerprint(found: FoundFile) -> str | Failure:
    """Digest a file's bytes."""
    try:
        return content_hash(found.path)
    except UnreadableAudioError as error:
        return _failure(found, error)


def taking_in(settings: "Settings", analyse: Analyse) -> Callable[[Content], Taken | Failure]:
    """Build what the workers of a library take contents in with."""
    return partial(take_in, copies=settings.stems_path, max_s=settings.max_stem_s, analyse=analyse)


def take_in(content: Content, *, copies: Path, max_s: float, analyse: Analyse) -> Taken | Failure:
    """Decode, check, standardise, analyse: all that is done with a new content.

    Its first file is read. copies: the folder in which its standardised copy is written
    """
    from src.analysis import StemNames  # late, since it brings the whole of SciPy

    found = content.files[0]
    try:
        decoded = read_audio(found.path, sample_rate=PROJECT_SAMPLE_RATE, max_s=max_s)
        check_usable(decoded.audio)
        metadata = read_metadata(found.path)
    except UnreadableAudioError as error:
        return _failure(found, error)
    except MemoryError:
        return Failure("too_big", "it needs more memory than there is")
    if _changed(found):
        return Failure(BUSY, "it changed while it was being read")
    audio, scaled = standardised(decoded)
    names = StemNames(found.hint_path, metadata)
    facts = analyse(audio, names, sample_rate=PROJECT_SAMPLE_RATE)
    write_wav(copy_in(copies, content.stem_id), audio, sample_rate=PROJECT_SAMPLE_RATE)
    return Taken(
        facts=facts,
        duration_s=audio.shape[1] / PROJECT_SAMPLE_RATE,
        channels=audio.shape[0],
        original_sample_rate=decoded.original_sample_rate,
        licence=metadata.licence,
        warnings=decoded.warnings + scaled,
        whole=not decoded.warnings,
    )


def check_usable(audio: Audio) -> None:
    """Refuse what holds no sound: too short, or silent in all channels.

    Raises UnreadableAudioError with reason "no_samples", "too_short" or "silent".
    """
    length_s = audio.shape[1] / PROJECT_SAMPLE_RATE
    if audio.shape[1] == 0:
        raise UnreadableAudioError("it holds no samples", reason="no_samples")
    if length_s < SHORTEST_S:
        raise UnreadableAudioError(
            f"it must last at least {SHORTEST_S * 1e3:g} ms, got {length_s * 1e3:.2f} ms",
            reason="too_short",
        )
    swing = float((audio.max(axis=1) - audio.min(axis=1)).max()) / 2
    if swing < 10 ** (SILENCE_DBFS / 20):
        raise UnreadableAudioError(
            f"it is silent: it never swings beyond {SILENCE_DBFS:g} dBFS", reason="silent"
        )


def standardised(decoded: DecodedAudio) -> tuple[Audio, tuple[str, ...]]:
    """Convert a sound to the form that is stored, and list what had to be done to it.

    Peaks beyond full scale (float files, overshoot of resampling) would be clipped in
    24 bit: the whole sound is turned down instead, so that its shape stays.
    """
    peak = float(np.abs(decoded.audio).max(initial=0.0))
    if peak <= 1.0:
        return decoded.audio, ()
    turned_down = decoded.audio / np.float32(peak)
    over_db = 20 * np.log10(peak)
    if over_db < REPORTED_OVERSHOOT_DB:
        return turned_down, ()
    return turned_down, (f"turned down by {over_db:.1f} dB to fit full scale",)


def embed(stems: Stems, *, embedder: bytes, copies: Path) -> Vectors:
    """Embed stems, one vector each, in their order.

    embedder: pickled, so that a worker builds it only once; copies: where the copies lie

    Descriptors serve an embedder that makes use of them, where every stem has them.
    Raises GenerationFailedError for a vector that says nothing: zero or not finite.
    """
    own = _embedder(embedder)
    described = [one for one in stems.values() if one is not None]
    if described and len(described) == len(stems) and isinstance(own, EmbedsFeatures):
        found = own.embed_features(described)
    else:
        found = own.embed_audio([read_stem(copy_in(copies, one)) for one in stems])
    vectors = np.asarray(found, dtype=np.float32)
    check_vectors(vectors, count=len(stems), dimension=own.dimension)
    return vectors


def check_vectors(vectors: Vectors, *, count: int, dimension: int) -> None:
    """Refuse vectors that would be stored as if they meant something.

    Raises GenerationFailedError that names the shape or the row.
    """
    if vectors.shape != (count, dimension):
        raise GenerationFailedError(
            f"vectors must have shape ({count}, {dimension}), got {vectors.shape}"
        )
    lengths = np.linalg.norm(vectors, axis=1)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths < 0.5))
    if bad.size:
        raise GenerationFailedError(f"vector {bad[0]} has length {lengths[bad[0]]}, not 1")


@lru_cache(maxsize=1)
def _embedder(pickled: bytes) -> Embedder:
    embedder: Embedder = pickle.loads(pickled)
    return embedder


def _changed(found: FoundFile) -> bool:
    try:
        state = os.stat(found.path)
    except OSError:
        return True
    return (state.st_size, state.st_mtime_ns) != found.stamp


def _failure(found: FoundFile, error: UnreadableAudioError) -> Failure:
    if not os.path.lexists(found.path):
        return Failure(BUSY, "it went while the import was running")
    if os.path.exists(found.path) and _changed(found):
        return Failure(BUSY, "it changed while it was being read")
    # Rows must not depend on where the library lies, so the path stays out of the reason.
    return Failure(error.reason, error.message.replace(shown(found.path), "it"))


def batch_values(taken: Sequence[Taken]) -> int:
    """Count the values that the stems hold together, for limits on memory."""
    return sum(round(one.duration_s * PROJECT_SAMPLE_RATE) * one.channels for one in taken)


def own_analysis() -> Analysis:
    """Return the project's own analysis; imported late, since it brings the whole of SciPy."""
    from src.analysis import ANALYSIS_VERSION, analyse

    return Analysis(analyse, ANALYSIS_VERSION)
