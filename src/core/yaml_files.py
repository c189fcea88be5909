"""Reading YAML data files, quickly from the second time on.

What a file holds is kept as JSON in ``__pycache__`` beside it, as Python keeps its modules, under
the digest of its text: JSON is read some fifty times faster. Where nothing may be written there,
or YAML holds what JSON can't, the file is parsed each time.
"""

import hashlib
import json
import logging
import os
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from uuid import uuid4

from src.core.errors import InvalidInputError

log = logging.getLogger(__name__)

_KEPT_IN = "__pycache__"


def read_yaml(file: Traversable) -> Any:
    """Read a data file of a package. Raises InvalidInputError for what is no YAML."""
    text = file.read_bytes()
    if not isinstance(file, Path):
        return parse_yaml(text.decode("utf-8"), file.name)
    digest = hashlib.sha256(text).hexdigest()[:24]
    kept = file.parent / _KEPT_IN / f"{file.name}.{digest}.json"
    try:
        return json.loads(kept.read_bytes())
    except (OSError, ValueError):  # not kept yet, or damaged: parsed again
        found = parse_yaml(text.decode("utf-8"), file.name)
    _keep(found, kept)
    return found


def parse_yaml(text: str, name: str) -> Any:
    """Parse a text. Raises InvalidInputError, which names the file, for what is no YAML."""
    import yaml  # most programs read what is kept, and need no parser

    try:
        return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise InvalidInputError(f"{name} must be YAML: {error}") from error


def _keep(found: Any, kept: Path) -> None:
    """Write what a file holds, whole or not at all, in place of what older texts of it held."""
    try:
        written = json.dumps(found)
        if json.loads(written) != found:  # keys that are no texts, say
            return
        kept.parent.mkdir(exist_ok=True)
        unfinished = kept.with_suffix(f".{uuid4().hex}")
        unfinished.write_text(written, encoding="utf-8")
        os.replace(unfinished, kept)
        name = kept.name.rsplit(".", 2)[0]
        for older in kept.parent.glob(f"{name}.*.json"):
            if older != kept:
                older.unlink(missing_ok=True)
    except (OSError, TypeError, ValueError) as error:
        log.debug("%s is not kept: %s", kept.name, error)
