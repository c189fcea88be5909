"""Tell whether another version of the code still makes the same rows and the same tracks.

    python -m benchmarks.unchanged --write FILE [--corpus DIR] [--prompts N]
    python -m benchmarks.unchanged --check FILE [--corpus DIR] [--prompts N]

The demo kits, and the folder DIR, are imported into libraries of their own; of each the analysis
rows and vectors, and the bytes of rendered tracks, are reduced to digests. --write keeps them in
a file, --check compares with it, lists what differs and then exits with 1. It goes by the command
line and by SQL alone, so that it does not care how the code is arranged.
"""

import argparse
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROMPTS = (
    "driving industrial techno 138 bpm",
    "warm deep house 122 bpm with piano chords",
    "uplifting trance 138 bpm, long breakdown, bright lead",
    "liquid drum & bass, 172 bpm, soft pads, no claps",
    "heavy dubstep 140 bpm, gritty bass",
    "lo-fi hip hop, 80 bpm, 2 minutes, without cymbals",
    "dark trap in F minor",
    "düsterer Ambient ohne Schlagzeug, 3 Minuten",
    "синтвейв 100 bpm с ярким лидом",
    "psytrance 145 bpm, rolling bass, no drums in the intro",
)

_LEFT_OUT = {"imported_at", "modified_ns", "seq", "stem_id"}
"""Columns that another import of the same files may fill otherwise."""


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    chosen = parser.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--write", type=Path, metavar="FILE")
    chosen.add_argument("--check", type=Path, metavar="FILE")
    parser.add_argument("--corpus", type=Path, metavar="DIR")
    parser.add_argument("--prompts", type=int, default=len(PROMPTS), metavar="N")
    options = parser.parse_args()
    found = dict(_digests(options.corpus, PROMPTS[: options.prompts]))
    if options.write:
        options.write.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
        print(f"{len(found)} digests written")
        return
    kept = json.loads(options.check.read_text(encoding="utf-8"))
    other = [name for name, digest in found.items() if kept.get(name) != digest]
    gone = [name for name in kept if name not in found and not _is_left_out(name, options)]
    for name in other:
        print(f"differs: {name}")
    for name in gone:
        print(f"gone: {name}")
    print(f"{len(found) - len(other)} of {len(found)} the same, {len(gone)} gone")
    sys.exit(1 if other or gone else 0)


def _is_left_out(name: str, options: argparse.Namespace) -> bool:
    library, kind, what = name.split(": ", 2)
    if library == "corpus" and options.corpus is None:
        return True
    return kind == "track" and what not in PROMPTS[: options.prompts]


def _digests(corpus: Path | None, prompts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as temporary:
        homes = {"demo": Path(temporary) / "demo"}
        _command("demo", home=homes["demo"])
        if corpus is not None:
            homes["corpus"] = Path(temporary) / "corpus"
            _command("preprocess", str(corpus.resolve()), home=homes["corpus"])
        for library, home in homes.items():
            for name, digest in _row_digests(home / "processed_database"):
                yield f"{library}: {name}", digest
            for prompt in prompts:
                track = Path(temporary) / "track.wav"
                _command("generate", prompt, "--seed", "7", "--out", str(track), home=home)
                yield f"{library}: track: {prompt}", hashlib.sha256(track.read_bytes()).hexdigest()
                track.unlink()


def _command(*words: str, home: Path) -> None:
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "TRAUM_HOME": str(home)}
    run = subprocess.run(
        [sys.executable, "-m", "src.cli", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if run.returncode != 0:
        sys.exit(f"{' '.join(words)} failed:\n{run.stderr[-2000:]}")


def _row_digests(folder: Path) -> Iterator[tuple[str, str]]:
    (file,) = folder.glob("*.db")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        names = dict(connection.execute("select id, name || ' ' || content_hash from stems"))
        for row in connection.execute("select * from stems order by id"):
            yield f"row: {names[row['id']]}", _digest(_values(row))
        vectors = connection.execute("select * from embeddings order by stem_id, model_id")
        for row in vectors:
            yield f"vector: {names[row['stem_id']]} {row['model_id']}", _digest(_values(row))


def _values(row: sqlite3.Row) -> dict[str, object]:
    return {
        name: value.hex() if isinstance(value := row[name], bytes) else value
        for name in row.keys()  # noqa: SIM118
        if name not in _LEFT_OUT
    }


def _digest(values: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    main()
