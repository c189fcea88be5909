"""How a checkpoint is sampled, and where it is held, by its kind and size."""

from dataclasses import dataclass
from typing import Any, Literal

from src.generation.protocol import Family


@dataclass(frozen=True)
class Sampling:
    """Steps of the solver, guidance (1: none) and shift of the schedule towards noise."""

    steps: int
    guidance: float
    shift: float


SAMPLING: dict[Family, Sampling] = {
    "turbo": Sampling(steps=8, guidance=1.0, shift=3.0),
    "sft": Sampling(steps=50, guidance=7.0, shift=1.0),
    "base": Sampling(steps=50, guidance=7.0, shift=1.0),
}
"""As the authors of ACE-Step 1.5 give them. The pipeline's own defaults are turbo's for all."""


def family_of(config: Any) -> Family:
    """Tell a checkpoint's family by its transformer's configuration; base where it says nothing."""
    version = str(getattr(config, "model_version", None) or "").lower()
    if getattr(config, "is_turbo", False) or "turbo" in version:
        return "turbo"
    return "sft" if "sft" in version else "base"


Offload = Literal["none", "model", "layers"]
"""What lies on the GPU at a time: everything, one part of the model, one layer."""

_WORKING_BYTES = 2 * 2**30
"""Room for latents, attention and a tile of the decoder."""


def offload_for(*, weights_bytes: int, largest_bytes: int, memory_bytes: int) -> Offload:
    """Choose what lies on the GPU at a time, so that the weights and the work fit its memory.

    weights_bytes, largest_bytes: of all parts of the model, and of its largest, as they are held
    """
    if weights_bytes + _WORKING_BYTES <= memory_bytes:
        return "none"
    return "model" if largest_bytes + _WORKING_BYTES <= memory_bytes else "layers"
