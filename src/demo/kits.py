"""The demo kits: four construction kits synthesised into the user's folder of raw kits."""

import json
from dataclasses import dataclass
from pathlib import Path

from src.audio.basics.validation import Audio
from src.core.progress import Progress, silent
from src.demo.ambient import AMBIENT
from src.demo.drum_and_bass import DRUM_AND_BASS
from src.demo.house import HOUSE
from src.demo.studio import (
    KitRecipe,
    StemRecipe,
    Studio,
    finished_effect,
    finished_loop,
    finished_one_shot,
)
from src.demo.techno import TECHNO
from src.storage.atomic import write_text
from src.storage.encode import write_wav

DEMO_VERSION = "2"
"""Raised when the kits sound different, so that older ones are replaced."""

MANIFEST = ".demo.json"
"""Hidden file in each kit that says which version lies there; scans skip it."""

LICENCE_FILE = "LICENSE.txt"
LICENCE = "CC0-1.0"
LICENCE_TEXT = """CC0-1.0

The sounds in this folder were synthesised by the Traum-Engine. To the extent possible
under law, its authors have waived all copyright and related rights to them:
https://creativecommons.org/publicdomain/zero/1.0/
"""

DEMO_KITS: tuple[KitRecipe, ...] = (TECHNO, HOUSE, DRUM_AND_BASS, AMBIENT)


@dataclass(frozen=True)
class DemoStem:
    """What is true of a demo file: ground truth for tests.

    path: relative to the folder of raw kits
    bars: length of loops, and of effects that are cut to bars; bpm: of loops only
    key: None where there is none; of a one-shot its root
    """

    path: str
    category: str
    is_loop: bool
    bars: int | None
    bpm: float | None
    key: str | None


DEMO_TRUTH: tuple[DemoStem, ...] = tuple(
    DemoStem(
        path=f"{kit.folder}/{stem.path}",
        category=stem.category,
        is_loop=stem.is_loop,
        bars=stem.bars,
        bpm=kit.bpm if stem.is_loop else None,
        key=stem.key,
    )
    for kit in DEMO_KITS
    for stem in kit.stems
)
"""Every demo file with its category, length, tempo and key."""


def write_demo_kits(raw_dir: Path, *, seed: int = 1, progress: Progress = silent) -> list[Path]:
    """Synthesise the demo kits below ``raw_dir`` and return the files, in order.

    The same seed gives the same bytes on one machine. Files that are already there as
    this version and seed made them are left untouched.
    """
    total = sum(len(kit.stems) for kit in DEMO_KITS)
    paths: list[Path] = []
    for kit in DEMO_KITS:
        folder = raw_dir / kit.folder
        kept = _sizes_on_record(folder, seed)
        studio = Studio(kit, seed)
        for stem in kit.stems:
            progress(f"synthesising {kit.folder}", len(paths), total)
            path = folder / stem.path
            if kept.get(stem.path) is None or _size(path) != kept[stem.path]:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_wav(path, rendered_stem(stem, studio), sample_rate=kit.sample_rate)
            paths.append(path)
        _keep_record(kit, folder, seed)
    progress("demo kits are ready", total, total)
    return paths


def rendered_stem(stem: StemRecipe, studio: Studio) -> Audio:
    """Render one stem of a kit, finished: shape (2, samples) at the kit's sample rate."""
    audio = stem.render(studio)
    if stem.is_loop:
        return finished_loop(audio, stem.category)
    if stem.bars:
        return finished_effect(audio)
    return finished_one_shot(audio, sample_rate=studio.sample_rate)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _sizes_on_record(folder: Path, seed: int) -> dict[str, int]:
    """Return file sizes as the last run wrote them; empty when another version or seed did."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return {}
    try:
        record = json.loads(manifest.read_text(encoding="utf-8"))
        fits = record["version"] == DEMO_VERSION and record["seed"] == seed
        return dict(record["sizes"]) if fits else {}
    except (ValueError, KeyError, TypeError):
        # A damaged record is no record: the kit is made again.
        return {}


def _keep_record(kit: KitRecipe, folder: Path, seed: int) -> None:
    sizes = {stem.path: _size(folder / stem.path) for stem in kit.stems}
    record = {"version": DEMO_VERSION, "seed": seed, "sizes": sizes}
    requested = {MANIFEST: json.dumps(record, indent=1) + "\n", LICENCE_FILE: LICENCE_TEXT}
    for name, text in requested.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            write_text(path, text)
