"""Tiny random checkpoints, written and loaded once for all tests of the room."""

from pathlib import Path

import pytest

from src.generation.ace_step import AceStepGenerator
from tests.generation.tiny_checkpoint import write_checkpoint


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("ace") / "tiny-base", family="base")


@pytest.fixture(scope="session")
def turbo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkpoint(tmp_path_factory.mktemp("ace") / "tiny-turbo", family="turbo")


@pytest.fixture(scope="session")
def base(base_folder: Path) -> AceStepGenerator:
    return AceStepGenerator(base_folder, device="cpu")


@pytest.fixture(scope="session")
def turbo(turbo_folder: Path) -> AceStepGenerator:
    return AceStepGenerator(turbo_folder, device="cpu")
