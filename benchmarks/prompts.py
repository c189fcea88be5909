"""Twenty prompts over one library: each is rendered and measured from its file.

    python -m benchmarks.prompts --library HOME [--json FILE] [--keep FOLDER]

Tempo and grid: phase regression of the onsets (beat_grid.py). Loudness and true peak: the
house's meters on the decoded file. Clicks: second differences at every seam of the score
(clip starts, ends and repeats) against their surroundings; where one sticks out, the tracks
that have a seam just there are played alone, for another's sharp attack may fall on it.
Energy: rank correlation (Spearman) of the plan's energies with the sections' integrated
loudness. Refused instruments: neither the category nor the name of any chosen stem may be one.
"""

import argparse
import json
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import report
from benchmarks.beat_grid import BeatGrid, beat_grid
from src.audio.basics.clicks import clicks_at
from src.audio.basics.validation import Audio
from src.audio.metering.loudness import integrated_loudness
from src.audio.metering.true_peak import true_peak_dbtp
from src.core.config import Settings
from src.core.errors import TraumError
from src.mixdown import mix_score
from src.music.model.plan import ArrangementPlan
from src.services.renderer import stem_loader
from src.storage.decode import read_audio
from src.wiring import Services, build_services

PROMPTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("driving industrial techno 138 bpm", ()),
    ("dark hypnotic techno, 132 bpm, A minor, no vocals", ("vocal",)),
    ("warm deep house 122 bpm with piano chords", ()),
    ("funky house in F minor, 124 bpm, without hi-hats", ("hihat",)),
    ("uplifting trance 138 bpm, long breakdown, bright lead", ()),
    ("rolling drum and bass 174 bpm with a reese bass", ()),
    ("liquid drum & bass, 172 bpm, soft pads, no claps", ("clap",)),
    ("heavy dubstep 140 bpm, gritty bass", ()),
    ("laid back hip hop beat 90 bpm, dusty keys", ()),
    ("dark trap 140 bpm, deep 808, sparse", ()),
    ("ambient, 80 bpm, wide atmospheric pads, C major, 2 minutes", ()),
    ("80s synthwave, 100 bpm, nostalgic, 64 bars", ()),
    ("aggressiver düsterer Techno Track 135 bpm", ()),
    ("ruhiger Ambient ohne Schlagzeug, 70 bpm", ("drums", "kick", "snare", "hihat")),
    ("treibender House mit Bass und Claps, 126 bpm, ohne Gesang", ("vocal",)),
    ("schneller Drum and Bass, 176 bpm, 3 Minuten", ()),
    ("тёмный индастриал техно 140 bpm", ()),
    ("мягкий эмбиент без барабанов", ("drums", "kick", "snare", "hihat")),
    ("энергичный транс 136 bpm с ярким лидом", ()),
    ("something melodic and slow at 100 bpm with guitar, 48 bars", ()),
)
"""Each prompt with the categories that it refuses."""

NAMES = {
    "vocal": r"vocals?|vox|voices?|acapella|choir",
    "hihat": r"hi-?hats?|hats?|hh",
    "clap": r"claps?",
    "drums": r"drums?|drumloop|breakbeat",
    "kick": r"kicks?",
    "snare": r"snares?",
}
"""What a stem of a refused category would be called."""


@dataclass(frozen=True)
class Measured:
    """One prompt, rendered and measured."""

    prompt: str
    genre: str
    bpm: float
    duration_s: float
    render_s: float
    bpm_error: float
    offset_ms: float
    coherence: float
    loudness_lufs: float
    loudness_error_lu: float
    true_peak_dbtp: float
    sample_peak: float
    seams: int
    clicks: int
    attacks_at_seams: int
    energy_follows: float
    section_lufs: tuple[float, ...]
    requested: int
    cast: int
    refused_found: tuple[str, ...]
    missing: tuple[str, ...]
    warnings: tuple[str, ...]
    problem: str = ""


def main() -> None:
    """Render, measure, print."""
    parser = report.parser("Twenty prompts over one library, measured from the files.")
    parser.add_argument("--library", type=Path, required=True, help="home of the library")
    parser.add_argument("--keep", type=Path, help="keep the tracks in this folder")
    parser.add_argument("--only", type=int, help="only the first N prompts")
    options = parser.parse_args()
    services = build_services(Settings(TRAUM_HOME=options.library))
    with tempfile.TemporaryDirectory() as temporary:
        rows = list(_measure_all(services, Path(temporary), options))
        same = _same_bytes(services, Path(temporary))
    services.close()
    _show(rows, same)
    report.save({"prompts": [asdict(row) for row in rows], "same_bytes": same}, options.json)


