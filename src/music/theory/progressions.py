"""Analysed chords as they are stored, and which loops go over a progression."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from src.core.errors import InvalidInputError
from src.music.theory.chords import Chord, HeardChord, parse_chord, parse_chords

MOST_CHORDS = 64
"""So many changes of chord are kept of a loop, and taken of a user."""

ChordRow = Mapping[str, Any]
"""As a column holds chords: {"bpm": of the beats, "spans": [[name, beats, confidence], ...]}."""


def chord_row(chords: Sequence[HeardChord], *, bpm: float) -> dict[str, Any]:
    """Convert chords to plain values for a column. bpm: the tempo that their beats are of"""
    spans = [[str(one.chord), round(one.beats, 3), round(one.confidence, 3)] for one in chords]
    return {"bpm": round(bpm, 3), "spans": spans}


def chords_of_row(row: ChordRow | None, *, bpm: float | None) -> tuple[HeardChord, ...] | None:
    """Read chords in beats of the tempo that a loop has now; None where they are not known.

    bpm: None where the loop has none, and so no beats
    """
    if row is None or not bpm:
        return None
    ratio = bpm / row["bpm"]
    return tuple(
        HeardChord(round(beats * ratio, 3), parse_chord(name), confidence)
        for name, beats, confidence in row["spans"]
    )


def chords_said(text: str, *, beats: float) -> tuple[HeardChord, ...]:
    """Read chords as a user writes them, each as long as the others: "Am F C G", "Am:6 G:2".

    beats: of the whole loop; where lengths are written behind a colon they hold instead

    Raises InvalidInputError for what is no chord, no length, or too much.
    """
    words = text.replace(",", " ").replace("|", " ").replace("-", " ").split()
    if not 0 < len(words) <= MOST_CHORDS:
        raise InvalidInputError(f"give 1 to {MOST_CHORDS} chords, got {len(words)}")
    pairs = [word.partition(":") for word in words]
    chords = parse_chords(tuple(name for name, _, _ in pairs))
    lengths = [_length(length, beats / len(words)) for _, _, length in pairs]
    return tuple(
        HeardChord(length, chord, 1.0) for chord, length in zip(chords, lengths, strict=True)
    )


def chord_text(chords: Sequence[HeardChord]) -> str:
    """Write chords as ``chords_said`` reads them: "Am:4 F:4"."""
    return " ".join(f"{one.chord}:{one.beats:g}" for one in chords)


def progression_text(row: ChordRow | None) -> str | None:
    """Name the triads that a loop goes through, each once in a row: "Am F C G "; None: unknown.

    The last one and the first are one where they are the same, since a loop begins again.
    """
    if row is None:
        return None
    names = [str(_searched(parse_chord(name))) for name, _, _ in row["spans"]]
    return "".join(f"{name} " for name in _cycle(names))


def searched_progressions(text: str) -> tuple[str, ...]:
    """Convert requested chords to what may stand in a progression that is told twice.

    One chord is also found as bare fifths. Raises InvalidInputError for what is no chord.
    """
    requested = [one.chord for one in chords_said(text, beats=1.0)]
    names = _cycle([str(_searched(chord)) for chord in requested])
    if len(names) == 1:
        return f" {names[0]} ", f" {Chord(requested[0].root, '5')} "
    return (f" {' '.join(_period(names))} ",)


def goes_over(progression: str, searched: Sequence[str]) -> bool:
    """Tell whether a loop's progression has what is searched, wherever the loop begins."""
    return any(one in f" {progression}{progression}" for one in searched)


def _searched(chord: Chord) -> Chord:
    return Chord(chord.root, "5") if chord.quality == "5" else chord.triad


def _cycle(names: Sequence[str]) -> list[str]:
    joined = [name for name, _ in groupby(names)]
    return joined[:-1] if len(joined) > 1 and joined[0] == joined[-1] else joined


def _period(names: list[str]) -> list[str]:
    """Cut what repeats: Am F Am F is Am F."""
    count = len(names)
    lengths = (n for n in range(1, count + 1) if count % n == 0)
    return next(names[:n] for n in lengths if names[:n] * (count // n) == names)


def _length(text: str, otherwise: float) -> float:
    if not text:
        return otherwise
    try:
        beats = float(text)
    except ValueError as error:
        raise InvalidInputError(
            f"a chord's length must be beats, as in Am:4, got {text!r}"
        ) from error
    if not 0.0 < beats <= 1024.0:
        raise InvalidInputError(f"a chord's length must be 0 to 1024 beats, got {text!r}")
    return beats
