"""Sixty prompts, rendered and measured from their files: is it the track that was asked for?

    python -m benchmarks.music --corpus DIR [--library HOME] [--only N] [--json FILE]
    python -m benchmarks.music --identity [--library HOME]
    python -m benchmarks.music --form [--corpus DIR] [--homes FOLDER] [--every N]

The demo kits, and the folder DIR, are imported into libraries of their own (or --library names
one that is there already; may be given twice). Measured for each prompt: tempo and downbeats of
the sections with drums (downbeats.py), once in the finished file, where the steepest rise near a
beat may be another instrument's, and once with only kick and drum loops playing; rank
correlation of energy and loudness, key of everything tonal played alone, loudness, true peak,
clicks at seams (prompts.py), blocks of sixteen bars that repeat, wanted instruments, refused
ones. A wanted instrument of which the library has no stem at all can't be heard: such tracks
are counted by whether they warn of it.

--identity renders some prompts three times, in this process and in two others, and compares
the bytes. --form measures holes, endings, kits and repetition over libraries of many sizes,
see music_form.py.
"""

import hashlib
import json
import tempfile
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import music_form, prompts, report
from benchmarks.downbeats import downbeats
from benchmarks.form_libraries import form_libraries
from benchmarks.music_prompts import PROMPTS, TrackRequest
from src.audio.analysis.key import chroma_of, estimate_key
from src.audio.analysis.pitch import PITCH_RATE, low_rate
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.config import Settings
from src.demo.kits import write_demo_kits
from src.mixdown import mix_score
from src.music.model.score import Score
from src.music.scoring.repetition import repeated_blocks
from src.music.theory.keys import key_name, relative_key
from src.music.theory.library import DRUM_CATEGORIES
from src.services.renderer import stem_loader
from src.services.search import SearchQuery
from src.storage.decode import read_audio
from src.wiring import Services, build_services

IDENTITY_PROMPTS = 4
BEAT = ("kick", "drums")
NO_KEY = ("fx", "atmo", "vocal", *DRUM_CATEGORIES)
"""Roles that are left out where the key of a track is measured."""


@dataclass(frozen=True)
class MeasuredTrack:
    """One prompt in one library.

    drums_off_ms, drums_within: of kick and drum loops played alone
    missing: wanted categories that no stem plays though the library has some
    lacking: wanted categories of which the library has none; warned: the track says so
    stood_in: wanted categories that only a stem of another category plays
    """

    library: str
    prompt: str
    downbeats: int
    bpm_error: float
    off_ms: float
    within: float
    drums_off_ms: float
    drums_within: float
    energy_follows: float
    key: str
    heard_key: str
    key_right: bool | None
    loudness_error_lu: float
    over_ceiling_db: float
    seams: int
    clicks: int
    repeats: int
    missing: tuple[str, ...]
    refused_found: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    warned: bool = True
    stood_in: tuple[str, ...] = ()
    problem: str = ""


