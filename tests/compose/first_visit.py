"""A first user's way through the studio: sounds in, sounds found, a track; then a backup."""

import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from src.demo.kits import write_demo_kits
from tests.compose.place import NOTES, browser_page, compose, heard, reported, requested, until

KIT = "Techno 138 Am"


def upload(page: Page, files: list[Path]) -> None:
    """Give files to the page, and wait for the analysis that it starts."""
    chosen = page.locator('[data-testid="stFileUploader"] input[type="file"]')
    chosen.wait_for(state="attached")
    chosen.set_input_files([str(file) for file in files])
    kit = page.get_by_role("textbox", name="Kit (optional)")
    kit.fill(KIT)
    kit.press("Tab")
    page.get_by_role("button", name=f"Upload {len(files)}").click()
    page.get_by_text(f"{len(files)} accepted").wait_for()
    until("the sounds are analysed", lambda: reported("/readyz")["library"]["stems"] == len(files))
    page.get_by_text("new sounds").wait_for()


def search(page: Page) -> int:
    """Look for a sound; bytes of sound of the first hit."""
    page.get_by_role("searchbox", name="How should it sound?").fill("dark punchy kick")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_text("Found because").first.wait_for()
    return heard(page)


def generate(page: Page) -> int:
    """Make a track; bytes of sound of its player."""
    prompt = page.get_by_role("textbox", name="What should it be?")
    prompt.fill("driving industrial techno 138 bpm, 1 minute")
    prompt.press("Tab")
    page.get_by_role("button", name="Make the track").last.click()
    until("the track is there", lambda: reported("/readyz")["library"]["tracks"] == 1)
    page.get_by_text("Plan and credits").wait_for()
    return heard(page)


def main() -> int:
    """Walk the way, check what it left, and note it for the second visit."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        made = write_demo_kits(Path(folder))
        files = [file for file in made if "Techno" in str(file)]
        print(f"{len(files)} sounds made in {time.monotonic() - started:.1f} s")
        started = time.monotonic()
        with browser_page("/?lang=en") as page:
            upload(page, files)
        print(f"uploaded through the page and analysed: {time.monotonic() - started:.1f} s")
        for file in files:
            kept = Path("raw_construction_kits", KIT, file.name)
            assert kept.read_bytes() == file.read_bytes(), kept
    with browser_page("/search?lang=en") as page:
        print(f"found and heard through the page: {search(page)} bytes of sound")
    with browser_page("/generate?lang=en") as page:
        print(f"made and heard through the page: {generate(page)} bytes of sound")
    print(f"from the first upload to the track: {time.monotonic() - started:.1f} s")
    log = compose("logs", "--no-color", "backend")
    for request in ("POST /api/v1/stems/upload", "GET /api/v1/search/", "POST /generate-track"):
        assert request in log, f"{request} is not in the backend's log"
    assert "GET /healthz" not in log
    NOTES.mkdir()
    with (NOTES / "library.tar").open("wb") as sink:
        compose("exec", "-T", "backend", "python", "-m", "src.cli", "backup", "-", sink=sink)
    track = reported("/api/v1/tracks")["items"][0]
    notes = {
        "stems": sorted(stem["id"] for stem in reported("/api/v1/stems/?limit=500")["items"]),
        "track": track["id"],
        "sha256": hashlib.sha256(requested(track["file_url"])).hexdigest(),
    }
    (NOTES / "notes.json").write_text(json.dumps(notes))
    print(f"saved by one command: {(NOTES / 'library.tar').stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
