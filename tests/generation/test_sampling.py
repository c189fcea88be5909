"""How a checkpoint is sampled and where its parts lie."""

from types import SimpleNamespace

import pytest

from src.generation.sampling import SAMPLING, family_of, offload_for

GIB = 2**30


@pytest.mark.parametrize(
    ("config", "family"),
    [
        ({"is_turbo": True}, "turbo"),
        ({"is_turbo": False, "model_version": "turbo"}, "turbo"),
        ({"model_version": "sft"}, "sft"),
        ({"is_turbo": False, "model_version": None}, "base"),
        ({}, "base"),
    ],
)
def test_a_checkpoints_family_is_read_from_its_configuration(
    config: dict[str, object], family: str
) -> None:
    assert family_of(SimpleNamespace(**config)) == family


def test_only_turbo_is_sampled_without_guidance_and_in_few_steps() -> None:
    assert SAMPLING["turbo"].guidance == 1.0
    assert SAMPLING["turbo"].steps == 8
    for family in ("base", "sft"):
        assert (SAMPLING[family].guidance, SAMPLING[family].shift) == (7.0, 1.0)  # type: ignore[index]
        assert SAMPLING[family].steps == 50  # type: ignore[index]


@pytest.mark.parametrize(
    ("memory_gib", "way"), [(24, "none"), (12, "none"), (7, "model"), (4, "layers")]
)
def test_a_smaller_gpu_holds_less_of_the_model_at_a_time(memory_gib: int, way: str) -> None:
    weights, largest = 7 * GIB, 4 * GIB
    found = offload_for(weights_bytes=weights, largest_bytes=largest, memory_bytes=memory_gib * GIB)
    assert found == way
