"""Reads the checkpoints that ``models export`` takes: Hugging Face's, and LAION's own ``.pt``.

torch and transformers (requirements/export.txt) are needed here and in ``export`` alone.
"""

import pickle
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from src.core.errors import BackendUnavailableError, InvalidInputError

Weights = dict[str, Any]
"""torch's tensors by name."""

OLDEST_SAFE_TORCH = (2, 10)
"""Before, a prepared file got past ``weights_only`` (CVE-2025-32434, CVE-2026-24747)."""

TEXT_NORM_EPS = 1e-5
"""Of LAION's text tower. transformers' own default moves vectors by 2e-4."""

LICENCES = {
    "laion/clap-htsat-unfused": "Apache-2.0",
    "laion/clap-htsat-fused": "Apache-2.0",
    "laion/larger_clap_general": "Apache-2.0",
    "laion/larger_clap_music": "Apache-2.0",
    "laion/larger_clap_music_and_speech": "Apache-2.0",
}
UNKNOWN_LICENCE = "unknown: see where it comes from"

_UNUSED = re.compile(
    r"(audio|text)_transform\.|text_branch\.(position_ids$|embeddings\.position_ids$)"
    r"|audio_branch\.(head|logmel_extractor|spectrogram_extractor|tscam_conv)\."
    r"|audio_branch\.layers\.\d+\.blocks\.\d+\.attn_mask$"
)
_RENAMED = (
    (r"^text_branch\.", "text_model."),
    (r"^audio_branch\.", "audio_model.audio_encoder."),
    (r"(audio|text)_projection\.0\.", r"\1_projection.linear1."),
    (r"(audio|text)_projection\.2\.", r"\1_projection.linear2."),
    (r"\.bn0\.", ".batch_norm."),
    (r"\.norm1\.", ".layernorm_before."),
    (r"\.norm2\.", ".layernorm_after."),
    (r"\.mlp\.fc1\.", ".intermediate.dense."),
    (r"\.mlp\.fc2\.", ".output.dense."),
    (r"\.attn\.proj\.", ".attention.output.dense."),
    (r"\.attn\.", ".attention.self."),
)
_MAY_BE_MISSING = re.compile(r"text_model\.embeddings\.(position_ids|token_type_ids)$")
_NUMPY_NUMBERS = ("numpy.dtype", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
_DAMAGED = (
    pickle.UnpicklingError, struct.error, AssertionError, AttributeError, EOFError, LookupError,
    OverflowError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What torch raises on files that are prepared or damaged."""


@dataclass(frozen=True)
class Checkpoint:
    """A CLAP in torch, ready for export. model: transformers' ``ClapModel``, in eval mode

    tokenizer: its ``tokenizer.json``
    """

    model: Any
    name: str
    source: str
    licence: str
    tokenizer: Path


def read_source(source: str, *, tokenizer: Path | None = None) -> Checkpoint:
    """Read a checkpoint from a folder, a ``.pt`` file or a hub id ("laion/larger_clap_general").

    tokenizer: a ``tokenizer.json``; None: the one beside the checkpoint, or RoBERTa's from the
    hub. What lies in the local cache of the hub is not downloaded again.

    Raises InvalidInputError for what is no CLAP, BackendUnavailableError where torch is not
    installed or the hub can't be reached.
    """
    torch, _ = torch_and_transformers()
    path = Path(source)
    if path.is_file():
        model = laion_model(path)
        own = path.with_name("tokenizer.json")
    elif path.is_dir() or source.count("/") == 1:
        model = _hub_model(source)
        own = path / "tokenizer.json"
    else:
        raise InvalidInputError(f"SOURCE must be a folder, a .pt file or a hub id, got {source!r}")
    if tokenizer is None:
        tokenizer = own if own.is_file() else _hub_tokenizer(source)
    return Checkpoint(
        model.eval().requires_grad_(False).to(torch.float32),
        name=_name_of(source),
        source=path.name if path.exists() else source,
        licence=LICENCES.get(source, UNKNOWN_LICENCE),
        tokenizer=tokenizer,
    )


def torch_and_transformers() -> tuple[Any, Any]:
    """Import both modules. Raises BackendUnavailableError that says how to install them."""
    try:
        import torch
        import transformers
    except ImportError as error:
        raise BackendUnavailableError(
            f"export needs torch and transformers ({error}): in an environment of its own, "
            "pip install -r requirements/export.txt"
        ) from error
    return torch, transformers


def laion_model(path: Path) -> Any:
    """LAION's own checkpoint as transformers' ``ClapModel``.

    Depths and widths are read from the shapes of its tensors: those of another model would load
    without an error and give other vectors.
    """
    _, transformers = torch_and_transformers()
    weights = converted(laion_weights(read_checkpoint(path), path))
    config = transformers.ClapConfig(**laion_config(weights, path))
    model = transformers.ClapModel(config)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not _MAY_BE_MISSING.match(name)]
    if missing or unexpected:
        raise InvalidInputError(
            f"{path} is no CLAP of LAION's that we know: it lacks {missing[:3]} and has "
            f"{unexpected[:3]}"
        )
    return model


def read_checkpoint(path: Path) -> Any:
    """Read what ``torch.save`` wrote, without running what a pickle could run.

    Tensors are views of the mapped file, so that optimiser states that nobody wants cost no
    memory. NumPy's numbers beside them (scores of a training) are left out.

    Raises InvalidInputError for a file that is none, is damaged, or asks for anything beyond
    tensors and plain values; BackendUnavailableError where torch is missing or too old for that.
    """
    torch, _ = torch_and_transformers()
    if torch.__version__ < OLDEST_SAFE_TORCH:
        raise BackendUnavailableError(
            f"reading a .pt file needs torch {'.'.join(map(str, OLDEST_SAFE_TORCH))} or newer, "
            f"got {torch.__version__}: a prepared file can make older ones run any program"
        )
    _check_entries(path)
    skipped = [(_LeftOut, name) for name in _NUMPY_NUMBERS]
    try:
        with torch.serialization.safe_globals(skipped):
            return torch.load(path, map_location="cpu", weights_only=True, mmap=True)
    except _DAMAGED as error:
        # torch's own text goes on with how to read the file all the same
        reason = str(error).rpartition("WeightsUnpickler error: ")[2].partition(". Please")[0]
        raise InvalidInputError(f"{path} is refused: {reason.strip()}") from error


def _check_entries(path: Path) -> None:
    """Refuse what torch would hand to another reader, or map although it is compressed."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile as error:
        raise InvalidInputError(f"{path} is no checkpoint of torch.save: {error}") from error
    except OSError as error:
        raise InvalidInputError(f"{path} can't be read: {error.strerror or error}") from error
    names = {entry.filename.rpartition("/")[2] for entry in entries}
    if "data.pkl" not in names or "constants.pkl" in names:
        raise InvalidInputError(f"{path} is no checkpoint of torch.save")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
        raise InvalidInputError(f"{path} is compressed: save it again with torch.save")


class _LeftOut:
    """Stands where a checkpoint has a number of NumPy's, so that nothing of NumPy is called."""

    def __init__(self, *_: object) -> None:
        pass

    def __setstate__(self, _: object) -> None:
        pass


def laion_weights(content: Any, path: Path) -> Weights:
    """Read the tensors of a checkpoint, under their names without ``module.``."""
    torch, _ = torch_and_transformers()
    state = content.get("state_dict", content) if isinstance(content, Mapping) else None
    if not isinstance(state, Mapping):
        raise InvalidInputError(f"{path} holds no tensors by name")
    named = {
        str(name).removeprefix("module."): value
        for name, value in state.items()
        if isinstance(value, torch.Tensor)
    }
    if "audio_branch.patch_embed.proj.weight" not in named:
        raise InvalidInputError(f"{path} holds no HTSAT audio tower: only those are supported")
    if any(".mel_conv2d." in name or ".fusion_model." in name for name in named):
        raise InvalidInputError(f"{path} was trained with fusion, which is not supported")
    return named


def converted(weights: Weights) -> Weights:
    """LAION's tensors under transformers' names; query, key and value apart."""
    found: Weights = {}
    for name, value in weights.items():
        if _UNUSED.match(name):
            continue
        new = name
        for pattern, replacement in _RENAMED:
            new = re.sub(pattern, replacement, new)
        if ".qkv." in new:
            for part, third in zip(("query", "key", "value"), value.chunk(3), strict=True):
                found[new.replace(".qkv.", f".{part}.")] = third
        else:
            found[new] = value
    return found


def laion_config(weights: Weights, path: Path) -> dict[str, Any]:
    """transformers' configuration, read from the shapes of converted weights."""
    encoder, text = "audio_model.audio_encoder.", "text_model."
    stages = _count(weights, encoder + r"layers\.(\d+)\.")
    depths = [_count(weights, f"{encoder}layers\\.{n}\\.blocks\\.(\\d+)\\.") for n in range(stages)]
    table = "layers.{}.blocks.0.attention.self.relative_position_bias_table"
    heads = [weights[encoder + table.format(n)].shape[1] for n in range(stages)]
    width = weights[f"{encoder}patch_embed.proj.weight"].shape[0]
    words, text_width = weights[f"{text}embeddings.word_embeddings.weight"].shape
    projection = weights["audio_projection.linear2.weight"].shape[0]
    if text_width % 64:
        raise InvalidInputError(f"{path} has a text tower of odd width {text_width}")
    audio_part = {
        "depths": depths,
        "num_hidden_layers": stages,
        "num_attention_heads": heads,
        "patch_embeds_hidden_size": width,
        "hidden_size": width * 2 ** (stages - 1),
        "projection_dim": projection,
    }
    text_part = {
        "vocab_size": words,
        "hidden_size": text_width,
        "num_attention_heads": text_width // 64,
        "num_hidden_layers": _count(weights, text + r"encoder\.layer\.(\d+)\."),
        "intermediate_size": weights[f"{text}encoder.layer.0.intermediate.dense.weight"].shape[0],
        "max_position_embeddings": weights[f"{text}embeddings.position_embeddings.weight"].shape[0],
        "layer_norm_eps": TEXT_NORM_EPS,
        "projection_dim": projection,
    }
    return {"audio_config": audio_part, "text_config": text_part, "projection_dim": projection}


def _count(weights: Weights, pattern: str) -> int:
    found = {int(match[1]) for name in weights if (match := re.match(pattern, name))}
    return len(found)


def _hub_model(source: str) -> Any:
    """Load from a folder or the local cache; only then from the hub."""
    _, transformers = torch_and_transformers()
    transformers.utils.logging.disable_progress_bar()  # ours tells enough
    for offline in (True, False):
        try:
            model = transformers.ClapModel.from_pretrained(source, local_files_only=offline)
        except OSError as error:
            if offline and not Path(source).is_dir():
                continue
            raise BackendUnavailableError(
                f"{source} can't be read, neither here nor from the hub: {error}"
            ) from error
        if model.config.audio_config.enable_fusion:
            raise InvalidInputError(f"{source} was trained with fusion, which is not supported")
        return model
    raise AssertionError("unreachable")


def _hub_tokenizer(source: str) -> Path:
    """``tokenizer.json`` of a hub id, or RoBERTa's, which every CLAP of LAION's uses."""
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    position = source if source.count("/") == 1 and not Path(source).exists() else "roberta-base"
    try:
        return Path(hf_hub_download(position, "tokenizer.json"))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise BackendUnavailableError(
            f"the tokenizer of {source} is not there and {position} can't be reached: "
            "give its tokenizer.json with --tokenizer"
        ) from error


def _name_of(source: str) -> str:
    last = Path(source).stem if source.endswith((".pt", ".pth")) else Path(source).name
    return re.sub(r"[^a-z0-9._-]+", "-", last.lower()).strip("-.") or "clap"
