"""Turns a CLAP in torch into our two ONNX files, and proves that they say the same."""

import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from src.core.digests import digest_of
from src.core.errors import BackendUnavailableError, ConflictError, GenerationFailedError
from src.core.progress import Progress, silent
from src.embeddings.clap.canaries import canary_sounds, check_texts_differ, new_canaries
from src.embeddings.clap.checkpoint import Checkpoint, torch_and_transformers
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
from src.embeddings.clap.mel import Features, log_mel
from src.embeddings.clap.tokens import CANARY_TEXTS, Encoder
from src.embeddings.clap.towers import AudioHalf, TextHalf, unit_rows
from src.embeddings.clap.windows import windows_of
from src.embeddings.protocol import Vectors

LEAST_PARITY: Mapping[Precision, float] = {"fp32": 0.99999, "int8": 0.97}
"""Least cosine between ours and the original. Rounding to eight bits costs some thousandths."""

PARITY_TEXTS = (
    "kick", "a dark, punchy techno kick at 138 BPM", "warm analogue pad, slow attack, wide",
)  # fmt: skip

AUDIO_FILE, TEXT_FILE, TOKENIZER_FILE = "audio.onnx", "text.onnx", "tokenizer.json"
_NO_CANARIES = VectorCanaries("export", -1.0, {}, {})


@dataclass(frozen=True)
class Exported:
    """A model that was written. parity: least cosine with the original, by tower"""

    folder: Path
    manifest: Manifest
    parity: Mapping[str, float]


def export(
    checkpoint: Checkpoint,
    out: Path,
    precisions: Sequence[Precision],
    *,
    progress: Progress = silent,
    replace: bool = False,
) -> list[Exported]:
    """Write ``<name>-<precision>`` folders below ``out``, each whole or not at all.

    Raises ConflictError where one is there already (unless ``replace``), BackendUnavailableError
    where the original's text tower has collapsed, GenerationFailedError where a file would not say
    what the original says: then nothing of it is written.
    """
    targets = {one: out / f"{checkpoint.name}-{one}" for one in precisions}
    taken = [str(path) for path in targets.values() if path.exists()]
    if taken and not replace:
        raise ConflictError(f"{taken[0]} is there already; --force replaces it")
    progress("checking the text tower", 0, 0)
    _check_text_tower(checkpoint)
    out.mkdir(parents=True, exist_ok=True)
    made = []
    steps = 2 + 2 * len(targets)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=out) as work:
        full = Path(work) / "fp32"
        full.mkdir()
        progress("exporting the audio tower", 0, steps)
        _write_audio_tower(checkpoint.model, full / AUDIO_FILE)
        progress("exporting the text tower", 1, steps)
        _write_text_tower(checkpoint.model, full / TEXT_FILE)
        shutil.copyfile(checkpoint.tokenizer, full / TOKENIZER_FILE)
        # int8 first, since fp32 moves away its files
        for number, one in enumerate(sorted(targets, reverse=True)):
            progress(f"making {one}", 2 + 2 * number, steps)
            folder = full if one == "fp32" else _rounded(full, Path(work) / "int8")
            progress(f"comparing {one} with the original", 3 + 2 * number, steps)
            manifest, parity = _proved(checkpoint, folder, one)
            _put(folder, targets[one])
            made.append(Exported(targets[one], manifest, parity))
    progress("exporting", steps, steps)
    return made


def _check_text_tower(checkpoint: Checkpoint) -> None:
    """Refuse a collapsed original before the minutes that an export takes."""
    encoder = _encoder(checkpoint, checkpoint.tokenizer)

    def embed(texts: Sequence[str]) -> Vectors:
        return _torch_text(checkpoint.model, [encoder.ids(text) for text in texts])

    check_texts_differ(embed)


def _put(folder: Path, target: Path) -> None:
    folder.chmod(0o755)
    for file in folder.iterdir():
        file.chmod(0o644)  # whoever runs the server may read it
    if target.exists():
        shutil.rmtree(target)
    folder.rename(target)


