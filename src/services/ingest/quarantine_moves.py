"""Moving files into the quarantine and back: never over another file, never lost half way."""

import errno
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from src.storage.atomic import replacing
from src.storage.fingerprint import content_hash
from src.storage.paths import MAX_NAME_BYTES, safe_name, shortened

KEPT_PREFIX = "KEPT_"
"""How ``stored_as`` of a refused file starts that stays where it is, by the user's request."""


def stored_name(reason: str, name: str, *, bad_id: str, taken: Collection[str]) -> str:
    """Name a refused file in the quarantine: ``ERROR_<reason>_<name>``.

    Where that is taken, a part of ``bad_id`` is put before the ending.
    """
    prefix = f"ERROR_{reason}_"
    plain = prefix + safe_name(name, max_bytes=MAX_NAME_BYTES - len(prefix))
    if plain not in taken:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        stem, ending = plain, ""
    mark = f"_{bad_id}{dot}{ending}"
    return shortened(stem, MAX_NAME_BYTES - len(mark.encode())) + mark


def relocate(source: Path, target: Path) -> bool:
    """Move a file or a link without overwriting; False where it could only be copied.

    May be called again after an interruption: a target with the same content is taken as
    the copy made then. Raises FileExistsError where the target is another file, and OSError
    where not even a copy is possible.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target):
        if not _same(source, target):
            raise FileExistsError(errno.EEXIST, "another file has this name", str(target))
        return _removed(source)
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        _copy(source, target)
        return _removed(source)
    return True


def _copy(source: Path, target: Path) -> None:
    if source.is_symlink():
        os.symlink(os.readlink(source), target)
        return
    with replacing(target) as temporary:
        shutil.copy2(source, temporary)


def _same(source: Path, target: Path) -> bool:
    if source.is_symlink() or target.is_symlink():
        both = source.is_symlink() and target.is_symlink()
        return both and os.readlink(source) == os.readlink(target)
    if source.stat().st_size != target.stat().st_size:
        return False
    return content_hash(source) == content_hash(target)


def _removed(source: Path) -> bool:
    try:
        source.unlink()
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            return False
        raise
    return True
