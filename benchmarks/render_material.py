"""What the render benchmark renders: made stems, and a score that uses everything there is.

Every loop has a tempo of its own, so that all of them are stretched, and the tonal ones are
shifted in pitch. Tracks have fills, reversed hits, chokes, throws into reverb and echo, filter
sweeps, moving levels and pans, and duck under the kick.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.music.model.score import (
    Automation,
    AutomationPoint,
    Channel,
    Clip,
    Note,
    Score,
    ScoreSection,
)
from src.storage.encode import write_wav

BPM = 138.0
ROOM_FOR_ECHO_S = 3.0
LOOPS = (
    ("drums", 130.0, 4), ("percussion", 142.0, 2), ("bass", 128.0, 4), ("synth", 126.0, 8),
    ("lead", 140.0, 4), ("pad", 120.0, 8), ("keys", 132.0, 4), ("guitar", 145.0, 4),
    ("atmo", 100.0, 8), ("vocal", 124.0, 4),
)  # fmt: skip
"""Role, tempo and bars of the loops; ten of the sixteen stems."""

HITS = (("kick", 1.0), ("hihat", 0.5), ("clap", 2.0), ("tom", 4.0), ("brass", 0.75), ("fx", 32.0))
"""Role and distance in beats of the one-shots; brass plays an arpeggio."""

INSTEAD = {"bass": ("bass 2", 134.0, 4), "lead": ("lead 2", 131.0, 4)}
"""Voices that may get another stem, and that stem: name, tempo, bars."""

ROLES = tuple(role for role, *_ in (*LOOPS, *HITS))
_FORM = (
    ("Intro", 64, 0.3), ("Groove", 96, 0.6), ("Build", 32, 0.7), ("Drop", 128, 1.0),
    ("Break", 96, 0.4), ("Build 2", 32, 0.8), ("Drop 2", 160, 1.0), ("Outro", 80, 0.4),
)  # fmt: skip
"""Name, length in beats for five minutes, and energy of the sections."""

_RESTS = {
    "Intro": ("bass", "lead", "vocal", "keys", "guitar", "brass"),
    "Groove": ("lead", "vocal", "pad", "guitar"),
    "Build": ("bass", "kick", "guitar"),
    "Break": ("kick", "drums", "percussion", "bass", "hihat", "clap", "tom"),
    "Build 2": ("bass", "kick", "vocal"),
    "Outro": ("lead", "vocal", "pad", "keys", "brass"),
}
"""Who is silent in which section, as in the arranger's forms; in the drops all sixteen play."""

_DRUMS = ("drums", "percussion", "kick", "hihat", "clap", "tom")
_SENT = ("synth", "lead", "pad", "keys", "guitar", "vocal", "atmo", "clap", "brass", "fx")
_DUCKED = ("bass", "pad", "atmo", "synth", "keys")


def write_stems(folder: Path) -> None:
    """Write the stems as the importer would leave them: 48 kHz, 24 bit, stereo."""
    rng = np.random.default_rng(1)
    for role, bpm, bars in (*LOOPS, *INSTEAD.values()):
        write_wav(folder / f"{role}.wav", _loop(role, bpm, bars, rng))
    for role, _ in HITS:
        write_wav(folder / f"{role}.wav", _hit(role, rng))


def _loop(role: str, bpm: float, bars: int, rng: np.random.Generator) -> Audio:
    """Noise hits for drums, detuned partials with a rhythm for the rest."""
    samples = round(bars * 4 * 60 / bpm * PROJECT_SAMPLE_RATE)
    times = np.arange(samples) / PROJECT_SAMPLE_RATE
    beat = times * bpm / 60
    if role in _DRUMS:
        sound = rng.standard_normal((2, samples)) * np.exp(-((beat * 2) % 1) * 6) * 0.2
        sound += 0.6 * np.sin(2 * np.pi * 50 * times) * np.exp(-(beat % 1) * 5)
    else:
        root = {"bass": 55.0, "pad": 220.0, "atmo": 110.0}.get(role.split(maxsplit=1)[0], 440.0)
        sound = np.zeros((2, samples))
        for partial in range(1, 6):
            phase = rng.uniform(0, 6.28, (2, 1))
            sound += 0.15 / partial * np.sin(2 * np.pi * root * partial * times + phase)
        sound *= 0.6 + 0.4 * np.cos(np.pi * beat) ** 2
    return sound.astype(np.float32)