def _measure_all(
    services: Services, folder: Path, options: argparse.Namespace
) -> Iterator[Measured]:
    for number, (prompt, refused) in enumerate(PROMPTS[: options.only]):
        track = folder / f"{number:02d}.wav"
        measured = measure(services, prompt, refused, track)
        print(f"{number + 1:2d}/{len(PROMPTS)}  {prompt}", flush=True)
        if options.keep and track.exists():
            options.keep.mkdir(parents=True, exist_ok=True)
            for file in (track, track.with_suffix(".json")):
                shutil.copy(file, options.keep / file.name)
        track.unlink(missing_ok=True)
        yield measured


def measure(services: Services, prompt: str, refused: tuple[str, ...], path: Path) -> Measured:
    """Render one prompt to a file and measure the file."""
    started = time.perf_counter()
    plan = services.arranger.plan_prompt(prompt, seed=1)
    try:
        track = services.renderer.render_track(plan, seed=1, out=path)
    except TraumError as error:
        return _failed(prompt, plan.genre, plan.bpm, error.message)
    render_s = time.perf_counter() - started
    audio = read_audio(path, sample_rate=None).audio
    score = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["score"]
    grid = beat_grid(audio, sample_rate=48_000, bpm=plan.bpm)
    seams = seam_samples(score, audio)
    suspected = [click.sample for click in clicks_at(audio, seams, sample_rate=48_000)]
    clicks = own_clicks(services, plan, suspected)
    levels = section_lufs(score, audio)
    requested = {query.category for part in plan.structure for query in part.stem_queries}
    loudness = integrated_loudness(audio, sample_rate=48_000)
    return Measured(
        prompt=prompt,
        genre=plan.genre,
        bpm=plan.bpm,
        duration_s=audio.shape[1] / 48_000,
        render_s=render_s,
        **_grid_figures(grid),
        loudness_lufs=loudness,
        loudness_error_lu=loudness - score["target_lufs"],
        true_peak_dbtp=true_peak_dbtp(audio, sample_rate=48_000),
        sample_peak=float(np.abs(audio).max()),
        seams=len(seams),
        clicks=len(clicks),
        attacks_at_seams=len(suspected) - len(clicks),
        energy_follows=_rank_correlation([part["energy"] for part in score["sections"]], levels),
        section_lufs=tuple(round(level, 2) for level in levels),
        requested=len(requested),
        cast=len(requested & {choice["asked_category"] for choice in track.stems}),
        refused_found=_refused(track.stems, refused),
        missing=tuple(sorted(requested - {choice["asked_category"] for choice in track.stems})),
        warnings=tuple(track.warnings),
    )


def _grid_figures(grid: BeatGrid) -> dict[str, float]:
    return {
        "bpm_error": grid.bpm_error if grid.clear else float("nan"),
        "offset_ms": grid.offset_ms if grid.clear else float("nan"),
        "coherence": grid.coherence,
    }


def _failed(prompt: str, genre: str, bpm: float, problem: str) -> Measured:
    nan = float("nan")
    return Measured(
        prompt, genre, bpm, 0.0, 0.0, nan, nan, 0.0, nan, nan, nan, nan, 0, 0, 0, nan, (), 0, 0,
        (), (), (), problem,
    )  # fmt: skip


def own_clicks(services: Services, plan: ArrangementPlan, suspected: list[int]) -> list[int]:
    """Those of the samples where a track clicks by itself that has a seam just there.

    A drum or a plucked bass may begin as sharply as a click: where the tracks with a seam
    are smooth when they play alone, dry, the sharpness is another's attack.
    """
    if not suspected:
        return []
    score = services.renderer.make_score(plan, seed=1)
    cards = services.cards.by_id([choice.stem_id for choice in score.choices])
    load = stem_loader(services.settings.processed_path, cards)
    found: set[int] = set()
    for track in score.channels:
        alone = replace(score, channels=(track,))
        here = set(suspected) & set(_seams(asdict(alone)))
        if here:
            clicks = clicks_at(mix_score(alone, load=load), here, sample_rate=48_000)
            found.update(click.sample for click in clicks)
    return sorted(found)


