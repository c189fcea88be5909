"""After the services went and came: everything is there. Then the backup is put back."""

import hashlib
import json
import sys

from tests.compose.place import NOTES, browser_page, compose, heard, reported, requested, until


def check(notes: dict[str, object]) -> None:
    """Compare the library with what the first visit saw."""
    stems = sorted(stem["id"] for stem in reported("/api/v1/stems/?limit=500")["items"])
    assert stems == notes["stems"]
    (track,) = reported("/api/v1/tracks")["items"]
    assert track["id"] == notes["track"]
    assert hashlib.sha256(requested(track["file_url"])).hexdigest() == notes["sha256"]


def main() -> int:
    """Check what stayed, change something, put the backup back, check again."""
    notes = json.loads((NOTES / "notes.json").read_text())
    check(notes)
    with browser_page("/search?lang=en&q=kick") as page:
        page.get_by_text("Found because").first.wait_for()
        print(f"everything is still there, and heard: {heard(page)} bytes")
    script = "rm -r /data/raw_construction_kits/Techno* && python -m src.cli preprocess --quiet"
    compose("exec", "-T", "backend", "sh", "-c", script)
    compose("stop", "backend")
    with (NOTES / "library.tar").open("rb") as source:
        words = ("python", "-m", "src.cli", "restore", "-", "--replace")
        print(compose("run", "--rm", "-T", "backend", *words, source=source))
    compose("start", "backend")
    until("the engine is ready again", is_ready)
    check(notes)
    print("put back by one command, everything is there again")
    return 0


def is_ready() -> bool:
    """Whether the API answers."""
    try:
        return bool(reported("/readyz")["status"] == "ready")
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
