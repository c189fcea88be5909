"""What renders keep for later ones."""

import argparse

from src.cli.call import Call, Result


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``cache``."""
    made.add_argument("--clear", action="store_true", help="forget all of it")


def cache(call: Call) -> Result:
    """Tell how much sound is kept between renders, or forget it."""
    from src.services.tracks.render_store import render_cache

    kept = render_cache(call.services.settings)
    before = kept.size()
    removed = kept.clear() if call.options.clear else 0
    after = kept.size()
    answer = {
        "folder": str(kept.folder),
        "entries": after.entries,
        "size_bytes": after.size_bytes,
        "limit_bytes": after.limit_bytes,
        "removed": removed,
    }
    if call.options.clear:
        return Result(answer, f"{removed} entries removed, {before.size_bytes / 1e6:.0f} MB free")
    if after.limit_bytes == 0:
        return Result(answer, "nothing is kept between renders (RENDER_CACHE_MB=0)")
    used = f"{after.size_bytes / 1e6:.0f} of {after.limit_bytes / 1e6:.0f} MB"
    return Result(answer, f"{used}, {after.entries} entries in {kept.folder}")
