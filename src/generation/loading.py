"""A checkpoint's folder: what it says of itself, and its parts in memory."""

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from src.core.errors import BackendUnavailableError
from src.generation.protocol import ModelCard
from src.generation.sampling import family_of, offload_for

LICENCE = "MIT, by its authors' word (the repository of the weights holds no licence file)"

HOW_TO_GET = (
    "'pip install -r requirements/gpu.txt' and 'python -m src.cli models pull ace-step' on the"
    " machine with the GPU"
)
"""What is missing where no music can be generated."""

INDEX = "model_index.json"
"""What makes a folder a pipeline of diffusers'."""

_NEEDED = ("torch", "transformers", "diffusers", "accelerate")


class _Configuration:
    """A JSON object, read by attributes as the parts of a loaded model are."""

    def __init__(self, path: Path) -> None:
        self.__dict__.update(_json(path))


def missing_packages() -> list[str]:
    """Name the Python packages that making music needs and that are not here. Loads none."""
    return [name for name in _NEEDED if find_spec(name) is None]


def card_of(folder: Path, *, device: str | None = None) -> ModelCard:
    """Read which checkpoint lies in a folder, without loading it.

    Raises BackendUnavailableError where none does, or the packages are missing.
    """
    missing = missing_packages()
    if missing:
        raise BackendUnavailableError(
            f"making music needs {', '.join(missing)}: {HOW_TO_GET}", code="generator_missing"
        )
    if not (folder / INDEX).is_file():
        raise BackendUnavailableError(
            f"there is no checkpoint in {folder} (no {INDEX}): {HOW_TO_GET}",
            code="generator_missing",
        )
    config = _Configuration(folder / "transformer" / "config.json")
    return ModelCard(
        name=folder.name,
        revision=_digest(folder / "transformer"),
        family=family_of(config),
        licence=LICENCE,
        device=device or _best_device(),
    )


def load_pipeline(folder: Path, *, device: str | None) -> Any:
    """Load a checkpoint, on the GPU in halves of precision and in parts where it is too small.

    The decoder works in tiles of 20 s, so that a long piece needs no more memory than a short
    one. Raises BackendUnavailableError where the folder does not hold a whole checkpoint.
    """
    import torch
    from diffusers import AceStepPipeline
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    chosen = device or _best_device()
    kind = torch.float32 if chosen == "cpu" else torch.bfloat16
    try:
        pipeline = AceStepPipeline.from_pretrained(
            str(folder), dtype=kind, local_files_only=True, use_safetensors=True
        )
    except (OSError, ValueError, KeyError) as error:
        raise BackendUnavailableError(
            f"{folder} does not hold a whole checkpoint of ACE-Step 1.5: {error}",
            code="checkpoint_broken",
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    pipeline.vae.enable_tiling()
    _put_on(pipeline, chosen)
    return pipeline


def _put_on(pipeline: Any, device: str) -> None:
    """Bring the parts to where they work, or let them come there one after the other."""
    import torch

    if not device.startswith("cuda"):
        pipeline.to(device)
        return
    sizes = [
        sum(one.numel() * one.element_size() for one in part.parameters())
        for part in pipeline.components.values()
        if isinstance(part, torch.nn.Module)
    ]
    memory, _ = torch.cuda.mem_get_info(device)
    way = offload_for(weights_bytes=sum(sizes), largest_bytes=max(sizes), memory_bytes=memory)
    if way == "none":
        pipeline.to(device)
    elif way == "model":
        pipeline.enable_model_cpu_offload(device=device)
    else:
        pipeline.enable_sequential_cpu_offload(device=device)


def _best_device() -> str:
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackendUnavailableError(
            f"{path} can't be read: {error}", code="checkpoint_broken"
        ) from error
    if not isinstance(found, dict):
        raise BackendUnavailableError(f"{path} must hold a JSON object", code="checkpoint_broken")
    return found


def _digest(folder: Path) -> str:
    """SHA-256 over a part's configuration and weights, its first 16 letters."""
    made = hashlib.sha256()
    for path in sorted((*folder.glob("*.json"), *folder.glob("*.safetensors"))):
        made.update(path.name.encode())
        with path.open("rb") as file:
            made.update(hashlib.file_digest(file, "sha256").digest())
    return made.hexdigest()[:16]
