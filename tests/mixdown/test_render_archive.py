from pathlib import Path

import numpy as np

from src.mixdown.conformed import FixedFilters, NoteSpec
from src.mixdown.render_archive import RenderArchive
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


def archive(folder: Path, code: str = "", **digests: str) -> RenderArchive:
    return RenderArchive(RenderCache(folder, max_bytes=10**8), digests.__getitem__, code=code)


def test_names_depend_on_kind_stems_content_and_code(tmp_path: Path) -> None:
    one = archive(tmp_path, a="1", b="1")
    names = {
        one.name("mix", ["a"], 1.0),
        one.name("filtered", ["a"], 1.0),
        one.name("mix", ["b"], 1.0),
        one.name("mix", ["a", "b"], 1.0),
        one.name("mix", ["a"], 2.0),
        archive(tmp_path, a="2").name("mix", ["a"], 1.0),
        archive(tmp_path, "other code", a="1").name("mix", ["a"], 1.0),
    }
    assert len(names) == 7
    assert one.name("mix", ["b", "a", "b"], 1.0) == one.name("mix", ["a", "b"], 1.0)


def test_slices_come_back_for_the_same_sound_and_code_only(tmp_path: Path) -> None:
    spec = NoteSpec("a", 0.0, FixedFilters(high_pass_hz=100.0))
    sound = np.ones((1, 10), np.float32)
    archive(tmp_path, a="1").keep_slice(spec, sound)
    found = archive(tmp_path, a="1").slice(spec)
    assert found is not None
    np.testing.assert_array_equal(found, sound)
    assert archive(tmp_path, a="2").slice(spec) is None
    assert archive(tmp_path, "other code", a="1").slice(spec) is None
    assert archive(tmp_path, a="1").slice(NoteSpec("a", 1.0, spec.filters)) is None


def test_a_stem_is_read_once_per_render(tmp_path: Path) -> None:
    requested: list[str] = []

    def stem_digest(stem_id: str) -> str:
        requested.append(stem_id)
        return stem_id

    one = RenderArchive(RenderCache(tmp_path, max_bytes=10**8), stem_digest, code="")
    for number in range(5):
        one.name("mix", ["a", "b"], number)
    assert sorted(requested) == ["a", "b"]
