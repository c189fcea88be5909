"""Libraries of many sizes for the benchmark of form: whole ones, single kits, scraps."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from src.core.config import Settings
from src.demo.kits import write_demo_kits
from src.wiring import build_services

SINGLE_KITS = (
    "lmms-kits/CPU Techno Kit 128bpm Cmin",
    "lmms-kits/Zen Trance [140 BPM, C minor]",
    "lmms-kits/Twilight Area DnB - 170 BPM - Cm",
    "openmsx-kits/Keep On Rolling - 104bpm",
    "openmsx-kits/No Work Song (110 BPM, C minor)",
)
"""Folders of the development corpus, each a library of its own."""

DRUMS_ALONE = ("uzu-drumkit", "switchangel-breaks")
PADS_AND_VOICES = (
    "switchangel-pad",
    "mercury/vocal",
    "scratch/Vocals",
    "lmms-samples/stringsnpads",
)
SIX = ("Kick", "Hat", "Bass", "Pad", "Lead", "Riser")
"""One file of the first demo kit for each of these words."""

SOUNDS = (".wav", ".flac", ".mp3", ".ogg")


def form_libraries(corpus: Path | None, folder: Path) -> list[Path]:
    """Build libraries below a folder, or take those that are there already.

    corpus: the development corpus; without it only the demo kits and six of their files

    Returns their homes, the demo kits first.
    """
    homes = [folder / "demo kits"]
    if not homes[0].is_dir():
        settings = Settings(TRAUM_HOME=homes[0])
        write_demo_kits(settings.raw_path)
        _import(homes[0], ())
    demo = sorted(_sounds(Settings(TRAUM_HOME=homes[0]).raw_path))
    homes.append(_import(folder / "six files", _six(demo)))
    if corpus is None:
        return homes
    for kit in SINGLE_KITS:
        homes.append(_import(folder / Path(kit).name, sorted(_sounds(corpus / kit))))
    for name, parts in (("drums alone", DRUMS_ALONE), ("pads and voices", PADS_AND_VOICES)):
        files = [path for part in parts for path in sorted(_sounds(corpus / part))]
        homes.append(_import(folder / name, files))
    return homes


def _import(home: Path, files: Sequence[Path]) -> Path:
    """Copy files into a library's raw folder, with their own folder's name, and read them."""
    if files and home.is_dir():
        return home
    settings = Settings(TRAUM_HOME=home)
    for path in files:
        target = settings.raw_path / path.parent.parent.name / path.parent.name / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    services = build_services(settings)
    services.analyzer.run()
    services.close()
    return home


def _six(files: Sequence[Path]) -> list[Path]:
    """The first file for each word of SIX."""
    return [next(path for path in files if word.lower() in path.name.lower()) for word in SIX]


def _sounds(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
