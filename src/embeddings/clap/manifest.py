"""What lies beside CLAP's weights and says all about them: ``manifest.json``."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from src.core.digests import FileDigest, digest_of
from src.core.errors import BackendUnavailableError
from src.core.progress import Progress, silent
from src.embeddings.clap.mel import (
    BANDS,
    FFT_SAMPLES,
    HIGHEST_HZ,
    HOP_SAMPLES,
    LOWEST_HZ,
    WINDOW_SAMPLES,
)
from src.embeddings.clap.windows import PREPARATION
from src.storage.atomic import write_json

MANIFEST = "manifest.json"
FORMAT = 1

Precision = Literal["fp32", "int8"]

MEL = {
    "version": 1,
    "sample_rate": 48_000,
    "window_samples": WINDOW_SAMPLES,
    "n_fft": FFT_SAMPLES,
    "hop": HOP_SAMPLES,
    "bands": BANDS,
    "lowest_hz": LOWEST_HZ,
    "highest_hz": HIGHEST_HZ,
    "scale": "slaney",
}
"""The one mel front-end that we have; a manifest that asks for another is refused."""


@dataclass(frozen=True)
class AudioTower:
    """inputs, outputs as the ONNX file names them; input of shape (batch, 1, frames, bands)."""

    file: str
    input: str = "input_features"
    output: str = "audio_embeds"


@dataclass(frozen=True)
class TextTower:
    """mask: name of the attention mask; None where the file takes none"""

    file: str
    input: str = "input_ids"
    mask: str | None = "attention_mask"
    output: str = "text_embeds"


@dataclass(frozen=True)
class TokenizerCard:
    """vocabulary: how many tokens it must know; canaries: text -> ids that it must give"""

    vocabulary: int
    canaries: Mapping[str, tuple[int, ...]]
    file: str = "tokenizer.json"
    most_tokens: int = 77


@dataclass(frozen=True)
class VectorCanaries:
    """Vectors that the towers must still give, by text and by the name of a made sound.

    origin: who computed them: "export" (compared with the original model) or "download"
    least_cosine: how near a vector must come
    """

    origin: str
    least_cosine: float
    audio: Mapping[str, tuple[float, ...]]
    text: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True)
class Manifest:
    """One CLAP at one precision.

    int16: whether sound is rounded to 16 bit first, as LAION's checkpoints expect
    logit_scale: by which cosines are multiplied before a softmax
    files: every file of the folder but the manifest
    """

    name: str
    precision: Precision
    dimension: int
    source: str
    licence: str
    logit_scale: float
    audio: AudioTower
    text: TextTower
    tokenizer: TokenizerCard
    files: Mapping[str, FileDigest]
    canaries: VectorCanaries
    int16: bool = True
    mel: Mapping[str, Any] = field(default_factory=lambda: dict(MEL))
    made_with: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def size_bytes(self) -> int:
        """Of all files together."""
        return sum(one.size_bytes for one in self.files.values())

    @cached_property
    def model_id(self) -> str:
        """Name, precision and a digest of all that a vector depends on."""
        rests_on = {
            "files": {name: one.sha256 for name, one in sorted(self.files.items())},
            "towers": [asdict(self.audio), asdict(self.text)],
            "mel": dict(self.mel),
            "int16": self.int16,
            "preparation": PREPARATION,
            "precision": self.precision,
        }
        text = json.dumps(rests_on, sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        return f"clap-{self.name[:80]}-{self.precision}-{digest}"


_MANIFESTS = TypeAdapter(Manifest)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a model's folder.

    Raises BackendUnavailableError where it is missing, makes no sense, or asks for a front-end
    that we don't have.
    """
    path = folder / MANIFEST
    try:
        found = _MANIFESTS.validate_json(path.read_bytes())
    except OSError as error:
        raise BackendUnavailableError(f"{path} can't be read: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BackendUnavailableError(f"{path} makes no sense at {where!r}: {first['msg']}") from (
            error
        )
    if found.format != FORMAT:
        raise BackendUnavailableError(f"{path} must have format {FORMAT}, got {found.format}")
    if dict(found.mel) != MEL:
        raise BackendUnavailableError(f"{path} asks for another mel front-end than ours: {MEL}")
    for name in (found.audio.file, found.text.file, found.tokenizer.file, *found.files):
        if Path(name).name != name or name not in found.files:
            raise BackendUnavailableError(f"{path} names {name!r}, which is no file of this folder")
    return found


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it whole or not at all."""
    write_json(folder / MANIFEST, _MANIFESTS.dump_python(manifest, mode="json"))


def check_file(folder: Path, name: str, expected: FileDigest) -> None:
    """Refuse a file that is not what the manifest says.

    Raises BackendUnavailableError that names the file and both digests or sizes.
    """
    path = folder / name
    try:
        size = path.stat().st_size
        if size != expected.size_bytes:
            raise BackendUnavailableError(
                f"{path} is damaged: it must have {expected.size_bytes} bytes, got {size}"
            )
        found = digest_of(path).sha256
    except OSError as error:
        raise BackendUnavailableError(f"{path} can't be read: {error.strerror}") from error
    if found != expected.sha256:
        raise BackendUnavailableError(
            f"{path} is damaged: its SHA-256 must be {expected.sha256}, got {found}"
        )


def check_files(folder: Path, manifest: Manifest, progress: Progress = silent) -> None:
    """Check every file of a model. Raises BackendUnavailableError for the first bad one."""
    for done, (name, expected) in enumerate(sorted(manifest.files.items())):
        progress("checking files", done, len(manifest.files))
        check_file(folder, name, expected)
    progress("checking files", len(manifest.files), len(manifest.files))
