"""The form of tracks, by the meters: holes, endings, kits, keys, doubled drums, repetition.

Asked for by ``python -m benchmarks.music --form [--corpus DIR] [--homes FOLDER]``: the demo kits,
six of their files, and of the corpus five single kits, drums alone, pads and voices alone. Each
renders some of the sixty prompts; of the demo kits all scores are made as well, to count how
often one sound plays.

A hole is a time within the bars in which the finished file stays below -60 dBFS for more than
two beats though no section is silent by request. The tail is the silence behind the last sound.
A track stops dead where it falls by 40 dB within 0.15 s at its end and no cold end was asked
for. Peaks between samples are looked for by ``scipy.signal.resample_poly``, not by the house's
meter.
"""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from benchmarks import report
from benchmarks.music_prompts import PROMPTS, TrackRequest
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.config import Settings
from src.core.errors import TraumError
from src.db.rows.library_counts import stem_groups
from src.music.arranging.library_summary import summarise_library
from src.music.model.ending import COLD
from src.music.model.plan import ArrangementPlan
from src.music.model.score import Channel, Score
from src.music.theory.keys import relative_key
from src.music.theory.library import DRUM_CATEGORIES, StemCard
from src.storage.decode import read_audio
from src.wiring import Services, build_services

SILENT_DBFS, DEAD_DB, DEAD_S, HOLE_BEATS = -60.0, 40.0, 0.15, 2.0
FREQUENT_SHARE, CANDIDATES = 0.15, 10
MANY_PROMPTS = 40
_STEP_S = 0.01
_BACKBEAT = ("snare", "clap")


@dataclass(frozen=True)
class FormFigures:
    """One prompt in one library.

    holes: (second, length in beats); tail_s: silence behind the last sound
    torn: kits whose tonal loops are moved by different shifts; kits: how many play
    doubled_beats: in which a drum loop with snares and a programmed snare sound together
    cymbal_hats: hi-hats that a cymbal plays; key_told: a warning says which key it kept
    """

    library: str
    prompt: str
    holes: tuple[tuple[float, float], ...] = ()
    tail_s: float = 0.0
    dead_stop: bool = False
    over_8x_db: float = 0.0
    torn: tuple[str, ...] = ()
    kits: int = 0
    key: str = ""
    audible_key: str = ""
    key_told: bool = False
    doubled_beats: float = 0.0
    cymbal_hats: int = 0
    problem: str = ""

    @property
    def key_right(self) -> bool | None:
        """Whether the key asked for, or its relative, is heard; None where none is."""
        if not self.audible_key:
            return None
        return self.audible_key in (self.key, relative_key(self.key))


@dataclass(frozen=True)
class Options:
    """Every how many-th prompt is rendered, in how many processes, and where figures go."""

    every: int
    workers: int
    json: Path | None


def run(homes: Sequence[Path], options: Options) -> None:
    """Render, measure, print and save."""
    tasks = [(home, request) for home in homes for request in PROMPTS[:: options.every]]
    with ProcessPoolExecutor(options.workers) as pool:
        rows = list(pool.map(_measured, tasks, chunksize=4))
        often = pool.submit(repeated_sounds, homes[0]).result()
    show(rows)
    print(f"\nsounds of {homes[0].name} over {MANY_PROMPTS} prompts, each by its share of tracks")
    for line in often:
        print(f"  {line}")
    report.save({"form": [asdict(row) for row in rows], "repeated": often}, options.json)


@cache
def _opened(home: Path) -> Services:
    return build_services(Settings(TRAUM_HOME=home))


