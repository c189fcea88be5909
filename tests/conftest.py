"""What many tests share: where real sound lies, and a fresh home."""

import fcntl
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


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the demo kits, analysed once for all test processes. Read only, please."""
    shared = tmp_path_factory.getbasetemp().parent
    home = shared / "demo_home"
    with (shared / "demo_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".ready").exists():
            _build_demo_home(home)
            (home / ".ready").touch()
    return home


def _build_demo_home(home: Path) -> None:
    from src.services.demo import write_demo_kits
    from src.wiring import build_services

    services = build_services(Settings(TRAUM_HOME=home))
    write_demo_kits(services.settings.raw_path)
    services.analyzer.run()
    services.close()
