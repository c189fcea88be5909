"""What many tests share: where real sound lies, and a fresh home."""

from pathlib import Path

import pytest

from src.core.config import Settings

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Real sounds with labels; they lie beside the repository where it is developed."""
    folder = SHARED / "corpus"
    if not (folder / "labels.csv").is_file():
        pytest.skip("the corpus is not here: put it at ../shared/corpus beside the repository")
    return folder


@pytest.fixture(scope="session")
def hostile() -> Path:
    """The folder with hostile.tar.gz and expected.csv."""
    folder = SHARED / "hostile"
    if not (folder / "hostile.tar.gz").is_file():
        pytest.skip("the hostile files are not here: put them at ../shared/hostile")
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty library in a temporary home."""
    return Settings(TRAUM_HOME=tmp_path, workers=2)