def _proved(
    checkpoint: Checkpoint, folder: Path, precision: Precision
) -> tuple[Manifest, dict[str, float]]:
    """Compare the files with the original, then note their canaries beside them."""
    draft = _draft(checkpoint, folder, precision)
    audio, text = AudioHalf(folder, draft, threads=1), TextHalf(folder, draft, threads=1)
    parity = {
        "audio": _least_cosine(_torch_audio(checkpoint.model), _ours(audio)),
        "text": _least_cosine(
            _torch_text(checkpoint.model, [text.encoder.ids(one) for one in PARITY_TEXTS]),
            text.embed(PARITY_TEXTS),
        ),
    }
    for tower, cosine in parity.items():
        if not cosine >= LEAST_PARITY[precision]:
            raise GenerationFailedError(
                f"the {precision} {tower} tower is not the original's: its vectors must come to "
                f"a cosine of {LEAST_PARITY[precision]}, got {cosine:.6f}"
            )
    canaries = new_canaries(audio.embed, text.embed, origin="export", precision=precision)
    manifest = _draft(checkpoint, folder, precision, canaries)
    write_manifest(folder, manifest)
    return manifest, parity


def _draft(
    checkpoint: Checkpoint,
    folder: Path,
    precision: Precision,
    canaries: VectorCanaries = _NO_CANARIES,
) -> Manifest:
    encoder = _encoder(checkpoint, folder / TOKENIZER_FILE)
    return Manifest(
        name=checkpoint.name,
        precision=precision,
        dimension=int(checkpoint.model.config.projection_dim),
        source=checkpoint.source,
        licence=checkpoint.licence,
        logit_scale=round(float(checkpoint.model.logit_scale_a.exp()), 4),
        audio=AudioTower(AUDIO_FILE),
        text=TextTower(TEXT_FILE, mask=None),
        tokenizer=TokenizerCard(
            vocabulary=encoder.vocabulary,
            canaries={text: tuple(encoder.ids(text)) for text in CANARY_TEXTS},
            file=TOKENIZER_FILE,
            most_tokens=_most_tokens(checkpoint.model),
        ),
        files={p.name: digest_of(p) for p in sorted(folder.iterdir()) if p.name != MANIFEST},
        canaries=canaries,
        made_with=_versions(),
    )


def _encoder(checkpoint: Checkpoint, tokenizer: Path) -> Encoder:
    """Read a tokenizer. Raises BackendUnavailableError for another model's."""
    encoder = Encoder(tokenizer, most_tokens=_most_tokens(checkpoint.model))
    wanted = checkpoint.model.config.text_config.vocab_size
    if encoder.vocabulary != wanted:
        raise BackendUnavailableError(
            f"{checkpoint.tokenizer} knows {encoder.vocabulary} tokens, but the model reads "
            f"{wanted}: it is another model's"
        )
    return encoder


def _most_tokens(model: Any) -> int:
    """77, as LAION's package cuts; fewer where the tower has fewer positions."""
    return min(77, int(model.config.text_config.max_position_embeddings) - 2)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {name: version(name) for name in ("torch", "transformers", "onnx", "onnxruntime")}


def _write_audio_tower(model: Any, target: Path) -> None:
    torch, _ = torch_and_transformers()
    tower = _projected(model.audio_model, model.audio_projection)
    example = torch.from_numpy(_pictures()[:2, None])
    with _softer_masks(model.audio_model):
        _write_tower(tower, example, target, ("input_features", "audio_embeds"), ("batch",))


def _write_text_tower(model: Any, target: Path) -> None:
    torch, _ = torch_and_transformers()
    tower = _projected(model.text_model, model.text_projection)
    words = min(int(model.config.text_config.vocab_size), 200)
    example = torch.arange(18).reshape(2, 9) % (words - 2) + 2
    _write_tower(tower, example, target, ("input_ids", "text_embeds"), ("batch", "tokens"))


