"""Embedding in lists against one by one, and how well text finds sound, names hidden.

    python -m benchmarks.embed [CORPUS] [--clips 200] [--only offline|clap] [--json FILE]

First the offline embedder. Without a corpus the demo kits are synthesised and embedded.

Ratio: time of one list over time of the same clips one by one; at most 1 is wanted.
P@10: of the ten stems nearest to a category's name, the share that has this label. These
clips also taught the category model: what it does on packs that it never saw is printed by
benchmarks.fit_categories.

Then CLAP on random weights of the real sizes (requirements/export.txt makes them): clips a second
and memory of ours, of transformers and of LAION's way. Random weights cost what real ones cost;
what CLAP finds can't be told without real ones.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the workers of an import run

import numpy as np

from benchmarks import report
from benchmarks.clap_speed import SIZES, compare_claps
from benchmarks.labelled_sounds import corpus_sounds, read_sound
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.demo.kits import DEMO_TRUTH, write_demo_kits
from src.embeddings.acoustic import AcousticEmbedder
from src.music.theory.library import CATEGORIES

ROUNDS = 3


def main() -> None:
    """Read arguments, measure, print tables."""
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--only", choices=("offline", "clap"))
    parser.add_argument("--clap-clips", type=int, default=24)
    parser.add_argument("--size", choices=tuple(SIZES), action="append", help="of the audio tower")
    arguments = parser.parse_args()
    figures: dict[str, object] = {}
    if arguments.only != "clap":
        figures |= offline(arguments)
    if arguments.only != "offline":
        figures["clap"] = compare_claps(arguments.clap_clips, arguments.size or list(SIZES))
    report.save(figures, arguments.json)


def offline(arguments: argparse.Namespace) -> dict[str, object]:
    """The offline embedder on the corpus or the demo kits."""
    if arguments.corpus is None:
        clips, labels = demo_clips()
    else:
        sounds = corpus_sounds(arguments.corpus)[:: max(1, 1000 // arguments.clips)]
        clips = [read_sound(sound.path) for sound in sounds]
        labels = [sound.category for sound in sounds]
    embedder = AcousticEmbedder()
    return compare_lists(embedder, clips) | find_by_name(embedder, clips, labels)


def demo_clips() -> tuple[list[Audio], list[str]]:
    """The demo kits as clips, and their categories."""
    with tempfile.TemporaryDirectory() as folder:
        write_demo_kits(Path(folder))
        clips = [read_sound(Path(folder) / stem.path) for stem in DEMO_TRUTH]
    return clips, [stem.category for stem in DEMO_TRUTH]


def compare_lists(embedder: AcousticEmbedder, clips: list[Audio]) -> dict[str, object]:
    """Best of three rounds each way; the bytes must agree."""
    together, alone = [], []
    listed = np.zeros((0, embedder.dimension))
    for _ in range(ROUNDS):
        started = time.perf_counter()
        listed = np.concatenate(
            [embedder.embed_audio(clips[i : i + 16]) for i in range(0, len(clips), 16)]
        )
        together.append(time.perf_counter() - started)
        started = time.perf_counter()
        single = np.concatenate([embedder.embed_audio([clip]) for clip in clips])
        alone.append(time.perf_counter() - started)
        if listed.tobytes() != single.tobytes():
            raise SystemExit("a list gave other vectors than one by one")
    ratio = min(together) / min(alone)
    per_clip = [min(times) / len(clips) * 1000.0 for times in (together, alone)]
    print(
        f"{len(clips)} clips, "
        f"{sum(clip.shape[1] for clip in clips) / PROJECT_SAMPLE_RATE:.0f} s of sound"
    )
    rows = [("lists of 16", per_clip[0]), ("one by one", per_clip[1]), ("ratio", ratio)]
    report.print_table(("way", "ms a clip"), rows)
    return {"list_ms": per_clip[0], "single_ms": per_clip[1], "ratio": ratio, "same_bytes": True}


def find_by_name(
    embedder: AcousticEmbedder, clips: list[Audio], labels: list[str]
) -> dict[str, object]:
    """P@10 for the name of every category that is there."""
    vectors, truth = embedder.embed_audio(clips), np.array(labels)
    rows = []
    for category in CATEGORIES:
        count = int((truth == category).sum())
        if count:
            similarity = vectors @ embedder.embed_text([category])[0]
            best = np.argsort(-similarity, kind="stable")[: min(10, count)]
            rows.append((category, count, float((truth[best] == category).mean())))
    report.print_table(("category", "stems", "P@10"), rows)
    return {"precision_at_10": {category: found for category, _, found in rows}}


if __name__ == "__main__":
    main()
