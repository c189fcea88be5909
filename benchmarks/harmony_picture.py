"""Draw what is played over the chords of a section, note by note.

    python -m benchmarks.harmony_picture [--prompt TEXT] [--section NAME] --out docs/harmony.svg

A library is made of the demo kits and three synthesised one-shots (an electric piano, a bass, a
pluck), so that the picture is the same everywhere. The first eight bars of the section are drawn:
its chords, notes as boxes at their pitch, loops with the shift of each of their slices; the same
is printed, with what was heard in the loops.
"""

import argparse
import tempfile
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.svg import BLUE, FAINT, INK, ORANGE, Picture
from src.audio.basics.envelopes import Adsr
from src.audio.basics.validation import PROJECT_SAMPLE_RATE
from src.audio.synthesis.tonal import (
    DeepBass,
    Press,
    SynthVoice,
    deep_bass_note,
    electric_piano_note,
    synth_note,
)
from src.core.config import Settings
from src.demo.kits import write_demo_kits
from src.music.model.score import Channel, Score, ScoreSection
from src.music.theory.library import DRUM_CATEGORIES, StemCard
from src.music.theory.progressions import chord_text
from src.music.theory.root_notes import root_note
from src.storage.encode import write_wav
from src.wiring import Services, build_services

PROMPT = "deep house 124 bpm, chords Fm Db Ab Eb, with piano, bass and a pluck lead"
BARS = 8
_LEFT, _BAR, _ROW, _HEAD, _LOOP = 110.0, 96.0, 5.0, 52.0, 20.0
_COLOURS = {"bass": ORANGE, "lead": "#2f855a", "synth": "#2f855a"}


def main() -> None:
    """Make the library, plan, cast, draw."""
    parser = argparse.ArgumentParser(description="What is played over the chords of a section.")
    parser.add_argument("--prompt", default=PROMPT)
    parser.add_argument("--section", default="", help="its name; left out: the fullest one")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        services = build_services(Settings(TRAUM_HOME=Path(home)))
        write_demo_kits(services.settings.raw_path)
        write_one_shots(services.settings.raw_path / "NTE_Notes")
        services.analyzer.run()
        plan = services.arranger.plan_prompt(options.prompt, seed=1)
        score = services.renderer.make_score(plan, seed=1)
        section = chosen_section(score, options.section)
        options.out.write_text(drawn(services, score, section), encoding="utf-8")
        services.close()


def write_one_shots(folder: Path) -> None:
    """Write a piano on C4, a bass on C2 and a pluck on C4 as files of one note each."""
    rate = PROJECT_SAMPLE_RATE
    rng = np.random.default_rng(1)
    bass = DeepBass(amp=Adsr(0.004, 0.35, 0.6, 0.05), index=2.0, cutoff_hz=1700)
    pluck = SynthVoice(amp=Adsr(0.002, 0.12, 0.0, 0.12), cutoff_hz=900, sweep_octaves=3.0)
    makers = {
        "NTE_Keys_Piano_C": partial(electric_piano_note, rng=rng, warmth=0.6),
        "NTE_Bass_Note_C": partial(deep_bass_note, bass),
        "NTE_Lead_Pluck_C": partial(synth_note, pluck, rng=rng),
    }
    for name, maker in makers.items():
        hz = 65.41 if "Bass" in name else 261.63
        note = maker(Press((hz,), 0.9), sample_rate=rate)
        folder.mkdir(parents=True, exist_ok=True)
        write_wav(folder / f"{name}.wav", note.astype(np.float32), sample_rate=rate)


def chosen_section(score: Score, name: str) -> ScoreSection:
    """The section of a name, else the first of the most energy."""
    named = [section for section in score.sections if section.name == name]
    return named[0] if named else max(score.sections, key=lambda section: section.energy)