@contextmanager
def _softer_masks(tower: Any) -> Iterator[None]:
    """Masks of shifted windows at -50 instead of -100.

    Both leave nothing of what they hide, but e^-100 is a denormal number, with which a processor
    multiplies fifty times slower: a third of the time of the int8 tower.
    """
    layers = [layer for layer in tower.modules() if hasattr(layer, "get_attn_mask")]

    def softened(original: Any) -> Any:
        def mask(*arguments: Any, **named: Any) -> Any:
            found = original(*arguments, **named)
            return None if found is None else found * 0.5

        return mask

    for layer in layers:
        layer.get_attn_mask = softened(layer.get_attn_mask)
    try:
        yield
    finally:
        for layer in layers:
            del layer.get_attn_mask


def _projected(model: Any, projection: Any) -> Any:
    """Join a tower and its projection into the common space in one module."""
    torch, _ = torch_and_transformers()
    module: Any = torch.nn.Module

    class Projected(module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model, self.projection = model, projection

        def forward(self, inputs: Any) -> Any:
            return self.projection(self.model(inputs).pooler_output)

    return Projected().eval()


def _write_tower(
    tower: Any, example: Any, target: Path, names: tuple[str, str], open_axes: tuple[str, ...]
) -> None:
    """Weights of both towers lie beside the graph, so that they can be mapped into memory."""
    torch, _ = torch_and_transformers()
    axes = {axis: torch.export.Dim(name) for axis, name in enumerate(open_axes)}
    with _quiet():
        torch.onnx.export(
            tower,
            (example,),
            str(target),
            dynamo=True,
            input_names=[names[0]],
            output_names=[names[1]],
            dynamic_shapes=(axes,),
            external_data=True,
            verbose=False,
        )


def _rounded(full: Path, folder: Path) -> Path:
    """Write the same model with eight-bit weights, one scale for each output channel."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    folder.mkdir()
    for name in (AUDIO_FILE, TEXT_FILE):
        graph = onnx.load(str(full / name))
        del graph.graph.value_info[:]  # shapes noted for fp32 stop the quantiser
        with _quiet():
            quantize_dynamic(
                graph, str(folder / "whole"), weight_type=QuantType.QInt8, per_channel=True
            )
        _save_apart(onnx.load(str(folder / "whole")), folder / name)
        (folder / "whole").unlink()
    shutil.copyfile(full / TOKENIZER_FILE, folder / TOKENIZER_FILE)
    return folder


def _save_apart(graph: Any, target: Path) -> None:
    """Weights beside the graph: mapped into memory, they cost half of what a whole file costs."""
    import onnx

    onnx.save_model(
        graph,
        str(target),
        save_as_external_data=True,
        all_tensors_to_one_file=True,
        location=f"{target.name}.data",
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Exporter and quantiser warn of their own insides, which says nothing to a user."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "torch.export", "")]
    levels = [one.level for one in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in loggers:
            one.setLevel(logging.ERROR)
        try:
            yield
        finally:
            for one, level in zip(loggers, levels, strict=True):
                one.setLevel(level)


def _pictures() -> Features:
    """Log-mel pictures of made sounds, loud and quiet, tone and noise: shape (4, frames, bands)."""
    noise = np.random.default_rng(7).normal(0.0, 0.1, (1, 96_000)).astype(np.float32)
    fading = noise * np.geomspace(1.0, 1e-3, noise.shape[1], dtype=np.float32)
    sounds = [*canary_sounds().values(), noise, fading]
    return np.stack([log_mel(windows_of(sound, int16=True)[0]) for sound in sounds])


def _ours(audio: AudioHalf) -> Vectors:
    return np.stack([audio.embed_picture(picture) for picture in _pictures()])


def _torch_audio(model: Any) -> Vectors:
    torch, _ = torch_and_transformers()
    with torch.inference_mode():
        found = model.get_audio_features(input_features=torch.from_numpy(_pictures()[:, None]))
    return unit_rows(found.pooler_output.numpy())


def _torch_text(model: Any, texts: Sequence[Sequence[int]]) -> Vectors:
    torch, _ = torch_and_transformers()
    with torch.inference_mode():
        rows = [
            model.get_text_features(input_ids=torch.tensor([list(ids)])).pooler_output.numpy()[0]
            for ids in texts
        ]
    return unit_rows(np.stack(rows))


def _least_cosine(original: Vectors, ours: Vectors) -> float:
    return float((original.astype(np.float64) * ours).sum(axis=1).min())
