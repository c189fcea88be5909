"""Sixty prompts, rendered and measured from their files: is it the track that was asked for?

    python -m benchmarks.music --corpus DIR [--library HOME] [--only N] [--json FILE]

The demo kits, and the folder DIR, are imported into libraries of their own (or --library names
one that is there already; may be given twice). Measured for each prompt: tempo and downbeats of
the sections with drums (downbeats.py), rank correlation of energy and loudness, key of
everything tonal played alone, loudness, true peak, clicks at seams (prompts.py), blocks of
sixteen bars that repeat, wanted instruments, refused ones.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import prompts, report
from benchmarks.downbeats import downbeats
from benchmarks.music_prompts import PROMPTS, Asked
from src.audio.key import chroma_of, estimate_key
from src.audio.pitch import PITCH_RATE, low_rate
from src.audio.validation import HOUSE_RATE
from src.core.config import Settings
from src.music.keys import key_name, relative_key
from src.music.library import DRUM_CATEGORIES
from src.music.repetition import repeated_blocks
from src.music.score import Score
from src.services.demo import write_demo_kits
from src.services.playback import mix_score
from src.services.renderer import stem_loader
from src.storage.decode import read_audio
from src.wiring import Services, build_services

NO_KEY = ("fx", "atmo", "vocal", *DRUM_CATEGORIES)
"""Roles that are left out where the key of a track is measured."""


@dataclass(frozen=True)
class Heard:
    """One prompt in one library. missing: wanted categories that no stem plays."""

    library: str
    prompt: str
    downbeats: int
    bpm_error: float
    off_ms: float
    within: float
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
    problem: str = ""


def main() -> None:
    """Build or open the libraries, render, measure, print."""
    parser = report.parser("Sixty prompts, measured from their files.")
    parser.add_argument("--corpus", type=Path, help="folder of sounds to import")
    parser.add_argument("--library", type=Path, action="append", default=[], help="home to use")
    parser.add_argument("--only", type=int, help="only the first N prompts")
    parser.add_argument("--every", type=int, default=1, help="only every Nth prompt")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        homes = options.library or made_libraries(options.corpus, Path(temporary))
        rows = [
            row
            for home in homes
            for row in measured(home, Path(temporary), PROMPTS[: options.only : options.every])
        ]
    show(rows)
    report.save({"tracks": [asdict(row) for row in rows]}, options.json)


def made_libraries(corpus: Path | None, folder: Path) -> list[Path]:
    """A library of the demo kits, and one of the corpus if that is given."""
    demo = folder / "demo kits"
    with_demo = build_services(Settings(TRAUM_HOME=demo))
    write_demo_kits(with_demo.settings.raw_path)
    with_demo.preprocessor.run()
    with_demo.close()
    if corpus is None:
        return [demo]
    home = folder / "corpus"
    services = build_services(Settings(TRAUM_HOME=home))
    services.preprocessor.run(corpus, keep_bad_files=True)
    services.close()
    return [demo, home]


def measured(home: Path, folder: Path, asked: Sequence[Asked]) -> Iterator[Heard]:
    """Each prompt in one library."""
    services = build_services(Settings(TRAUM_HOME=home))
    for number, wish in enumerate(asked):
        print(f"{home.name}  {number + 1:2d}/{len(asked)}  {wish.prompt}", flush=True)
        yield heard(services, wish, folder / "track.wav", library=home.name)
    services.close()


def heard(services: Services, wish: Asked, path: Path, *, library: str) -> Heard:
    """Render one prompt and measure its file."""
    basic = prompts.measure(services, wish.prompt, wish.refused, path)
    nan = float("nan")
    if basic.problem:
        return Heard(
            library, wish.prompt, 0, nan, nan, nan, nan, "", "", None, nan, nan, 0, 0, 0,
            wish.wanted, (), basic.problem,
        )  # fmt: skip
    written = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    audio = read_audio(path, sample_rate=None).audio
    path.unlink()
    plan = services.arranger.generate_arrangement_plan(wish.prompt, seed=1)
    score = services.renderer.make_score(plan, seed=1)
    bars = downbeats(written["score"], audio, sample_rate=HOUSE_RATE)
    key = tonal_key(services, score)
    played = {choice.asked_category for choice in score.choices}
    return Heard(
        library=library,
        prompt=wish.prompt,
        downbeats=bars.count,
        bpm_error=bars.bpm_error,
        off_ms=bars.off_ms,
        within=bars.within,
        energy_follows=basic.energy_follows,
        key=score.key,
        heard_key=key,
        key_right=None if not key else key in (score.key, relative_key(score.key)),
        loudness_error_lu=basic.loudness_error_lu,
        over_ceiling_db=basic.true_peak_dbtp - score.ceiling_dbtp,
        seams=basic.seams,
        clicks=basic.clicks,
        repeats=len(repeated_blocks(score)),
        missing=tuple(sorted(set(wish.wanted) - played)),
        refused_found=basic.refused_found,
    )


def tonal_key(services: Services, score: Score) -> str:
    """The key of all melodic parts played alone, by the house's estimator; "" for none."""
    tonal = tuple(track for track in score.tracks if track.role not in NO_KEY)
    if not tonal:
        return ""
    cards = services.search.cards([choice.stem_id for choice in score.choices])
    load = stem_loader(services.settings.processed_path, cards)
    mix = mix_score(replace(score, tracks=tonal), load=load)
    low = low_rate(mix.mean(axis=0), sample_rate=HOUSE_RATE)
    found = estimate_key(chroma_of(low, rate=min(HOUSE_RATE, PITCH_RATE)))
    return "" if found is None else key_name(found.tonic, minor=found.minor)


