"""What earlier renders left for later ones: conformed slices, filtered sound, mixed blocks.

Everything is kept under a digest of all that determines it: the stems' bytes, the part of the
score, and the code that makes sound of them. Names, times and places in the library are not
among them, so nothing that is found can be out of date.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Protocol

from src.audio.basics.validation import Audio
from src.core.digests import digest
from src.mixdown.conformed import NoteSpec, PassSpec


class SoundCache(Protocol):
    """Keeps arrays under names from one render to the next. It may forget any of them."""

    def get(self, name: str) -> list[Audio] | None:
        """The arrays kept under a name, each with its shape; None where there are none."""

    def put(self, name: str, arrays: Sequence[Audio]) -> None:
        """Keep arrays of one or two dimensions under a name."""


class RenderArchive:
    """The entries of one render.

    cache: where they lie
    stem_digest: tells a stem's content, by its id
    code: names the code that makes sound of a score; other code finds nothing of this one's
    """

    def __init__(self, cache: SoundCache, stem_digest: Callable[[str], str], *, code: str) -> None:
        self._cache = cache
        self._stem_digest = functools.cache(stem_digest)
        self._code = code

    def name(self, kind: str, stems: Sequence[str], *content: object) -> str:
        """The name of an entry: of the content's values and of the stems that it plays."""
        contents = tuple((stem, self._stem_digest(stem)) for stem in sorted(set(stems)))
        return digest(self._code, kind, contents, content)

    def sounds(self, name: str) -> list[Audio] | None:
        """What is kept under a name, or None. Not to be changed."""
        return self._cache.get(name)

    def keep(self, name: str, sounds: Sequence[Audio]) -> None:
        """Keep sounds under a name."""
        self._cache.put(name, sounds)

    def slice(self, spec: PassSpec | NoteSpec) -> Audio | None:
        """A conformed slice, or None."""
        found = self._cache.get(self._slice_name(spec))
        return None if found is None else found[0]

    def keep_slice(self, spec: PassSpec | NoteSpec, sound: Audio) -> None:
        """Keep a conformed slice."""
        self._cache.put(self._slice_name(spec), [sound])

    def _slice_name(self, spec: PassSpec | NoteSpec) -> str:
        return self.name("slice", [spec.stem_id], spec)
