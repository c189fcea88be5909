"""What worker processes do with one file, and with one batch of stems."""

import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from src.audio.basics.validation import HOUSE_RATE, Audio
from src.core.errors import GenerationFailedError, UnreadableAudioError
from src.embeddings.protocol import Embedder, Vectors
from src.storage.decode import DecodedAudio, read_audio, read_stem
from src.storage.encode import write_wav
from src.storage.fingerprint import content_hash
from src.storage.metadata import read_metadata
from src.storage.paths import shown

if TYPE_CHECKING:
    from src.analysis import StemFacts, StemNames

SHORTEST_S = 0.005
"""Anything shorter is a click, not a sound; a hi-hat of 30 ms is one."""

SILENCE_DBFS = -90.0
"""A file that never swings further than this is silent, whatever its offset."""


HEARD_WHOLE_S = 30.0
"""Of longer sounds the analysis hears a part, while an embedder hears them whole."""

TOLD_OVERSHOOT_DB = 1.0
"""Peaks that far above full scale are told; resampling a loud sound alone gives some tenths."""


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


@dataclass(frozen=True)
class FileTask:
    """A file to look at. size_bytes, modified_ns: as the scan saw it."""

    path: Path
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True)
class StemTask:
    """A file to take in. hint_path: its name and folders, for hints; target: the copy to write."""

    file: FileTask
    hint_path: str
    target: Path
    max_s: float
    analyse: Analyse


@dataclass(frozen=True)
class Refused:
    """A file that is no usable sound, and why."""

    reason: str
    message: str


@dataclass(frozen=True)
class Postponed:
    """A file that changed or went while it was being read; the next import looks again."""

    message: str


@dataclass(frozen=True)
class Taken:
    """A sound that was standardised and analysed.

    whole: False where the file was cut short
    """

    facts: "StemFacts"
    duration_s: float
    channels: int
    original_sample_rate: int
    licence: str | None = None
    warnings: tuple[str, ...] = ()
    whole: bool = True

    @property
    def described(self) -> Mapping[str, float] | None:
        """Descriptors of the whole sound; None where only a part of it was heard."""
        return self.facts.features if self.duration_s <= HEARD_WHOLE_S else None


@runtime_checkable
class EmbedsFeatures(Protocol):
    """An embedder that can start from the analysis' descriptors instead of hearing again."""

    def embed_features(self, features: Sequence[Mapping[str, float]]) -> Vectors:
        """One unit vector per set of descriptors."""
        ...


@dataclass(frozen=True)
class EmbedTask:
    """Stems to embed together. embedder: pickled, so that a worker builds it only once.

    features: their descriptors, for embedders that make use of them; None where the
    analysis did not hear the whole sound
    """

    embedder: bytes = field(repr=False)
    paths: tuple[Path, ...]
    features: tuple[Mapping[str, float] | None, ...] = ()


def fingerprint(task: FileTask) -> str | Refused | Postponed:
    """The digest of a file's bytes."""
    try:
        return content_hash(task.path)
    except UnreadableAudioError as error:
        return _refusal(task, error)


def take_in(task: StemTask) -> Taken | Refused | Postponed:
    """Decode, check, standardise, analyse: all that is done with a new file."""
    from src.analysis import StemNames  # late, since it brings the whole of SciPy

    try:
        decoded = read_audio(task.file.path, sample_rate=HOUSE_RATE, max_s=task.max_s)
        check_usable(decoded.audio)
        metadata = read_metadata(task.file.path)
    except UnreadableAudioError as error:
        return _refusal(task.file, error)
    except MemoryError:
        return Refused("too_big", "it needs more memory than there is")
    if _changed(task.file):
        return Postponed("it changed while it was being read")
    audio, scaled = standardised(decoded)
    facts = task.analyse(audio, StemNames(task.hint_path, metadata), sample_rate=HOUSE_RATE)
    write_wav(task.target, audio, sample_rate=HOUSE_RATE)
    return Taken(
        facts=facts,
        duration_s=audio.shape[1] / HOUSE_RATE,
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
    length_s = audio.shape[1] / HOUSE_RATE
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
    """The sound as it is stored, and what had to be done to it.

    Peaks beyond full scale (float files, overshoot of resampling) would be clipped in
    24 bit: the whole sound is turned down instead, so that its shape stays.
    """
    peak = float(np.abs(decoded.audio).max(initial=0.0))
    if peak <= 1.0:
        return decoded.audio, ()
    turned_down = decoded.audio / np.float32(peak)
    over_db = 20 * np.log10(peak)
    if over_db < TOLD_OVERSHOOT_DB:
        return turned_down, ()
    return turned_down, (f"turned down by {over_db:.1f} dB to fit full scale",)


def embed(task: EmbedTask) -> Vectors:
    """One vector per stem, in their order.

    Raises GenerationFailedError for a vector that says nothing: zero or not finite.
    """
    embedder = _embedder(task.embedder)
    described = [one for one in task.features if one is not None]
    if described and len(described) == len(task.paths) and isinstance(embedder, EmbedsFeatures):
        found = embedder.embed_features(described)
    else:
        found = embedder.embed_audio([read_stem(path) for path in task.paths])
    vectors = np.asarray(found, dtype=np.float32)
    check_vectors(vectors, count=len(task.paths), dimension=embedder.dimension)
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


def _changed(file: FileTask) -> bool:
    try:
        state = os.stat(file.path)
    except OSError:
        return True
    return (state.st_size, state.st_mtime_ns) != (file.size_bytes, file.modified_ns)


def _refusal(file: FileTask, error: UnreadableAudioError) -> Refused | Postponed:
    if not os.path.lexists(file.path):
        return Postponed("it went while the import was running")
    if os.path.exists(file.path) and _changed(file):
        return Postponed("it changed while it was being read")
    # Rows must not depend on where the library lies, so the path stays out of the reason.
    return Refused(error.reason, error.message.replace(shown(file.path), "it"))


def batch_values(taken: Sequence[Taken]) -> int:
    """How many values the stems hold together, for limits on memory."""
    return sum(round(one.duration_s * HOUSE_RATE) * one.channels for one in taken)


def own_analysis() -> Analysis:
    """The house's own analysis; imported late, since it brings the whole of SciPy."""
    from src.analysis import ANALYSIS_VERSION, analyse

    return Analysis(analyse, ANALYSIS_VERSION)