def show(rows: Sequence[Heard]) -> None:
    """A line for each track, then the figures of each library."""
    report.print_table(
        ("library", "prompt", "bars", "BPM err", "ms off", "in 5 ms", "energy", "key", "heard",
         "LU err", "dB over", "clicks", "repeats", "missing", "refused"),
        [
            (row.library, row.prompt[:40], row.downbeats, row.bpm_error, row.off_ms, row.within,
             row.energy_follows, row.key, row.heard_key, row.loudness_error_lu,
             row.over_ceiling_db, row.clicks, row.repeats, " ".join(row.missing) or "-",
             ", ".join(row.refused_found) or row.problem[:40] or "-")
            for row in rows
        ],
    )  # fmt: skip
    for library in dict.fromkeys(row.library for row in rows):
        print(f"\n{library}")
        for line in summary([row for row in rows if row.library == library]):
            print(f"  {line}")


def summary(rows: Sequence[Heard]) -> Iterator[str]:
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
    yield f"downbeats within 5 ms {near / max(1, bars):.2%} of {bars}"
    follows = [row.energy_follows for row in done if np.isfinite(row.energy_follows)]
    yield f"energy: Spearman median {np.median(follows):.3f}, least {min(follows):.3f}"
    keyed = [row.key_right for row in done if row.key_right is not None]
    yield f"key of the tonal mix right or relative {np.mean(keyed):.1%} of {len(keyed)}"
    yield f"largest loudness error {max(abs(row.loudness_error_lu) for row in done):.3f} LU"
    yield f"highest true peak over its ceiling {max(row.over_ceiling_db for row in done):.2f} dB"
    yield f"clicks {sum(row.clicks for row in done)} at {sum(row.seams for row in done)} seams"
    yield f"tracks with sixteen bars twice {sum(row.repeats > 0 for row in done)}"
    yield f"tracks without a wanted instrument {sum(bool(row.missing) for row in done)}"
    yield f"tracks with a refused instrument {sum(bool(row.refused_found) for row in done)}"


if __name__ == "__main__":
    main()
