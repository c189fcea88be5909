"""Where renders keep what later ones may need, and under which code's name."""

import functools
import inspect
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from src.core.config import Settings
from src.core.digests import digest
from src.storage.render_cache import RenderCache, file_digest

if TYPE_CHECKING:
    from src.mixdown import RenderArchive

_LIBRARIES = ("numpy", "scipy", "soxr", "python-stretch")


def render_cache(settings: Settings) -> RenderCache:
    """Open the cache of one library."""
    return RenderCache(settings.render_cache_path, max_bytes=settings.render_cache_mb * 1_000_000)


def render_archive(settings: Settings, stem_digest: Callable[[str], str]) -> "RenderArchive | None":
    """Open the archive of one render; None where nothing is kept between renders.

    stem_digest: tells a stem's content, by its id
    """
    # Who only looks at the cache need not wait for the sound engine.
    from src.mixdown import RenderArchive

    if settings.render_cache_mb <= 0:
        return None
    return RenderArchive(render_cache(settings), stem_digest, code=code_digest())


@functools.cache
def code_digest() -> str:
    """Name the code that makes sound of a score, with the libraries below it.

    A change of a single letter there starts again: a cache that has to be told of changes is
    wrong one day.
    """
    import src.audio
    import src.mixdown
    import src.storage.decode

    folders = [Path(inspect.getfile(room)).parent for room in (src.audio, src.mixdown)]
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return sources_digest([*files, Path(inspect.getfile(src.storage.decode))])


def sources_digest(files: Sequence[Path]) -> str:
    """Name some source files together with the libraries that they call."""
    libraries = [(name, version(name)) for name in _LIBRARIES]
    return digest([file_digest(path) for path in files], libraries, platform.machine())