def _measured(task: tuple[Path, TrackRequest]) -> FormFigures:
    """One prompt in one library, in a process of its own."""
    home, request = task
    services = _opened(home)
    plan = services.arranger.generate_arrangement_plan(request.prompt, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "track.wav"
        try:
            score = services.renderer.make_score(plan, seed=1)
            track = services.renderer.render_track(plan, seed=1, out=path)
        except TraumError as error:
            return FormFigures(home.name, request.prompt, problem=error.message)
        audio = read_audio(path, sample_rate=None).audio
    return figures_of(services, plan, score, audio, (home.name, track.warnings))


def figures_of(
    services: Services,
    plan: ArrangementPlan,
    score: Score,
    audio: Audio,
    about: tuple[str, Sequence[str]],
) -> FormFigures:
    """Measure a finished track. about: the library's name, and the track's warnings"""
    from benchmarks.music import tonal_key  # which offers this benchmark in its turn

    library, warnings = about
    cards = services.cards.by_id([choice.stem_id for choice in score.choices])
    levels = levels_dbfs(audio)
    end_s = last_sound_s(levels)
    cold = plan.ending is not None and plan.ending.kind == COLD
    return FormFigures(
        library,
        plan.prompt,
        holes=tuple(holes_of(levels, plan)),
        tail_s=round(audio.shape[1] / PROJECT_SAMPLE_RATE - end_s, 2),
        dead_stop=not cold and stops_dead(levels, end_s),
        over_8x_db=round(peak_db(audio) - score.ceiling_dbtp, 3),
        torn=torn_kits(score, cards),
        kits=len({card.kit_id for card in cards.values() if card.kit_id}),
        key=score.key,
        audible_key=tonal_key(services, score),
        key_told=any("the track is in " in text for text in warnings),
        doubled_beats=doubled_beats(score, cards),
        cymbal_hats=sum(
            channel.role == "hihat" and _plays(channel, cards, "cymbal")
            for channel in score.channels
        ),
    )


def levels_dbfs(audio: Audio) -> NDArray[np.float64]:
    """Root mean square of each 10 ms over both channels, in dBFS."""
    step = round(_STEP_S * PROJECT_SAMPLE_RATE)
    whole = audio[:, : audio.shape[1] // step * step].astype(np.float64)
    power = np.square(whole).mean(axis=0).reshape(-1, step).mean(axis=1)
    return np.asarray(10.0 * np.log10(power + 1e-20))


def last_sound_s(levels: NDArray[np.float64]) -> float:
    """When the last sound above SILENT_DBFS is over; 0 for silence."""
    sounding = np.flatnonzero(levels > SILENT_DBFS)
    return float((sounding[-1] + 1) * _STEP_S) if sounding.size else 0.0


def stops_dead(levels: NDArray[np.float64], end_s: float) -> bool:
    """Whether the last sound falls by DEAD_DB within DEAD_S."""
    last, before = round(end_s / _STEP_S), round((end_s - DEAD_S) / _STEP_S)
    if before < 1:
        return False
    return bool(levels[before - 5 : before + 1].max() > SILENT_DBFS + DEAD_DB) and last > 0


def holes_of(levels: NDArray[np.float64], plan: ArrangementPlan) -> Iterator[tuple[float, float]]:
    """Times within the bars in which nothing sounds: (second, length in beats)."""
    beat_s = 60.0 / plan.bpm
    steps = round(plan.duration_s / _STEP_S)
    quiet = np.concatenate(([False], levels[:steps] < SILENT_DBFS, [False]))
    bar, silent = 0, []
    for section in plan.structure:
        if section.silent:
            silent.append((bar, bar + section.bars))
        bar += section.bars
    bar_s = plan.beats_per_bar * beat_s
    for start, end in np.flatnonzero(np.diff(quiet.astype(int))).reshape(-1, 2):
        begins, beats = start * _STEP_S, (end - start) * _STEP_S / beat_s
        asked = any(a * bar_s - beat_s <= begins < b * bar_s for a, b in silent)
        if beats > HOLE_BEATS and not asked:
            yield round(float(begins), 2), round(float(beats), 1)


def peak_db(audio: Audio, *, times: int = 8) -> float:
    """Highest point of the curve between the samples in dBFS, by SciPy's resampler.

    Only surroundings of samples within 3 dB of the highest are looked at.
    """
    peak = float(np.abs(audio).max(initial=0.0))
    if peak == 0.0:
        return -np.inf
    reach = 64
    for channel in audio:
        near = np.flatnonzero(np.abs(channel) > 0.7 * float(np.abs(audio).max()))
        blocks = np.unique(near // 4096)
        for block in blocks:
            start = max(0, block * 4096 - reach)
            part = channel[start : (block + 1) * 4096 + reach].astype(np.float64)
            peak = max(peak, float(np.abs(resample_poly(part, times, 1)[reach:-reach]).max()))
    return float(20.0 * np.log10(peak))


def torn_kits(score: Score, cards: dict[str, StemCard]) -> tuple[str, ...]:
    """Kits whose tonal loops are moved by different shifts.

    Loops that follow chords are moved slice by slice: they are found here too, though not torn.
    """
    shifts: dict[str, set[float]] = defaultdict(set)
    for channel in score.channels:
        for clip in channel.clips:
            card = cards[clip.stem_id]
            tonal = card.category not in (*DRUM_CATEGORIES, "fx")
            if tonal and card.is_loop and card.key and card.kit_id:
                shifts[card.kit or card.kit_id].add(clip.semitones)
    return tuple(sorted(kit for kit, found in shifts.items() if len(found) > 1))


def doubled_beats(score: Score, cards: dict[str, StemCard]) -> float:
    """Beats in which a whole drum loop and a programmed snare or clap sound together."""
    loops = [
        (clip.start_beats, clip.start_beats + clip.length_beats)
        for channel in score.channels
        for clip in channel.clips
        if cards[clip.stem_id].category == "drums"
    ]
    hits = (
        note.start_beats
        for channel in score.channels
        if channel.role in _BACKBEAT
        for note in channel.notes
    )
    return float(len({int(hit) for hit in hits if any(a <= hit < b for a, b in loops)}))


def _plays(channel: Channel, cards: dict[str, StemCard], category: str) -> bool:
    ids = {clip.stem_id for clip in channel.clips} | {note.stem_id for note in channel.notes}
    return any(cards[stem_id].category == category for stem_id in ids)


def repeated_sounds(home: Path) -> list[str]:
    """Sounds that play in too many of MANY_PROMPTS, where their category has many.

    Each track is recorded before the next one is made, as a user's tracks are.
    """
    services = _opened(home)
    with services.database.transaction() as session:
        with_category = summarise_library(stem_groups(session)).counts
    played: Counter[tuple[str, str]] = Counter()
    recent: list[list[str]] = []
    for number, request in enumerate(PROMPTS[: 60 : 60 // MANY_PROMPTS][:MANY_PROMPTS]):
        plan = services.arranger.generate_arrangement_plan(request.prompt, seed=number)
        try:
            score = services.renderer.make_score(plan, seed=number)
        except TraumError:
            continue
        recent.append([choice.stem_id for choice in score.choices])
        played.update({(choice.category, choice.name) for choice in score.choices})
    lines = []
    for (category, name), count in played.most_common():
        share = count / MANY_PROMPTS
        if share > FREQUENT_SHARE and with_category.get(category, 0) >= CANDIDATES:
            lines.append(f"{share:.0%}  {category}  {name}  of {with_category[category]}")
    return lines


def show(rows: Sequence[FormFigures]) -> None:
    """The figures of each library, and what was worst."""
    report.print_table(
        ("library", "tracks", "holes", "longest", "tail s", "dead ends", "torn kits", "kits",
         "key right", "else told", "over 8x dB", "doubled", "cymbal hats"),
        [_summary(name, [row for row in rows if row.library == name])
         for name in dict.fromkeys(row.library for row in rows)],
    )  # fmt: skip
    for row in rows:
        if row.holes or row.torn or row.dead_stop or row.problem:
            told = row.problem or f"{row.holes} {row.torn} {'dead' if row.dead_stop else ''}"
            print(f"{row.library}: {row.prompt[:50]}: {told}")


def _summary(name: str, rows: Sequence[FormFigures]) -> tuple[Any, ...]:
    done = [row for row in rows if not row.problem]
    if not done:
        return (name, f"0 of {len(rows)}", *["-"] * 11)
    keyed = [row for row in done if row.key_right is not None]
    wrong = [row for row in keyed if not row.key_right]
    beats = [length for row in done for _, length in row.holes]
    return (
        name,
        f"{len(done)} of {len(rows)}",
        f"{sum(bool(row.holes) for row in done)} tracks",
        max(beats, default=0.0),
        max(row.tail_s for row in done),
        sum(row.dead_stop for row in done),
        sum(bool(row.torn) for row in done),
        float(np.median([row.kits for row in done])),
        f"{len(keyed) - len(wrong)} of {len(keyed)}",
        f"{sum(row.key_told for row in wrong)} of {len(wrong)}",
        max(row.over_8x_db for row in done),
        sum(row.doubled_beats for row in done),
        sum(row.cymbal_hats for row in done),
    )