def main() -> None:
    """Build or open the libraries, render, measure, print."""
    parser = report.parser("Sixty prompts, measured from their files.")
    parser.add_argument("--corpus", type=Path, help="folder of sounds to import")
    parser.add_argument("--library", type=Path, action="append", default=[], help="home to use")
    parser.add_argument("--only", type=int, help="only the first N prompts")
    parser.add_argument("--every", type=int, default=1, help="only every Nth prompt")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--identity", action="store_true", help="compare bytes of three runs")
    parser.add_argument("--form", action="store_true", help="measure the form of tracks")
    parser.add_argument("--homes", type=Path, help="folder to keep the libraries of --form in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        if options.form:
            homes = form_libraries(options.corpus, options.homes or Path(temporary))
            form = music_form.Options(options.every, options.workers, options.json)
            music_form.run(options.library or homes, form)
            return
        homes = options.library or made_libraries(options.corpus, Path(temporary))
        if options.identity:
            report.save(same_bytes(homes), options.json)
            return
        requested = PROMPTS[: options.only : options.every]
        with ProcessPoolExecutor(options.workers) as pool:
            rows = list(
                pool.map(reported, [(home, request) for home in homes for request in requested])
            )
    show(rows)
    report.save({"tracks": [asdict(row) for row in rows]}, options.json)


def made_libraries(corpus: Path | None, folder: Path) -> list[Path]:
    """A library of the demo kits, and one of the corpus if that is given."""
    demo = folder / "demo kits"
    with_demo = build_services(Settings(TRAUM_HOME=demo))
    write_demo_kits(with_demo.settings.raw_path)
    with_demo.analyzer.run()
    with_demo.close()
    if corpus is None:
        return [demo]
    home = folder / "corpus"
    services = build_services(Settings(TRAUM_HOME=home))
    services.analyzer.run(corpus, keep_bad_files=True)
    services.close()
    return [demo, home]


def reported(task: tuple[Path, TrackRequest]) -> MeasuredTrack:
    """One prompt in one library, in a process of its own."""
    home, request = task
    services = opened(home)
    with tempfile.TemporaryDirectory() as folder:
        row = heard(services, request, Path(folder) / "track.wav", library=home.name)
    print(f"{home.name}  {request.prompt}", flush=True)
    return row


@cache
def opened(home: Path) -> Services:
    """A library, opened once in each process."""
    return build_services(Settings(TRAUM_HOME=home))


def heard(services: Services, request: TrackRequest, path: Path, *, library: str) -> MeasuredTrack:
    """Render one prompt and measure its file."""
    basic = prompts.measure(services, request.prompt, request.refused, path)
    nan = float("nan")
    if basic.problem:
        return MeasuredTrack(
            library, request.prompt, 0, nan, nan, nan, nan, nan, nan, "", "", None, nan, nan, 0, 0,
            0, request.requested, (), problem=basic.problem,
        )  # fmt: skip
    written = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    audio = read_audio(path, sample_rate=None).audio
    path.unlink()
    plan = services.arranger.plan_prompt(request.prompt, seed=1)
    score = services.renderer.make_score(plan, seed=1)
    bars = downbeats(written["score"], audio, sample_rate=PROJECT_SAMPLE_RATE)
    drums = downbeats(
        written["score"], played(services, score, BEAT), sample_rate=PROJECT_SAMPLE_RATE
    )
    key = tonal_key(services, score)
    missing, lacking = missing_of(services, request, score)
    return MeasuredTrack(
        library=library,
        prompt=request.prompt,
        downbeats=bars.count,
        bpm_error=bars.bpm_error,
        off_ms=bars.off_ms,
        within=bars.within,
        drums_off_ms=drums.off_ms,
        drums_within=drums.within,
        energy_follows=basic.energy_follows,
        key=score.key,
        heard_key=key,
        key_right=None if not key else key in (score.key, relative_key(score.key)),
        loudness_error_lu=basic.loudness_error_lu,
        over_ceiling_db=basic.true_peak_dbtp - score.ceiling_dbtp,
        seams=basic.seams,
        clicks=basic.clicks,
        repeats=len(repeated_blocks(score)),
        missing=missing,
        refused_found=basic.refused_found,
        lacking=lacking,
        warned=all(any(kind in text for text in basic.warnings) for kind in lacking),
        stood_in=stood_in_of(request, score),
    )


def missing_of(
    services: Services, request: TrackRequest, score: Score
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Wanted categories that don't play: those the library has, and those that it lacks."""
    there = {choice.asked_category for choice in score.choices}
    absent = sorted(set(request.requested) - there)
    held = {kind for kind in absent if services.search.search(SearchQuery(category=kind, limit=1))}
    return tuple(k for k in absent if k in held), tuple(k for k in absent if k not in held)


def stood_in_of(request: TrackRequest, score: Score) -> tuple[str, ...]:
    """Wanted categories that play, but by stems of other categories alone."""
    pairs = {(choice.asked_category, choice.category) for choice in score.choices}
    requested = {kind for kind, _ in pairs} & set(request.requested)
    return tuple(sorted(kind for kind in requested if (kind, kind) not in pairs))


def played(services: Services, score: Score, roles: Container[str]) -> Audio:
    """The tracks of some roles, played and mixed without the others; silence for none."""
    cards = services.cards.by_id([choice.stem_id for choice in score.choices])
    load = stem_loader(services.settings.processed_path, cards)
    tracks = tuple(track for track in score.channels if track.role in roles)
    return mix_score(replace(score, channels=tracks), load=load)


def tonal_key(services: Services, score: Score) -> str:
    """The key of all melodic parts played alone, by the house's estimator; "" for none."""
    roles = {track.role for track in score.channels if track.role not in NO_KEY}
    if not roles:
        return ""
    mix = played(services, score, roles)
    low = low_rate(mix.mean(axis=0), sample_rate=PROJECT_SAMPLE_RATE)
    found = estimate_key(chroma_of(low, rate=min(PROJECT_SAMPLE_RATE, PITCH_RATE)))
    return "" if found is None else key_name(found.tonic, minor=found.minor)


def same_bytes(homes: Sequence[Path]) -> dict[str, Any]:
    """Some prompts three times: here, and in two other processes. Prints a line for each."""
    same = {}
    for home in homes:
        for request in PROMPTS[:: len(PROMPTS) // IDENTITY_PROMPTS]:
            digests = [file_digest(home, request.prompt)]
            for _ in range(2):
                with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                    digests.append(pool.submit(file_digest, home, request.prompt).result())
            equal = len(set(digests)) == 1
            same[f"{home.name}: {request.prompt}"] = equal
            told_so = "same bytes" if equal else f"DIFFERENT: {digests}"
            print(f"{home.name}  {request.prompt}: {told_so}", flush=True)
    print(f"same seed, three runs, three processes: {sum(same.values())} of {len(same)} the same")
    return {"identity": same}


def file_digest(home: Path, prompt: str) -> str:
    """SHA-256 of the file that a prompt gives."""
    services = build_services(Settings(TRAUM_HOME=home))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.wav"
        plan = services.arranger.plan_prompt(prompt, seed=1)
        services.renderer.render_track(plan, seed=1, out=path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    services.close()
    return digest


def show(rows: Sequence[MeasuredTrack]) -> None:
    """A line for each track, then the figures of each library."""
    report.print_table(
        ("library", "prompt", "bars", "BPM err", "ms off", "in 5 ms", "drums", "energy", "key",
         "heard", "LU err", "dB over", "clicks", "repeats", "missing", "refused"),
        [
            (row.library, row.prompt[:40], row.downbeats, row.bpm_error, row.off_ms, row.within,
             row.drums_within, row.energy_follows, row.key, row.heard_key, row.loudness_error_lu,
             row.over_ceiling_db, row.clicks, row.repeats, " ".join(row.missing) or "-",
             ", ".join(row.refused_found) or row.problem[:40] or "-")
            for row in rows
        ],
    )  # fmt: skip
    for library in dict.fromkeys(row.library for row in rows):
        print(f"\n{library}")
        for line in summary([row for row in rows if row.library == library]):
            print(f"  {line}")


def summary(rows: Sequence[MeasuredTrack]) -> Iterator[str]:
    """The figures of one library, in words."""
    done = [row for row in rows if not row.problem]
    yield f"rendered {len(done)} of {len(rows)}"
    if not done:
        return
    beats = [row for row in done if np.isfinite(row.bpm_error)]
    bars = sum(row.downbeats for row in beats)
    near = sum(row.within * row.downbeats for row in beats)
    worst = max((abs(row.bpm_error) for row in beats), default=0.0)
    yield f"largest tempo error {worst:.4f} BPM, of {len(beats)} tracks with drums"
    alone = sum(row.drums_within * row.downbeats for row in beats)
    yield f"downbeats within 5 ms, kick and drum loops alone {alone / max(1, bars):.2%} of {bars}"
    yield f"downbeats within 5 ms, all playing {near / max(1, bars):.2%}"
    follows = [row.energy_follows for row in done if np.isfinite(row.energy_follows)]
    yield f"energy: Spearman median {np.median(follows):.3f}, least {min(follows):.3f}"
    keyed = [row.key_right for row in done if row.key_right is not None]
    yield f"key of the tonal mix right or relative {np.mean(keyed):.1%} of {len(keyed)}"
    yield f"largest loudness error {max(abs(row.loudness_error_lu) for row in done):.3f} LU"
    yield f"highest true peak over its ceiling {max(row.over_ceiling_db for row in done):.2f} dB"
    yield f"clicks {sum(row.clicks for row in done)} at {sum(row.seams for row in done)} seams"
    yield f"tracks with sixteen bars twice {sum(row.repeats > 0 for row in done)}"
    yield f"tracks without a wanted instrument {sum(bool(row.missing) for row in done)}"
    lacking = [row for row in done if row.lacking]
    yield f"with one that the library lacks {len(lacking)}, {sum(r.warned for r in lacking)} warn"
    yield f"with one that only a stand-in plays {sum(bool(row.stood_in) for row in done)}"
    yield f"tracks with a refused instrument {sum(bool(row.refused_found) for row in done)}"


if __name__ == "__main__":
    main()
