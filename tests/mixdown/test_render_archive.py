from pathlib import Path

import numpy as np

from src.core.config import Settings
from src.mixdown.pieces import NoteSpec, Tone
from src.mixdown.render_archive import RenderArchive, code_digest, render_cache, sources_digest
from src.storage.render_cache import RenderCache


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


def test_the_cache_lies_below_the_processed_folder(tmp_path: Path) -> None:
    kept = render_cache(Settings(TRAUM_HOME=tmp_path, render_cache_mb=3))
    assert kept.folder == tmp_path / "processed_database" / "render_cache"
    assert kept.max_bytes == 3_000_000
