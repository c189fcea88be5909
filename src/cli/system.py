"""Commands about the engine itself."""

import argparse

from src import __version__
from src.cli.call import Call, Result


def doctor(call: Call) -> Result:
    """Check that everything needed is there."""
    from src.services.system.doctor import examine

    checks = examine(call.services.settings)
    healthy = all(check.state != "fail" for check in checks)
    text = "\n".join(f"{check.state:<5} {check.name:<18} {check.detail}" for check in checks)
    answer = {"ok": healthy, "version": __version__, "checks": [c.to_dict() for c in checks]}
    return Result(answer, text, 0 if healthy else 1)


def add_cache_options(made: argparse.ArgumentParser) -> None:
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


def add_serve_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``serve``."""
    made.add_argument("--host")
    made.add_argument("--port", type=int)


def serve(call: Call) -> Result:
    """Run the API."""
    from src.api.guard.access_log import leave_out_health_checks
    from src.api.http_server import http_server, run_server
    from src.main import check_serving, create_app

    settings = call.services.settings
    host = call.options.host or settings.host
    port = settings.port if call.options.port is None else call.options.port
    check_serving(settings, host, port)
    leave_out_health_checks()
    # uvicorn's own lines are for people; where programs read, they go the way of all others
    level = settings.log_level.lower() if settings.log_format == "plain" else None
    run_server(http_server(create_app(settings), host=host, port=port, log_level=level))
    return Result({"served": f"http://{host}:{port}"}, "")
