"""A session with everything in it that a DAW could be told."""

from itertools import pairwise

from src.music.export.daw_session import (
    AudioItem,
    FilterSweep,
    Media,
    Session,
    SessionMarker,
    SessionTrack,
)
from src.music.export.midi_parts import MidiNote
from src.music.model.score import AutomationPoint
from src.music.theory.metre import Metre

BPM, RATE = 133.0, 48_000
PASS = 86_617
"""Samples of a pass of four beats: 86 616.54."""

LOOP = Media("audio/bass loop.wav", PASS, 2)
HIT = Media("audio/kick & co.wav", 9_600, 1)


def made_session() -> Session:
    """A repeated loop that turns up and moves aside, two overlapping hits, notes, markers."""
    starts = [round(4 * number * 60 / BPM * RATE) for number in range(4)]
    passes = tuple((start, after - start) for start, after in pairwise(starts))
    loop = AudioItem('Bass "Roll"', LOOP, 0.0, 12.0, 4.0, passes, 1.0, 0.25, 0.5)
    first = AudioItem("Kick", HIT, 0.0, 0.4, 0.4433, ((0, 8_662),), 0.5, 0.0, 0.012)
    second = AudioItem("Kick", HIT, 0.25, 0.4433, 0.4433, ((5_414, 9_600),), 0.9)
    return Session(
        title="Größe & <Co>",
        genre="techno",
        key="F#m",
        bpm=BPM,
        metre=Metre(3, 4),
        sample_rate=RATE,
        length_s=10.0,
        ticks_per_beat=30_720,
        markers=(SessionMarker(0.0, "Intro"), SessionMarker(6.0, "Дроп <2>")),
        tracks=(
            SessionTrack(
                "bass", "bass", 0.5, -0.5, (loop,),
                volume_curve=(AutomationPoint(0.0, 0.1), AutomationPoint(6.0, 2.0)),
                pan_curve=(AutomationPoint(0.0, -1.0), AutomationPoint(12.0, 0.5)),
                sweeps=(
                    FilterSweep("high_pass", (AutomationPoint(6.0, 20.0),)),
                    FilterSweep("low_pass", (AutomationPoint(0, 300.0), AutomationPoint(6, 18e3))),
                ),
            ),
            SessionTrack(
                "kick", "kick", 3.0, 0.0, (first, second),
                notes=(MidiNote(100_000, 7_680, 36, 127), MidiNote(130_720, 7_680, 36, 64)),
            ),
        ),
        comment="133 BPM",
    )  # fmt: skip
