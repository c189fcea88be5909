import shutil
from importlib.resources import files
from pathlib import Path

import pytest


@pytest.fixture
def word_files(tmp_path: Path) -> Path:
    """A copy of the vocabulary's files, to be changed."""
    copy = tmp_path / "words"
    shutil.copytree(str(files("src.words") / "data"), copy)
    return copy
