"""Fetches ready-made models: pinned, resumable, kept only when they prove right."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from src.core.errors import BackendUnavailableError, ConflictError
from src.core.progress import Progress, silent
from src.embeddings.clap.canaries import new_canaries
from src.embeddings.clap.manifest import (
    MANIFEST,
    AudioTower,
    FileDigest,
    Manifest,
    Precision,
    TextTower,
    TokenizerCard,
    VectorCanaries,
    digest_of,
    write_manifest,
)
from src.embeddings.clap.tokens import ROBERTA_CANARIES, ROBERTA_VOCABULARY
from src.embeddings.clap.towers import AudioHalf, TextHalf

HUB = "https://huggingface.co"
MOST_TRIES = 5
MOST_BYTES_UNPINNED = 16 * 2**20
"""Longest file that is taken without knowing its size (a tokenizer has 2 MB)."""

STAGE = "downloading"


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
    meter = _Meter(progress, model.size_bytes)
    with httpx.Client(follow_redirects=True, timeout=30.0) as client:
        for one in model.files:
            url = f"{hub}/{model.repository}/resolve/main/{one.path}"
            _fetch(client, _DownloadRequest(url, waiting / one.name, one.expected), meter)
    progress("checking what came", 0, 0)
    _prove(model, waiting)
    waiting.rename(target)
    return target


@dataclass(frozen=True)
class _DownloadRequest:
    """A file to fetch. wanted: what it must be, where that is known"""

    url: str
    target: Path
    expected: FileDigest | None

    @property
    def part(self) -> Path:
        """Where its beginning lies until it is whole."""
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def most_bytes(self) -> int:
        return MOST_BYTES_UNPINNED if self.expected is None else self.expected.size_bytes

    def here(self) -> int:
        """Count the bytes that came already; without a known size it starts afresh."""
        if self.expected is None or not self.part.is_file():
            return 0
        return self.part.stat().st_size


@dataclass
class _Meter:
    """Counts the bytes of all files together."""

    progress: Progress
    total: int
    finished: int = 0

    def tell(self, present: int) -> None:
        done = self.finished + present
        self.progress(STAGE, done, max(self.total, done))


def _fetch(client: httpx.Client, request: _DownloadRequest, meter: _Meter) -> None:
    """Fetch one file, tried several times, each time from where the last one broke off."""
    if not request.target.is_file():  # it has its name only since it was proved
        broken = httpx.TransportError("no answer")
        for _ in range(MOST_TRIES):
            try:
                _receive(client, request, meter)
                break
            except httpx.HTTPStatusError as error:
                raise BackendUnavailableError(
                    f"{request.url} answers {error.response.status_code}"
                ) from error
            except httpx.TransportError as error:
                broken = error
        else:
            raise BackendUnavailableError(
                f"{request.url} broke off {MOST_TRIES} times ({broken}); "
                "what came is kept: try again"
            ) from broken
        _accept(request)
    meter.finished += request.target.stat().st_size


def _receive(client: httpx.Client, request: _DownloadRequest, meter: _Meter) -> None:
    """Ask for what is missing and append it. A server that ignores ranges starts it again."""
    here = request.here()
    if request.expected is not None and here >= request.expected.size_bytes:
        return
    headers = {"Accept-Encoding": "identity"}
    if here:
        headers["Range"] = f"bytes={here}-"
    with client.stream("GET", request.url, headers=headers) as answer:
        answer.raise_for_status()
        goes_on = answer.status_code == httpx.codes.PARTIAL_CONTENT
        if goes_on and not answer.headers.get("Content-Range", "").startswith(f"bytes {here}-"):
            request.part.unlink(missing_ok=True)
            raise httpx.RemoteProtocolError("it answers another range than it was asked for")
        written = here if goes_on else 0
        with request.part.open("ab" if goes_on else "wb") as file:
            for block in answer.iter_raw():
                written += len(block)
                if written > request.most_bytes:
                    break
                file.write(block)
                meter.tell(written)
    if written > request.most_bytes:
        request.part.unlink()
        raise BackendUnavailableError(
            f"{request.url} must have at most {request.most_bytes} bytes, but sends more"
        )


def _accept(request: _DownloadRequest) -> None:
    """Give a file its name, if it is what it must be; else remove it."""
    found = digest_of(request.part)
    if request.expected is not None and found != request.expected:
        request.part.unlink()
        raise BackendUnavailableError(
            f"{request.url} is not what it was: it must have "
            f"{request.expected.size_bytes} bytes and SHA-256 {request.expected.sha256}, "
            f"got {found.size_bytes} and {found.sha256}"
        )
    os.replace(request.part, request.target)


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
