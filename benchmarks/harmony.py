"""Chords of whole tracks: planned, played, and heard again by an estimator of its own.

    python -m benchmarks.harmony --library HOME [--only N] [--json FILE]

Thirty-two prompts are rendered with each library (may be given twice). Of each: how many chords
a section has, how much of the time the most frequent triad takes, how many notes a chord has and
how far its voices move, the key of everything tonal; and whether the chords are heard. For that
the melodic parts are mixed alone, and each planned chord is compared with the 24 triads by plain
templates over a chroma of spectral peaks: nothing of it is used where chords are decided or
where loops are analysed. A chord of four notes is heard where one of the triads within it is,
and in a bar with nothing but basses the root is enough.
"""

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np

from benchmarks import report
from benchmarks.harmony_prompts import HARMONY_PROMPTS, HarmonyPrompt
from benchmarks.music import NO_KEY, made_libraries, opened, played, tonal_key
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.music.harmony.voicing import movement
from src.music.model.score import Channel, Score
from src.music.theory.chords import Chord, parse_chord
from src.music.theory.keys import relative_key

_FRAME_S = 0.5
_LOW_HZ, _BASS_HZ, _HIGH_HZ = 40.0, 160.0, 1600.0
_BASS_SHARE = 1.0
_SILENT = 1e-4
_HARMONICS = (1.0, 0.6, 0.36, 0.22, 0.13, 0.08)
"""How strong the overtones of a tone are taken to be (Gomez 2006)."""

_SAME_HIT_BEATS = 0.1
_CHORDAL = ("keys", "pad", "guitar", "synth", "strings", "brass")


@dataclass(frozen=True)
class HarmonyRow:
    """One prompt in one library.

    chords: least number of triads in a section of eight bars and more that has chords
    one_triad: largest share of the track's time that a planned triad takes
    heard, bars: share of the planned chords that are heard, and how many were compared
    heard_one: share of the time of the triad that is heard most
    notes, moved: median notes of a chord and semitones that a voice moves; NaN without any
    sequenced, loops: how many tonal parts are played note by note, and from loops
    """

    library: str
    prompt: str
    moves: bool
    asked: bool
    chords: int
    one_triad: float
    heard: float
    bars: int
    heard_one: float
    notes: float
    moved: float
    key: str
    heard_key: str
    sequenced: int
    loops: int


