"""Embedding in lists against one by one, and how well text finds sound, names hidden.

    python -m benchmarks.embed ../shared/corpus [--clips 200] [--json FILE]

Ratio: time of one list over time of the same clips one by one; at most 1 is wanted.
P@10: of the ten stems nearest to a category's name, the share that has this label. These
clips also taught the category model: what it does on packs that it never saw is printed by
benchmarks.fit_categories.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np

from benchmarks.labelled_sounds import corpus_sounds, read_sound
from src.embeddings.acoustic import AcousticEmbedder
from src.music.library import CATEGORIES

ROUNDS = 3


def main() -> None:
    """Read arguments, measure, print tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    sounds = corpus_sounds(arguments.corpus)
    step = max(1, len(sounds) // arguments.clips)
    clips = [read_sound(sound.path) for sound in sounds[::step]]
    embedder = AcousticEmbedder()
    report = compare_lists(embedder, clips)
    if step == 1:
        vectors = embedder.embed_audio(clips)
        report |= find_by_name(embedder, vectors, [sound.category for sound in sounds])
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def compare_lists(embedder: AcousticEmbedder, clips: list[np.ndarray]) -> dict[str, object]:
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
    print(f"{len(clips)} clips, {sum(clip.shape[1] for clip in clips) / 48_000:.0f} s of sound")
    print(f"in lists of 16  {per_clip[0]:7.2f} ms a clip")
    print(f"one by one      {per_clip[1]:7.2f} ms a clip")
    print(f"ratio           {ratio:7.2f}")
    return {"list_ms": per_clip[0], "single_ms": per_clip[1], "ratio": ratio, "same_bytes": True}


def find_by_name(
    embedder: AcousticEmbedder, vectors: np.ndarray, labels: list[str]
) -> dict[str, object]:
    """P@10 for the name of every category."""
    truth = np.array(labels)
    found = {}
    print(f"{'category':14}{'stems':>6}{'P@10':>7}")
    for category in CATEGORIES:
        count = int((truth == category).sum())
        similarity = vectors @ embedder.embed_text([category])[0]
        best = np.argsort(-similarity, kind="stable")[: min(10, max(1, count))]
        found[category] = float((truth[best] == category).mean())
        print(f"{category:14}{count:6}{found[category]:7.2f}")
    print(f"{'mean':14}{len(truth):6}{np.mean(list(found.values())):7.2f}")
    return {"precision_at_10": found}


if __name__ == "__main__":
    main()
