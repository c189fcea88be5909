"""Fetches ready-made models: pinned, resumable, kept only when they prove right."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from src.core.digests import FileDigest, digest_of
from src.core.downloads import Download, DownloadMeter, fetch
from src.core.errors import BackendUnavailableError, ConflictError
from src.core.progress import Progress, silent
from src.embeddings.clap.canaries import new_canaries
from src.embeddings.clap.manifest import (
    MANIFEST,
    AudioTower,
    Manifest,
    Precision,
    TextTower,
    TokenizerCard,
    VectorCanaries,
    write_manifest,
)
from src.embeddings.clap.tokens import ROBERTA_CANARIES, ROBERTA_VOCABULARY
from src.embeddings.clap.towers import AudioHalf, TextHalf

HUB = "https://huggingface.co"


@dataclass(frozen=True)
class RemoteFile:
    """A file of the hub. wanted: its digest, where we know it"""

    path: str
    name: str
    expected: FileDigest | None


@dataclass(frozen=True)
class ReadyModel:
    """A model that lies ready on the hub.

    tokenizer: what its tokenizer must be; its digest is noted at the first download
    """

    name: str
    precision: Precision
    repository: str
    licence: str
    logit_scale: float
    files: tuple[RemoteFile, ...]
    audio: AudioTower
    text: TextTower
    dimension: int = 512
    vocabulary: int = ROBERTA_VOCABULARY
    canaries: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: dict(ROBERTA_CANARIES))

    @property
    def size_bytes(self) -> int:
        """What is known of its size."""
        return sum(one.expected.size_bytes for one in self.files if one.expected is not None)


READY_MODELS: Mapping[str, ReadyModel] = {
    "xenova/clap-htsat-unfused:int8": ReadyModel(
        name="clap-htsat-unfused-xenova",
        precision="int8",
        repository="Xenova/clap-htsat-unfused",
        licence="Apache-2.0",
        logit_scale=100.0,
        files=(
            RemoteFile(
                "onnx/audio_model_quantized.onnx",
                "audio.onnx",
                FileDigest(
                    "3fcff2c8824e7bcb83a983f2a49edab3b60cbcf4872ac70efee517355173bd1f",
                    34_301_667,
                ),
            ),
            RemoteFile(
                "onnx/text_model_quantized.onnx",
                "text.onnx",
                FileDigest(
                    "1a3df8b197e249816e08415fd040434c44762b2eea7eb7bf8a48a0f0bf3c14e5",
                    126_603_263,
                ),
            ),
            RemoteFile("tokenizer.json", "tokenizer.json", None),
        ),
        audio=AudioTower("audio.onnx"),
        text=TextTower("text.onnx"),
    ),
}
"""What ``models pull`` knows. logit_scale is the cap that LAION trains towards."""


def pull(model: ReadyModel, models: Path, *, hub: str = HUB, progress: Progress = silent) -> Path:
    """Fetch a model into ``models``; its folder. Takes up where an earlier try broke off.

    Files with a pinned digest must have it; the tokenizer must know RoBERTa's vocabulary and
    encode two texts as RoBERTa does. Then both towers must load and give vectors of the right
    length; their vectors of made sounds are noted, so that a later change is noticed.

    Raises ConflictError where it is there already, BackendUnavailableError where the hub can't
    be reached or a file is not what it must be (that file is not kept).
    """
    target = models / f"{model.name}-{model.precision}"
    if (target / MANIFEST).is_file():
        raise ConflictError(f"{target} is there already")
    waiting = models / f".pull-{target.name}"
    waiting.mkdir(parents=True, exist_ok=True)
    meter = DownloadMeter(progress, model.size_bytes)
    with httpx.Client(follow_redirects=True, timeout=30.0) as client:
        for one in model.files:
            url = f"{hub}/{model.repository}/resolve/main/{one.path}"
            fetch(client, Download(url, waiting / one.name, one.expected), meter)
    progress("checking what came", 0, 0)
    _prove(model, waiting)
    waiting.rename(target)
    return target


def _prove(model: ReadyModel, folder: Path) -> None:
    """Load everything once and write the manifest. What fails the check goes."""
    draft = Manifest(
        name=model.name,
        precision=model.precision,
        dimension=model.dimension,
        source=f"{HUB}/{model.repository}",
        licence=model.licence,
        logit_scale=model.logit_scale,
        audio=model.audio,
        text=model.text,
        tokenizer=TokenizerCard(vocabulary=model.vocabulary, canaries=model.canaries),
        files={one.name: digest_of(folder / one.name) for one in model.files},
        canaries=VectorCanaries("download", -1.0, {}, {}),
    )
    try:
        audio = AudioHalf(folder, draft, threads=1)
        text = TextHalf(folder, draft, threads=1)
        canaries = new_canaries(
            audio.embed, text.embed, origin="download", precision=model.precision
        )
    except BackendUnavailableError:
        for one in model.files:
            if one.expected is None:  # nothing but this check tells whether it is right
                (folder / one.name).unlink(missing_ok=True)
        raise
    write_manifest(folder, replace(draft, canaries=canaries))
