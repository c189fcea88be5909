import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from src.core.config import Settings
from src.services.tracks.render_store import render_archive, render_cache, sources_digest

ROOT = Path(__file__).parents[3]
NAMES_AFTER_CHANGES = """
import sys
from pathlib import Path
import src.mixdown, src.storage.decode
from src.core.config import Settings
from src.services.tracks.render_store import code_digest, render_archive

def name():
    code_digest.cache_clear()
    return render_archive(Settings(TRAUM_HOME=Path("home")), str).name("mix", ["a"], 1.0)

def changed(path):
    text = path.read_text()
    path.write_text(text + "#")
    there = name()
    path.write_text(text)
    return "other" if there != before else "same"

before = name()
for module, loaded in sorted(sys.modules.items()):
    if module.startswith("src."):
        print(module, changed(Path(loaded.__file__)))
added = Path("src/mixdown/added.py")
added.write_text("")
print("added", "other" if name() != before else "same")
added.unlink()
print("nothing", "other" if name() != before else "same")
"""
"""Adds a letter to each module that a mix is made with: does an entry get another name?"""


@pytest.fixture(scope="module")
def after_changes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By module, whether a changed letter in it gives another name; tried on a copy."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    answer = subprocess.run(
        [sys.executable, "-c", NAMES_AFTER_CHANGES],
        cwd=copy, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(line.split() for line in answer.stdout.splitlines())


def test_other_code_that_makes_sound_finds_nothing_of_the_old(
    after_changes: dict[str, str],
) -> None:
    makers = {
        name for name in after_changes if name.startswith(("src.audio", "src.mixdown", "added"))
    }
    makers.add("src.storage.decode")
    assert {"src.audio.basics.gain", "src.mixdown.mixing", "src.mixdown.conformed"} <= makers
    assert {name for name in makers if after_changes[name] == "same"} == set()


def test_other_code_that_makes_no_sound_finds_what_was_kept(after_changes: dict[str, str]) -> None:
    silent = ("nothing", "src.core.progress", "src.services.tracks.render_store")
    assert {after_changes[name] for name in silent} == {"same"}


def test_another_letter_in_a_source_is_another_name(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("gain = 1.0")
    other.write_text("gain = 1.0")
    before = sources_digest([one, other])
    assert sources_digest([one, other]) == before
    other.write_text("gain = 1.1")
    assert sources_digest([one, other]) != before


def test_the_cache_lies_below_the_processed_folder(tmp_path: Path) -> None:
    kept = render_cache(Settings(TRAUM_HOME=tmp_path, render_cache_mb=3))
    assert kept.folder == tmp_path / "processed_database" / "render_cache"
    assert kept.max_bytes == 3_000_000


def test_an_archive_keeps_its_sounds_in_the_cache_of_the_library(tmp_path: Path) -> None:
    settings = Settings(TRAUM_HOME=tmp_path, render_cache_mb=3)
    archive = render_archive(settings, str)
    assert archive is not None
    name = archive.name("mix", ["a"], 1.0)
    archive.keep(name, [np.ones((2, 10), np.float32)])
    assert render_cache(settings).get(name) is not None


def test_nothing_is_kept_where_the_cache_has_no_room(tmp_path: Path) -> None:
    assert render_archive(Settings(TRAUM_HOME=tmp_path, render_cache_mb=0), str) is None