def drawn(services: Services, score: Score, section: ScoreSection) -> str:
    """Draw the section, and print what is heard and played in it."""
    cards = services.cards.by_id([choice.stem_id for choice in score.choices])
    tonal = [one for one in score.channels if one.role not in (*DRUM_CATEGORIES, "fx", "vocal")]
    end = section.start_beats + min(section.length_beats, BARS * score.beats_per_bar)
    span = section.start_beats, end
    notes = [(one, _pitches(one, cards, *span)) for one in tonal]
    notes = [(one, pitches) for one, pitches in notes if pitches]
    loops = [(one, _shifts(one, *span)) for one in tonal if _shifts(one, *span)]
    keys = [key for _, pitches in notes for *_, key in pitches]
    low, high = min(keys, default=48) - 2, max(keys, default=72) + 2
    roll = _ROW * (high - low)
    height = _HEAD + roll + _LOOP * len(loops) + 40.0
    picture = Picture(_LEFT + _BAR * BARS + 16.0, height, f"Chords of {section.name}")
    picture.words((16.0, 24.0), f"{section.name}, {score.key}, {score.bpm:g} BPM", size=15.0)
    beat = _BAR / score.beats_per_bar
    _draw_chords(picture, section, end, beat)
    for number, (channel, pitches) in enumerate(notes):
        colour = _COLOURS.get(channel.role, BLUE)
        picture.words((16.0, _HEAD + 16.0 * (number + 1)), channel.name, color=colour)
        for start, length, key in pitches:
            corner = (_LEFT + (start - span[0]) * beat, _HEAD + _ROW * (high - key))
            picture.box(corner, (max(3.0, length * beat - 1.0), _ROW - 1.0), fill=colour)
    for number, (channel, shifts) in enumerate(loops):
        y = _HEAD + roll + _LOOP * (number + 1)
        picture.words((16.0, y), channel.name, color=INK)
        for start, shift in shifts:
            x = _LEFT + (start - span[0]) * beat
            picture.words((x + 4.0, y), f"{shift:+g}", size=11.0, color=FAINT)
    _tell(section, [one for one, _ in (*notes, *loops)], cards, score)
    return picture.text()


def _draw_chords(picture: Picture, section: ScoreSection, end: float, beat: float) -> None:
    """A line and a name where each chord begins."""
    for one in section.chords:
        if one.start_beats < end:
            x = _LEFT + (one.start_beats - section.start_beats) * beat
            picture.line((x, _HEAD - 12.0), (x, picture.height - 16.0))
            picture.words((x + 4.0, _HEAD - 4.0), one.chord, size=13.0)


def _pitches(
    channel: Channel, cards: dict[str, StemCard], start: float, end: float
) -> list[tuple[float, float, int]]:
    """(start, length, MIDI note) of what a one-shot plays."""
    struck = [(n.start_beats, n.length_beats or 0.25, n) for n in channel.notes]
    struck += [(c.start_beats, c.length_beats, c) for c in channel.clips]
    out = []
    for begins, length, sound in struck:
        root = root_note(cards[sound.stem_id])
        if root is not None and start <= begins < end:
            out.append((begins, min(length, end - begins), root + round(sound.semitones)))
    return out


def _shifts(channel: Channel, start: float, end: float) -> list[tuple[float, float]]:
    """(start, semitones) of the slices of a loop."""
    loops = [clip for clip in channel.clips if clip.length_beats >= 1.0]
    if channel.notes or not loops:
        return []
    return [(c.start_beats, c.semitones) for c in loops if start <= c.start_beats < end]


def _tell(
    section: ScoreSection, channels: list[Channel], cards: dict[str, StemCard], score: Score
) -> None:
    """Print the chords, and of each part its stem, what was heard in it, and how it is played."""
    print(f"{section.name}: {' '.join(one.chord for one in section.chords)}")
    stems = {choice.part: choice.stem_id for choice in score.choices}
    for channel in channels:
        card = cards[stems[channel.name]]
        heard = chord_text(card.chords) if card.chords else f"root {card.key}"
        print(f"  {channel.name:<8} {card.name:<36} heard {heard}")


if __name__ == "__main__":
    main()
