"""What a walk found, held against what the library knows."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from src.db.rows.imports import LibraryState, RefusedFile
from src.services.ingest.contents import Content
from src.services.ingest.scan import FoundFile, Scan
from src.storage.paths import path_of
from src.storage.second_decoder import WOULD_BE_READ


@dataclass(frozen=True)
class Scope:
    """The part of the library that a walk covers: what is not found there is gone."""

    folder: Path
    raw_root: Path
    unread: Sequence[Path] = ()

    def covers(self, location: str) -> bool:
        """Tell whether the walk would have found a file at this place."""
        path = path_of(location, Path(os.path.realpath(self.raw_root)))
        if not path.is_relative_to(os.path.realpath(self.folder)):
            return False
        return not any(path.is_relative_to(folder) for folder in self.unread)


@dataclass
class Todo:
    """What an import has to do.

    unchanged: how many files are as they were
    fresh: files that are new or changed, to be read
    back: places whose file was missing and is there again
    gone: places whose file is not there any more, by the id of their stem
    kept_bad: refused files that were left in their place and still lie there unchanged
    outdated: contents of stems to analyse again, by id, each with a file that holds it
    """

    unchanged: int = 0
    fresh: list[FoundFile] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    gone: dict[str, list[str]] = field(default_factory=dict)
    kept_bad: list[RefusedFile] = field(default_factory=list)
    outdated: dict[str, Content] = field(default_factory=dict)

    @property
    def gone_places(self) -> list[str]:
        """All places whose file is not there any more."""
        return sorted(location for locations in self.gone.values() for location in locations)


def compare(
    scan: Scan,
    state: LibraryState,
    *,
    scope: Scope,
    outdated: Mapping[str, str],
    second_decoder: bool = False,
) -> Todo:
    """Sort what was found into what is to be done.

    outdated: by id the content hash of stems that need a new analysis or a new copy
    second_decoder: whether files that waited for one may be tried again

    A file is unchanged when path, size and time are those of the last import; then not even
    its bytes are read.
    """
    todo = Todo()
    bad = {one.original_path: one for one in state.bad.values() if not one.moved}
    for found in scan.files:
        known, refused = state.locations.get(found.location), bad.get(found.location)
        if refused is not None and (refused.size_bytes, refused.modified_ns) == found.stamp:
            if second_decoder and WOULD_BE_READ in refused.message:
                todo.fresh.append(found)
            else:
                todo.kept_bad.append(refused)
        elif known is None or (known.size_bytes, known.modified_ns) != found.stamp:
            todo.fresh.append(found)
        else:
            todo.unchanged += 1
            if known.missing:
                todo.back.append(found.location)
            if known.stem_id in outdated:
                content = Content(outdated[known.stem_id], [found])
                todo.outdated.setdefault(known.stem_id, content)
    there = {found.location for found in scan.files}
    for location, known in sorted(state.locations.items()):
        if location not in there and scope.covers(location):
            todo.gone.setdefault(known.stem_id, []).append(location)
    return todo