def _hit(role: str, rng: np.random.Generator) -> Audio:
    """A decaying hit: half a second, the crash of fx two."""
    times = (
        np.arange(PROJECT_SAMPLE_RATE * 2 if role == "fx" else PROJECT_SAMPLE_RATE // 2)
        / PROJECT_SAMPLE_RATE
    )
    if role in ("kick", "tom", "brass"):
        body = np.sin(2 * np.pi * {"kick": 55, "tom": 90, "brass": 220}[role] * times)
    else:
        body = rng.standard_normal((2, times.size))
    fall = np.exp(-times * (2 if role == "fx" else 12))
    return np.broadcast_to(0.5 * body * fall, (2, times.size)).astype(np.float32)


def benchmark_score(minutes: float, stems: int, target_lufs: float | None) -> Score:
    """Up to sixteen tracks, arranged in eight sections.

    stems: the first so many tracks, loops and one-shots by turns
    """
    sections = _sections(minutes)
    tracks = {
        **{
            role: _loop_track(role, bpm, bars, _playing(role, sections))
            for role, bpm, bars in LOOPS
        },
        **{role: _hit_track(role, every, _playing(role, sections)) for role, every in HITS},
    }
    return Score(
        bpm=BPM, key="Am", seed=1, sections=sections,
        channels=tuple(tracks[role] for role in _chosen(stems)),
        target_lufs=target_lufs, ceiling_dbtp=-1.0, tail_s=ROOM_FOR_ECHO_S,
    )  # fmt: skip


def _chosen(stems: int) -> list[str]:
    """The first so many roles; kick and bass are always there."""
    others = [role for role in ROLES if role not in ("kick", "bass")]
    return ["kick", "bass", *others][:stems]


def swapped(score: Score, role: str) -> Score:
    """The score after one stem was swapped, as a revision makes it.

    Other than the voice itself, the levels of all tracks move a little in most sections: the
    arranger weighs the sections' loudness anew.
    """
    clips = _clips(*INSTEAD[role], _playing(role, score.sections))
    tracks = [
        replace(track, clips=clips) if track.role == role else track for track in score.channels
    ]
    moved = tuple(
        replace(section, level_db=section.level_db + _shift_db(number))
        for number, section in enumerate(score.sections)
    )
    shifted = tuple(_shifted(track, score.sections) for track in tracks)
    return replace(score, sections=moved, channels=shifted)


def _shift_db(section: int) -> float:
    return (0.2, -0.35, 0.1, 0.0, 0.45, -0.1, 0.0, 0.25)[section]


def _shifted(track: Channel, sections: tuple[ScoreSection, ...]) -> Channel:
    def moved(point: AutomationPoint) -> AutomationPoint:
        number = max(n for n, s in enumerate(sections) if s.start_beats <= point.beats)
        return replace(point, value=point.value + _shift_db(number))

    lines = tuple(
        replace(line, points=tuple(moved(point) for point in line.points))
        if line.parameter == "gain_db"
        else line
        for line in track.automation
    )
    return replace(track, automation=lines)


def _sections(minutes: float) -> tuple[ScoreSection, ...]:
    """The form at a length, each section of whole bars."""
    found: list[ScoreSection] = []
    start = 0.0
    for number, (name, beats, energy) in enumerate(_FORM):
        length = max(2, round(beats * minutes / 5 / 4)) * 4.0
        found.append(ScoreSection(name, start, length, energy, 0.3 * (number % 3)))
        start += length
    return tuple(found)


def _playing(role: str, sections: tuple[ScoreSection, ...]) -> tuple[ScoreSection, ...]:
    """The sections in which a role plays."""
    return tuple(section for section in sections if role not in _RESTS.get(section.name, ()))


def _clips(
    stem: str, bpm: float, bars: int, sections: tuple[ScoreSection, ...]
) -> tuple[Clip, ...]:
    """A loop through all sections; drums stutter in each section's last bar."""
    tonal = stem not in _DRUMS
    length_s, ratio = bars * 4 * 60 / bpm, bpm / BPM
    shift = -2.0 if tonal else 0.0
    clips = []
    for section in sections:
        end = section.start_beats + section.length_beats
        body = section.length_beats if tonal else section.length_beats - 4.0
        clips.append(Clip(stem, section.start_beats, body, 0.0, length_s, ratio, shift))
        if not tonal:
            for step, beats in enumerate((1.0, 0.5, 0.5, 1.0, 0.5, 0.5)):
                place = end - 4.0 + sum((1.0, 0.5, 0.5, 1.0, 0.5, 0.5)[:step])
                clips.append(Clip(stem, place, beats, 0.0, beats * 60 / bpm, ratio))
    return tuple(clips)


def _loop_track(role: str, bpm: float, bars: int, sections: tuple[ScoreSection, ...]) -> Channel:
    automation = [*_levels(sections)]
    if role in ("bass", "synth", "lead", "pad", "keys", "guitar"):
        automation.append(Automation("low_pass_hz", tuple(_closing(sections))))
    if role in ("drums", "synth"):
        automation.append(Automation("high_pass_hz", tuple(_thinning(sections))))
    if role in ("lead", "vocal"):
        automation.append(Automation("delay_send_db", tuple(_throws(sections, -18.0))))
    if role == "guitar":
        swing = (AutomationPoint(s.start_beats, 0.4 * (-1) ** n) for n, s in enumerate(sections))
        automation.append(Automation("pan", tuple(swing)))
    return Channel(
        role, role, clips=_clips(role, bpm, bars, sections), gain_db=-12.0,
        pan=0.2 if role == "keys" else 0.0,
        high_pass_hz=None if role in ("drums", "bass") else 120.0,
        mono_below_hz=120.0 if role in ("drums", "bass") else None,
        reverb_send_db=-14.0 if role in _SENT else None,
        delay_send_db=-18.0 if role in ("lead", "vocal") else None,
        duck_db=6.0 if role in _DUCKED else 0.0,
        automation=tuple(automation),
    )  # fmt: skip


def _hit_track(role: str, every: float, sections: tuple[ScoreSection, ...]) -> Channel:
    """Hits at moving velocities, a few thousandths beside the grid, as hands play."""
    rng = np.random.default_rng(len(role))
    notes = tuple(
        Note(
            role, max(0.0, start + rng.normal(0.0, 0.004)), float(rng.uniform(0.6, 1.0)),
            semitones=(0.0, 3.0, 7.0, 12.0)[number % 4] if role == "brass" else 0.0,
            length_beats=0.5 if role == "brass" else None,
        )
        for section in sections
        for number, start in enumerate(_steps(section, every))
    )  # fmt: skip
    clips: tuple[Clip, ...] = ()
    if role == "fx":
        back = 2.0 * BPM / 60
        starts = [section.start_beats - back for section in sections[1:]]
        clips = tuple(Clip(role, start, back, 0.0, 2.0, reverse=True) for start in starts)
    automation = [*_levels(sections)]
    if role == "clap":
        automation.append(Automation("reverb_send_db", tuple(_throws(sections, -16.0))))
    return Channel(
        role, role, clips=clips, notes=notes, gain_db=-10.0,
        reverb_send_db=-14.0 if role in _SENT else None, automation=tuple(automation),
    )  # fmt: skip


def _steps(section: ScoreSection, every: float) -> list[float]:
    end = section.start_beats + section.length_beats
    steps: list[float] = np.arange(section.start_beats, end, every).tolist()
    return steps


def _levels(sections: tuple[ScoreSection, ...]) -> Iterator[Automation]:
    """Level by energy, with a turn of a sixteenth."""
    points = []
    for section in sections:
        level_db = 5.0 * (section.energy - 1.0) + section.level_db
        end = section.start_beats + section.length_beats
        points += [AutomationPoint(section.start_beats, level_db)]
        points += [AutomationPoint(end - 1 / 64, level_db)]
    yield Automation("gain_db", tuple(points))


def _closing(sections: tuple[ScoreSection, ...]) -> Iterator[AutomationPoint]:
    """A low-pass that opens over intros and builds and closes over outros."""
    for section in sections:
        end = section.start_beats + section.length_beats
        opens = section.name.startswith(("Intro", "Build"))
        yield AutomationPoint(section.start_beats, 700.0 if opens else 18_000.0)
        yield AutomationPoint(end - 1 / 64, 900.0 if section.name == "Outro" else 18_000.0)


def _thinning(sections: tuple[ScoreSection, ...]) -> Iterator[AutomationPoint]:
    """A high-pass that rises over builds."""
    for section in sections:
        end = section.start_beats + section.length_beats
        yield AutomationPoint(section.start_beats, 20.0)
        yield AutomationPoint(end - 1 / 64, 220.0 if section.name.startswith("Build") else 20.0)


def _throws(sections: tuple[ScoreSection, ...], own_db: float) -> Iterator[AutomationPoint]:
    """Open for the last beat of each section."""
    for section in sections:
        end = section.start_beats + section.length_beats
        yield AutomationPoint(end - 1 - 1 / 64, own_db)
        yield AutomationPoint(end - 1, -4.0)
        yield AutomationPoint(end - 1 / 64, -4.0)
        yield AutomationPoint(end, own_db)
