"""Tracks to listen to: one for each genre, as MP3, with its picture.

    python -m benchmarks.listen --library HOME --out FOLDER [--seconds 60] [--seed 1]

The sounds are the library's own; nothing of it is committed. What the meters say is in
``benchmarks.music``; this is for ears.
"""

import argparse
import shutil
import time
from pathlib import Path

from benchmarks import report
from src.core.config import Settings
from src.core.errors import TraumError
from src.wiring import Services, build_services

PROMPTS = (
    "driving industrial techno 138 bpm",
    "warm deep house 122 bpm with piano chords",
    "uplifting trance 138 bpm, long breakdown, bright lead",
    "liquid drum and bass, 174 bpm, soft pads",
    "heavy dubstep 140 bpm, gritty bass",
    "laid back hip hop beat 90 bpm, dusty keys",
    "dark trap 140 bpm, deep 808",
    "ambient, 80 bpm, wide atmospheric pads",
    "80s synthwave, 100 bpm, nostalgic",
)
_KEPT = ("mp3", "picture")


def main() -> None:
    """Render, export, copy."""
    parser = report.parser("Tracks to listen to, one for each genre.")
    parser.add_argument("--library", type=Path, required=True, help="home of the library")
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    services = build_services(Settings(TRAUM_HOME=options.library))
    options.out.mkdir(parents=True, exist_ok=True)
    rows = [made(services, prompt, options) for prompt in PROMPTS]
    services.close()
    report.print_table(("file", "prompt", "LUFS", "seconds"), rows)
    report.save({"files": [row[0] for row in rows]}, options.json)


def made(services: Services, prompt: str, options: argparse.Namespace) -> tuple[object, ...]:
    """One track; its MP3 and its picture lie in the folder afterwards, nothing else stays."""
    started = time.perf_counter()
    requested = f"{prompt}, {options.seconds} seconds"
    try:
        plan = services.arranger.plan_prompt(requested, seed=options.seed)
        track = services.renderer.render_track(plan, seed=options.seed)
    except TraumError as error:
        return ("-", prompt, error.message[:60], 0.0)
    services.exports.export(track.track_id, _KEPT)
    folder = services.exports.folder(track.track_id)
    name = "_".join(prompt.split(",", maxsplit=1)[0].split())
    for file in folder.iterdir():
        if file.suffix in (".mp3", ".svg"):
            shutil.copy(file, options.out / f"{name}{file.suffix}")
    services.tracks.delete(track.track_id)
    return f"{name}.mp3", prompt, track.loudness_lufs, time.perf_counter() - started


if __name__ == "__main__":
    main()
