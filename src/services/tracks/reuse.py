"""Which finished track answers a request again: the one that was made of the same."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from src import __version__
from src.core.config import Settings
from src.db.database import Database
from src.db.rows.tracks import library_state

_DECIDES = ("plan", "seed", "parent_id", "edits")
_DIGEST_BYTES = 16


def made_of(params: Mapping[str, Any], database: Database, settings: Settings) -> str:
    """Digest what decides how a render comes out: 32 characters.

    params: as ``render_params`` makes them; the track's own id does not count
    """
    palette = params["plan"].get("palette") or {}
    with database.transaction() as session:
        library = library_state(session, palette.get("collections", ()))
    decides = {
        "version": __version__,
        "library": library,
        "levels": [settings.target_lufs, settings.ceiling_dbtp],
        **{name: params.get(name) for name in _DECIDES},
    }
    text = json.dumps(decides, sort_keys=True, default=list)
    return hashlib.blake2b(text.encode(), digest_size=_DIGEST_BYTES).hexdigest()
