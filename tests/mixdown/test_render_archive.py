import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from src.core.config import Settings
from src.mixdown.pieces import NoteSpec, Tone
from src.mixdown.render_archive import RenderArchive, code_digest, render_cache, sources_digest
from src.storage.render_cache import RenderCache

ROOT = Path(__file__).parents[2]
NAMES_AFTER_CHANGES = """
import sys
from pathlib import Path
import src.mixdown.mixing, src.storage.decode
from src.mixdown.render_archive import RenderArchive, code_digest
from src.storage.render_cache import RenderCache

def name():
    code_digest.cache_clear()
    return RenderArchive(RenderCache(Path("cache"), max_bytes=1), str).name("mix", ["a"], 1.0)

before = name()
for module, loaded in sorted(sys.modules.items()):
    if module.startswith("src.") and not loaded.__file__.endswith("__init__.py"):
        path = Path(loaded.__file__)
        text = path.read_text()
        path.write_text(text + "#")
        print(module, "other" if name() != before else "same")
        path.write_text(text)
print("nothing", "other" if name() != before else "same")
"""
"""Adds a letter to each module that a mix is made with: does an entry get another name?"""


def archive(folder: Path, **digests: str) -> RenderArchive:
    return RenderArchive(RenderCache(folder, max_bytes=10**8), digests.__getitem__)


def test_names_depend_on_kind_stems_and_content(tmp_path: Path) -> None:
    one = archive(tmp_path, a="1", b="1")
    names = {
        one.name("mix", ["a"], 1.0),
        one.name("filtered", ["a"], 1.0),
        one.name("mix", ["b"], 1.0),
        one.name("mix", ["a", "b"], 1.0),
        one.name("mix", ["a"], 2.0),
        archive(tmp_path, a="2").name("mix", ["a"], 1.0),
    }
    assert len(names) == 6
    assert one.name("mix", ["b", "a", "b"], 1.0) == one.name("mix", ["a", "b"], 1.0)


def test_pieces_come_back_for_the_same_sound_only(tmp_path: Path) -> None:
    spec = NoteSpec("a", 0.0, Tone(high_pass_hz=100.0))
    sound = np.ones((1, 10), np.float32)
    archive(tmp_path, a="1").keep_piece(spec, sound)
    found = archive(tmp_path, a="1").piece(spec)
    assert found is not None
    np.testing.assert_array_equal(found, sound)
    assert archive(tmp_path, a="2").piece(spec) is None
    assert archive(tmp_path, a="1").piece(NoteSpec("a", 1.0, spec.tone)) is None


def test_a_stem_is_read_once_per_render(tmp_path: Path) -> None:
    asked: list[str] = []

    def stem_digest(stem_id: str) -> str:
        asked.append(stem_id)
        return stem_id

    one = RenderArchive(RenderCache(tmp_path, max_bytes=10**8), stem_digest)
    for number in range(5):
        one.name("mix", ["a", "b"], number)
    assert sorted(asked) == ["a", "b"]


def test_another_letter_in_the_code_is_another_name(tmp_path: Path) -> None:
    one, other = tmp_path / "one.py", tmp_path / "other.py"
    one.write_text("gain = 1.0")
    other.write_text("gain = 1.0")
    before = sources_digest([one, other])
    assert sources_digest([one, other]) == before
    other.write_text("gain = 1.1")
    assert sources_digest([one, other]) != before
    assert code_digest() == code_digest()


@pytest.fixture(scope="module")
def after_changes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """By module, whether a changed letter in it gives another name; tried on a copy."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
    told = subprocess.run(
        [sys.executable, "-c", NAMES_AFTER_CHANGES],
        cwd=copy, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(line.split() for line in told.stdout.splitlines())


def test_other_code_that_makes_sound_finds_nothing_of_the_old(
    after_changes: dict[str, str],
) -> None:
    silent = ("src.core.", "src.music.", "src.storage.", "src.mixdown.render_archive", "nothing")
    makers = {name for name in after_changes if not name.startswith(silent)}
    makers.add("src.storage.decode")
    assert {"src.audio.basics.gain", "src.mixdown.mixing", "src.mixdown.pieces"} <= makers
    assert {name for name in makers if after_changes[name] == "same"} == set()


def test_other_code_that_makes_no_sound_finds_what_was_kept(after_changes: dict[str, str]) -> None:
    assert after_changes["nothing"] == "same"
    assert after_changes["src.core.progress"] == "same"


def test_the_cache_lies_below_the_processed_folder(tmp_path: Path) -> None:
    kept = render_cache(Settings(TRAUM_HOME=tmp_path, render_cache_mb=3))
    assert kept.folder == tmp_path / "processed_database" / "render_cache"
    assert kept.max_bytes == 3_000_000