def section_lufs(score: dict[str, Any], audio: Audio) -> list[float]:
    """The integrated loudness of each section; silence counts as -70 LUFS."""
    beat_samples = 60.0 / score["bpm"] * 48_000
    levels = []
    for section in score["sections"]:
        start = round(section["start_beats"] * beat_samples)
        stop = round((section["start_beats"] + section["length_beats"]) * beat_samples)
        level = integrated_loudness(audio[:, start:stop], sample_rate=48_000)
        levels.append(max(level, -70.0))
    return levels


def _rank_correlation(energies: list[float], levels: list[float]) -> float:
    """Spearman's; NaN where all energies are the same."""
    from scipy.stats import spearmanr

    if len(set(energies)) < 2 or len(set(levels)) < 2:
        return float("nan")
    return float(spearmanr(energies, levels)[0])


def _seams(score: dict[str, Any]) -> Iterator[int]:
    """Samples at which a clip starts, repeats or ends."""
    beat_samples = 60.0 / score["bpm"] * 48_000
    for track in score["tracks"]:
        for clip in track["clips"]:
            start, length = clip["start_beats"], clip["length_beats"]
            one_pass = clip["source_length_s"] * clip["stretch_ratio"] * score["bpm"] / 60.0
            passes = max(1, int(np.ceil(length / one_pass - 1e-6)))
            places = [start + min(number * one_pass, length) for number in range(passes + 1)]
            yield from (round(place * beat_samples) for place in places)


def _refused(stems: list[dict[str, Any]], refused: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the stems that are of a refused category or are called so."""
    return tuple(
        stem["name"] for stem in stems if any(_is_a(stem, category) for category in refused)
    )


def _is_a(stem: dict[str, Any], category: str) -> bool:
    named = re.search(rf"(?<![a-z])(?:{NAMES.get(category, category)})(?![a-z])",
                      stem["name"].casefold())  # fmt: skip
    return stem["category"] == category or named is not None


def _same_bytes(services: Services, folder: Path) -> bool:
    """Whether the first prompt gives the same bytes twice."""
    plan = services.arranger.plan_prompt(PROMPTS[0][0], seed=1)
    files = [folder / "first.wav", folder / "second.wav"]
    for file in files:
        services.renderer.render_track(plan, seed=1, out=file)
    return files[0].read_bytes() == files[1].read_bytes()


def _show(rows: list[Measured], same: bool) -> None:
    report.print_table(
        ("prompt", "genre", "bpm", "s", "render s", "BPM err", "ms", "LU err", "dBTP", "peak",
         "seams", "clicks", "energy", "roles", "refused"),
        [
            (row.prompt[:34], row.genre[:18], row.bpm, round(row.duration_s), row.render_s,
             row.bpm_error, row.offset_ms, row.loudness_error_lu, row.true_peak_dbtp,
             row.sample_peak, row.seams, row.clicks, row.energy_follows,
             f"{row.cast}/{row.requested}",
             ", ".join(row.refused_found) or row.problem[:40] or "-")
            for row in rows
        ],
    )  # fmt: skip
    done = [row for row in rows if not row.problem]
    beats = [abs(row.bpm_error) for row in done if np.isfinite(row.bpm_error)]
    print(f"\nrendered {len(done)} of {len(rows)}; with a measurable beat {len(beats)}")
    if done:
        print(f"largest tempo error {max(beats, default=0.0):.3f} BPM")
        print(f"largest loudness error {max(abs(row.loudness_error_lu) for row in done):.2f} LU")
        print(f"highest true peak {max(row.true_peak_dbtp for row in done):.2f} dBTP")
        print(f"clicks {sum(row.clicks for row in done)} at {sum(row.seams for row in done)} seams")
        attacks = sum(row.attacks_at_seams for row in done)
        print(f"sharp attacks of other tracks at seams {attacks}")
        follows = [row.energy_follows for row in done if np.isfinite(row.energy_follows)]
        print(f"loudness follows energy: median {np.median(follows):.2f}, least {min(follows):.2f}")
        speed = sum(row.duration_s for row in done) / sum(row.render_s for row in done)
        print(f"rendered at {speed:.0f} times real time, planning included")
    print(f"same seed twice gives the same bytes: {'yes' if same else 'NO'}")


def seam_samples(score: dict[str, Any], audio: Audio) -> list[int]:
    """The seams of a score that lie inside its file."""
    return sorted({sample for sample in _seams(score) if 0 < sample < audio.shape[1]})


if __name__ == "__main__":
    main()