def main() -> None:
    """Open the libraries, render, measure, print."""
    parser = report.parser("Chords of whole tracks, planned, played and heard.")
    parser.add_argument("--library", type=Path, action="append", default=[], help="home to use")
    parser.add_argument("--only", type=int, help="only the first N prompts")
    parser.add_argument("--every", type=int, default=1, help="only every Nth prompt")
    parser.add_argument("--workers", type=int, default=1, help="processes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        homes = options.library or made_libraries(None, Path(temporary))
        tasks = [(h, p) for h in homes for p in HARMONY_PROMPTS[: options.only : options.every]]
        with ProcessPoolExecutor(options.workers) as pool:
            rows = list(pool.map(measured, tasks))
    show(rows)
    report.save({"tracks": [asdict(row) for row in rows]}, options.json)


def measured(task: tuple[Path, HarmonyPrompt]) -> HarmonyRow:
    """Plan, cast and play one prompt, and measure its chords."""
    home, request = task
    services = opened(home)
    plan = services.arranger.plan_prompt(request.prompt, seed=1)
    score = services.renderer.make_score(plan, seed=1)
    tonal = [channel for channel in score.channels if channel.role not in NO_KEY]
    mix = played(services, score, {channel.role for channel in tonal})
    triads = heard_triads(score, mix)
    right = [fits(found, chord) for chord, found, *_ in triads]
    bare = bass_only(score, tonal, [start for *_, start in triads])
    right = [r or (low and one[1].root == one[0].lowest)
             for r, low, one in zip(right, bare, triads, strict=True)]  # fmt: skip
    notes, moved = polyphony(tonal)
    print(f"{home.name}  {request.prompt}", flush=True)
    return HarmonyRow(
        library=home.name,
        prompt=request.prompt,
        moves=request.moves,
        asked=request.asked,
        chords=least_triads(score),
        one_triad=share_of_one(
            [(str(parse_chord(one.chord).triad), one.length_beats)
             for section in score.sections for one in section.chords]
        ),
        heard=float(np.mean(right)) if right else float("nan"),
        bars=len(right),
        heard_one=share_of_one([(str(found), beats) for _, found, beats, _ in triads]),
        notes=float(np.median(notes)) if notes else float("nan"),
        moved=float(np.median(moved)) if moved else float("nan"),
        key=score.key,
        heard_key=tonal_key(services, score),
        sequenced=sum(bool(c.notes) or _is_chordal(c) for c in tonal),
        loops=sum(bool(c.clips) and not _is_chordal(c) for c in tonal),
    )  # fmt: skip


def least_triads(score: Score) -> int:
    """The smallest number of triads of a section of eight bars and more; 0 for none."""
    long = [one for one in score.sections if one.length_beats >= 8 * score.beats_per_bar]
    counts = [len({str(parse_chord(c.chord).triad) for c in one.chords}) for one in long]
    return min(counts, default=0)


def share_of_one(spans: Sequence[tuple[str, float]]) -> float:
    """The largest share of the time that one name takes; NaN without any."""
    total = sum(beats for _, beats in spans)
    names = {name for name, _ in spans}
    times = [sum(beats for other, beats in spans if other == name) for name in names]
    return max(times) / total if total > 0 else float("nan")


def bass_only(score: Score, tonal: Sequence[Channel], starts: Sequence[float]) -> list[bool]:
    """Tell of each bar whether nothing but basses begins or goes on in it."""
    others = [
        (sound.start_beats, sound.start_beats + (sound.length_beats or 1.0))
        for channel in tonal
        if channel.role != "bass"
        for sound in (*channel.notes, *channel.clips)
    ]
    bar = score.beats_per_bar
    return [not any(a < start + bar and b > start for a, b in others) for start in starts]


def heard_triads(score: Score, mix: Audio) -> list[tuple[Chord, Chord, float, float]]:
    """(planned, heard, beats, start) of every planned bar in which something tonal sounds."""
    beat = 60.0 / score.bpm * PROJECT_SAMPLE_RATE
    mono = mix.mean(axis=0)
    out = []
    for section in score.sections:
        for one in section.chords:
            start = one.start_beats
            while start < one.start_beats + one.length_beats - 0.5:
                beats = min(score.beats_per_bar, one.start_beats + one.length_beats - start)
                chroma = plain_chroma(mono[round(start * beat) : round((start + beats) * beat)])
                if chroma is not None:
                    out.append((parse_chord(one.chord), best_triad(chroma), beats, start))
                start += score.beats_per_bar
    return out


def plain_chroma(sound: np.ndarray) -> np.ndarray | None:
    """Energy of spectral peaks by pitch class, 12 values; None for silence."""
    if sound.size < PROJECT_SAMPLE_RATE // 8 or float(np.sqrt(np.mean(sound**2))) < _SILENT:
        return None
    size = min(sound.size, round(_FRAME_S * PROJECT_SAMPLE_RATE))
    starts = range(0, sound.size - size + 1, max(1, size // 2))
    window = np.hanning(size)
    padded = 4 * size
    spectrum = np.mean(
        [np.abs(np.fft.rfft(sound[s : s + size] * window, padded)) for s in starts], axis=0
    )
    hz = np.fft.rfftfreq(padded, 1 / PROJECT_SAMPLE_RATE)
    inner = spectrum[1:-1]
    peak = np.zeros(spectrum.size, bool)
    peak[1:-1] = (inner > spectrum[:-2]) & (inner >= spectrum[2:])
    kept = peak & (hz >= _LOW_HZ) & (hz <= _HIGH_HZ) & (spectrum > 0.02 * spectrum.max())
    classes = np.round(69 + 12 * np.log2(hz[kept] / 440.0)).astype(int) % 12
    chroma = np.bincount(classes, np.sqrt(spectrum[kept]), minlength=12)
    low = hz[kept] <= _BASS_HZ
    bass = np.bincount(classes[low], np.sqrt(spectrum[kept][low]), minlength=12)
    return chroma + _BASS_SHARE * bass


def best_triad(chroma: np.ndarray) -> Chord:
    """The major or minor triad whose three tones fit a chroma best."""
    wanted = chroma / max(float(np.linalg.norm(chroma)), 1e-12)
    triads = [Chord(root, quality) for root in range(12) for quality in ("", "m")]

    def alike(triad: Chord) -> float:
        template = np.zeros(12)
        for tone, weight in zip(triad.pitch_classes, (1.1, 0.9, 1.0), strict=True):
            for harmonic, share in enumerate(_HARMONICS, start=1):
                template[(tone + round(12 * np.log2(harmonic))) % 12] += weight * share
        return float(wanted @ template / np.linalg.norm(template))

    return max(triads, key=alike)


def fits(found: Chord, planned: Chord) -> bool:
    """Tell whether a heard triad is that of a chord, lies within it, or shares a bare fifth."""
    if len(planned.intervals) == 2 or (3 not in planned.intervals and 4 not in planned.intervals):
        return found.root == planned.root
    return set(found.pitch_classes) <= set(planned.pitch_classes)


def polyphony(channels: Sequence[Channel]) -> tuple[list[int], list[int]]:
    """Notes of each chord, and by how many semitones each voice moves to the next one."""
    notes: list[int] = []
    moved: list[int] = []
    for channel in channels:
        if channel.role not in _CHORDAL:
            continue
        chords = list(struck_together(channel))
        full = [chord for chord in chords if len(chord) > 1]
        if len(full) * 2 < len(chords):
            continue
        notes += [len(chord) for chord in full]
        moved += [step for a, b in pairwise(full) if a != b for step in movement(a, b)]
    return notes, moved


def struck_together(channel: Channel) -> Iterator[tuple[int, ...]]:
    """Pitches, in semitones from the sample, that begin at once."""
    struck = [(n.start_beats, round(n.semitones)) for n in channel.notes]
    struck += [(c.start_beats, round(c.semitones)) for c in channel.clips if _is_chordal(channel)]
    for _, group in groupby(sorted(struck), key=lambda hit: round(hit[0] / _SAME_HIT_BEATS)):
        yield tuple(sorted({semitones for _, semitones in group}))


def _is_chordal(channel: Channel) -> bool:
    """Tell whether a channel's clips are held notes of chords: several begin at once."""
    starts = [round(clip.start_beats, 3) for clip in channel.clips]
    return len(starts) >= 2 * len(set(starts)) > 0


def show(rows: Sequence[HarmonyRow]) -> None:
    """A line for each track, then the figures of each library."""
    report.print_table(
        ("library", "prompt", "chords", "one triad", "heard", "bars", "heard one", "notes",
         "moved", "key", "heard key", "played", "loops"),
        [
            (row.library, row.prompt[:44], row.chords, row.one_triad, row.heard, row.bars,
             row.heard_one, row.notes, row.moved, row.key, row.heard_key, row.sequenced, row.loops)
            for row in rows
        ],
    )  # fmt: skip
    for library in dict.fromkeys(row.library for row in rows):
        print(f"\n{library}")
        for line in summary([row for row in rows if row.library == library]):
            print(f"  {line}")


def summary(rows: Sequence[HarmonyRow]) -> Iterator[str]:
    """The figures of one library, in words."""
    moving = [row for row in rows if row.moves and not row.asked]
    if moving:
        three = sum(row.chords >= 3 for row in moving)
        less = sum(row.one_triad <= 0.45 for row in moving)
        yield f"genres that move: three chords in every section {three} of {len(moving)}"
        yield f"at most 45 % of the time on one triad {less} of {len(moving)}"
        yield f"heard: at most 45 % on one {sum(r.heard_one <= 0.45 for r in moving)}"
    for name, group in (("asked for", [r for r in rows if r.asked]), ("all", rows)):
        bars = sum(row.bars for row in group)
        right = sum(row.heard * row.bars for row in group if row.bars)
        full = sum(row.heard >= 0.9 for row in group if row.bars)
        if bars:
            yield f"chords heard, {name}: {right / bars:.1%} of {bars} bars, 90 % in {full} tracks"
    for name, values in (("notes of a chord", [r.notes for r in rows]),
                         ("semitones a voice moves", [r.moved for r in rows])):  # fmt: skip
        known = [value for value in values if np.isfinite(value)]
        if known:
            yield f"{name}: median {np.median(known):.1f}, worst track {worst(name, known):.1f}"
    keyed = [row for row in rows if row.heard_key]
    same = sum(row.heard_key in (row.key, relative_key(row.key)) for row in keyed)
    yield f"key heard right or relative {same} of {len(keyed)}"


def worst(name: str, values: Sequence[float]) -> float:
    """Few notes and far moves are bad."""
    return min(values) if name.startswith("notes") else max(values)


if __name__ == "__main__":
    main()
