"""What earlier renders left for later ones: conformed pieces, filtered sound, mixed stretches.

Everything is kept under a digest of all that determines it: the stems' bytes, the part of the
score, and the code that makes sound of them. Names, times and places in the library are not
among them, so nothing that is found can be out of date.
"""

import functools
import inspect
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.mixdown.pieces import NoteSpec, PassSpec
from src.storage.render_cache import RenderCache, digest, file_digest

_LIBRARIES = ("numpy", "scipy", "soxr", "python-stretch")
_MAKERS = ("pieces", "track_playing", "channel_strip", "mixing_desk", "mix_sends", "mixing")


class RenderArchive:
    """The entries of one render.

    stem_digest: tells a stem's content, by its id
    """

    def __init__(self, cache: RenderCache, stem_digest: Callable[[str], str]) -> None:
        self._cache = cache
        self._stem_digest = functools.cache(stem_digest)

    def name(self, kind: str, stems: Sequence[str], *content: object) -> str:
        """The name of an entry: of the content's values and of the stems that it plays."""
        heard = tuple((stem, self._stem_digest(stem)) for stem in sorted(set(stems)))
        return digest(code_digest(), kind, heard, content)

    def sounds(self, name: str) -> list[Audio] | None:
        """What is kept under a name, or None. Not to be changed."""
        return self._cache.get(name)

    def keep(self, name: str, sounds: Sequence[Audio]) -> None:
        """Keep sounds under a name."""
        self._cache.put(name, sounds)

    def piece(self, spec: PassSpec | NoteSpec) -> Audio | None:
        """A conformed piece, or None."""
        found = self._cache.get(self._piece_name(spec))
        return None if found is None else found[0]

    def keep_piece(self, spec: PassSpec | NoteSpec, sound: Audio) -> None:
        """Keep a conformed piece."""
        self._cache.put(self._piece_name(spec), [sound])

    def _piece_name(self, spec: PassSpec | NoteSpec) -> str:
        return self.name("piece", [spec.stem_id], spec)


@functools.cache
def code_digest() -> str:
    """A name for the code that makes sound of a score, and for the libraries below it.

    A change of a single letter there starts anew: a cache that has to be told of changes is
    wrong one day.
    """
    import src.audio

    here = Path(inspect.getfile(RenderArchive)).parent
    files = sorted(Path(inspect.getfile(src.audio)).parent.rglob("*.py"))
    files += [here / f"{name}.py" for name in _MAKERS]
    files.append(here.parent / "storage" / "decode.py")
    return sources_digest(files)


def sources_digest(files: Sequence[Path]) -> str:
    """A name for some source files together with the libraries that they call."""
    libraries = [(name, version(name)) for name in _LIBRARIES]
    return digest([file_digest(path) for path in files], libraries, platform.machine())


def render_cache(settings: Settings) -> RenderCache:
    """The cache of one library."""
    return RenderCache(settings.render_cache_path, max_bytes=settings.render_cache_mb * 1_000_000)
