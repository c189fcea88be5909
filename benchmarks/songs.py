"""Measure tempo and beats of whole songs against songs whose beats are known.

    python -m benchmarks.songs --soundfont FILE.sf2 [--songs 18] [--seed 2] [--recorded DIR]
                               [--librosa-python PY] [--json FILE]

Composed songs are played by fluidsynth: steady, drifting, changing. --recorded names a folder of
a rhythm game's songs, each with its stems (.ogg) and notes.mid (Debian packages some). Beats are
right within 70 ms, tempos within 1 %.
"""

import json
import subprocess
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks import report
from benchmarks.song_material import KnownSong, composed_songs, recorded_songs
from src.analysis.song_facts import song_tempo_bpm
from src.audio.basics.validation import Audio
from src.audio.songs.onsets import song_onsets
from src.audio.songs.tempo_octave import tempo_and_beats

WITHIN_S, WITHIN_SHARE = 0.07, 0.01
_RIVAL = """
import json, sys, librosa, numpy as np
for path in sys.stdin.read().split("\\n"):
    if path:
        audio, rate = librosa.load(path, sr=22050)
        _, beats = librosa.beat.beat_track(y=audio, sr=rate, units="time")
        print(json.dumps([float(beat) for beat in beats]))
"""

Values = NDArray[np.float64]


def main() -> None:
    """Run the command line."""
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("--soundfont", type=Path, required=True)
    parser.add_argument("--songs", type=int, default=18)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--recorded", type=Path, metavar="DIR")
    parser.add_argument("--librosa-python", metavar="PY", help="a Python with librosa")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        songs = list(
            composed_songs(
                options.songs, seed=options.seed, soundfont=options.soundfont, folder=folder
            )
        )
        if options.recorded is not None:
            songs += recorded_songs(options.recorded)
        rows = [row for song in songs for row in measured(song, folder, options.librosa_python)]
    figures = {"songs": rows, "by_source": summarised(rows)}
    report.print_table(
        ("who", "source", "songs", "beats F", "F >= .8", "tempo within 1 %", "s per minute"),
        [list(one.values()) for one in figures["by_source"]],
    )
    report.save(figures, options.json)


def measured(song: KnownSong, work: Path, rival: str | None) -> list[dict[str, Any]]:
    """Figures of one song by ours, and by librosa where it is there."""
    audio, rate = mixed(song)
    started = time.process_time()
    found = tempo_and_beats(song_onsets(audio, sample_rate=rate))
    cpu_s = time.process_time() - started
    beats = {"ours": (np.zeros(0) if found is None else found[1], cpu_s)}
    if rival is not None:
        path = work / "mix.wav"
        soundfile.write(path, audio.T, rate, subtype="FLOAT")
        command = [rival, "-c", _RIVAL]
        answer = subprocess.run(
            command, input=str(path), capture_output=True, text=True, check=True
        )
        beats["librosa"] = (np.array(json.loads(answer.stdout)), float("nan"))
    minutes = audio.shape[1] / rate / 60.0
    return [
        {
            "who": who,
            "name": song.name,
            "source": song.source,
            "f_measure": f_measure(times_s, song.beats_s),
            "tempo_right": tempo_right(times_s, song.bpm),
            "cpu_s_per_minute": seconds / minutes,
        }
        for who, (times_s, seconds) in beats.items()
    ]


def mixed(song: KnownSong) -> tuple[Audio, int]:
    """Add a song's stems; shape (channels, samples), and their rate in Hz."""
    parts = [soundfile.read(path, dtype="float32", always_2d=True) for path in song.paths]
    length = min(part.shape[0] for part, _ in parts)
    mix = sum(part[:length] for part, _ in parts)
    return np.ascontiguousarray(np.asarray(mix, np.float32).T), int(parts[0][1])


def f_measure(found_s: Values, true_s: Values) -> float:
    """F-measure of beats within 70 ms, each used once; found ones beyond the truth don't count."""
    inside = found_s[(found_s > true_s[0] - 0.5) & (found_s < true_s[-1] + 0.5)]
    hits = found = true = 0
    while found < inside.size and true < true_s.size:
        off_s = inside[found] - true_s[true]
        hits += abs(off_s) <= WITHIN_S
        found, true = (
            found + (off_s <= WITHIN_S),
            true + (off_s >= -WITHIN_S),
        )
    return 2.0 * hits / max(inside.size + true_s.size, 1)


def tempo_right(found_s: Values, bpm: float) -> bool:
    """Tell whether the tempo of most of the beats is right to 1 %."""
    return found_s.size > 1 and abs(song_tempo_bpm(found_s) / bpm - 1.0) <= WITHIN_SHARE


def summarised(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Average by who and source, and over all sources."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["who"], row["source"]].append(row)
        groups[row["who"], "all"].append(row)
    return [
        {
            "who": who,
            "source": source,
            "songs": len(group),
            "f_measure": float(np.mean([row["f_measure"] for row in group])),
            "f_above_80": float(np.mean([row["f_measure"] >= 0.8 for row in group])),
            "tempo_right": float(np.mean([row["tempo_right"] for row in group])),
            "cpu_s_per_minute": float(np.mean([row["cpu_s_per_minute"] for row in group])),
        }
        for (who, source), group in sorted(groups.items())
    ]


if __name__ == "__main__":
    main()
