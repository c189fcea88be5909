"""Which notes a one-shot plays over the chords of a section: chords, figures, basses, melodies."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from src.music.casting.cast_part import CastPart
from src.music.genre.steps import Step
from src.music.harmony.bass_lines import bass_notes
from src.music.harmony.melody import melody_notes
from src.music.harmony.row import Figure, HarmonicSetting, interval_of
from src.music.harmony.voicing import Voicing, leading
from src.music.model.score import Note
from src.music.theory.chords import Chord
from src.music.theory.exclusion import words_of
from src.music.theory.keys import pitch_class
from src.music.theory.library import StemCard
from src.music.theory.root_notes import root_note

CHORD_PARTS = ("keys", "pad", "guitar", "synth", "strings", "brass", "atmo", "other")
"""Categories that play chords where their pattern names no other notes than roots and fifths."""

_RANGE, _LOWEST_NOTE, _LEAST_LOW, _MOST_LOW = 19, 47, -12, -3
"""Chords lie within so many semitones from about B2 on, but near where the sample was recorded."""

_FIGURE_LOW, _FIGURE_HIGH = -9, 14
_CENTRES = {"verse": 8.0, "bridge": 9.0, "chorus": 12.0}
"""Where the middle of a chord lies, in semitones above the lowest."""

_MELODY_CENTRES = {"verse": 0, "bridge": 3, "chorus": 5}
_MIDDLE = 60
_SAME_STRIKE_BEATS, _NEXT = 0.1, 6
_HAND_BEATS = 0.06
"""A hit that is early by no more than this, by a human hand, is of the chord that it meets."""

_PUSH_BEATS = 0.5
_STRUM_BEATS = 0.02
_SHORTEST_BEATS, _NOTHING = 0.2, 1e-6
_DENSE_PER_BAR = 8.0
_CHORD_WORDS = frozenset({"chord", "chords", "akkord"})
_FULL_CHORD = 0.55
"""A sample is a chord itself where its third pitch class is so strong beside its first."""

Struck = tuple[float, Step, Note]
"""A hit: where it lies unswung, in beats of the track; its step; the note, not pitched yet."""


@dataclass(frozen=True)
class PitchSetting:
    """A section's harmony as one part meets it.

    function: "verse", "bridge" or "chorus"; seed: of its motifs
    """

    harmony: HarmonicSetting
    function: str
    seed: str
    start: float
    bar_beats: float


def pitched(
    part: CastPart, struck: Sequence[Struck], setting: PitchSetting, key: str
) -> list[Note]:
    """Give hits their notes: one or several at once, each where its chord sounds.

    key: the track's, to which the part's shift is counted

    Chords share the energy of one hit, so that they are not louder than a single note.
    """
    if not struck:
        return []
    reference = round(pitch_class(key) - part.fit.semitones) % 12
    category = part.request.category
    chordal = category in CHORD_PARTS and not _is_figure(struck)
    if category == "bass":
        notes = _bass(struck, setting, reference)
    elif chordal or is_chord_sample(part.card):
        notes = _chords(part, _split(struck, setting), setting, reference)
    elif category == "lead" and _per_bar(struck, setting) <= _DENSE_PER_BAR:
        notes = _melody(struck, setting, reference)
    else:
        notes = _figure(struck, setting, reference)
    return _let_go(notes, setting)


def _let_go(notes: Sequence[Note], setting: PitchSetting) -> list[Note]:
    """End notes that ring where their chord does, and all where the part strikes again."""
    moves = len(setting.harmony.row) > 1
    out: list[Note] = []
    for number, note in enumerate(notes):
        ends = [note.start_beats + note.length_beats] if note.length_beats is not None else []
        if moves and not ends:
            ends.append(setting.harmony.at(note.start_beats + _HAND_BEATS).end)
        struck_again = note.start_beats + _SAME_STRIKE_BEATS
        following = (one.start_beats for one in notes[number + 1 : number + _NEXT])
        ends += [start for start in following if start > struck_again][:1]
        out.append(replace(note, length_beats=min(ends) - note.start_beats if ends else None))
    return out


def _bass(struck: Sequence[Struck], setting: PitchSetting, reference: int) -> list[Note]:
    split = _split(struck, setting)
    notes = bass_notes(
        _figures(split), setting.harmony, reference=reference,
        lifted=setting.function == "chorus",
    )  # fmt: skip
    return _at(split, notes)


def _melody(struck: Sequence[Struck], setting: PitchSetting, reference: int) -> list[Note]:
    notes = melody_notes(
        _figures(struck), setting.harmony, reference=reference, bar_beats=setting.bar_beats,
        start=setting.start, seed=setting.seed, centre=_MELODY_CENTRES[setting.function],
    )  # fmt: skip
    return _at(struck, notes)


def _figure(struck: Sequence[Struck], setting: PitchSetting, reference: int) -> list[Note]:
    """Play a pattern's degrees as degrees of the chord that sounds."""
    notes = []
    for figure in _figures(struck):
        chord = setting.harmony.at(figure.beat).chord
        root = _nearest(chord.root, reference, -6, 5, aim=0)
        note = root + interval_of(figure.degree, chord, setting.harmony.scale)
        notes.append(_folded(note))
    return _at(struck, notes)


def _chords(
    part: CastPart, struck: Sequence[Struck], setting: PitchSetting, reference: int
) -> list[Note]:
    spans = list(setting.harmony.row)
    voicings = _voicings(part.card, setting, reference)
    strum = _STRUM_BEATS if part.request.category == "guitar" else 0.0
    out: list[Note] = []
    for beat, _, note in struck:
        voices = voicings[spans.index(setting.harmony.at(beat))]
        softer = replace(note, velocity=note.velocity * len(voices) ** (-1.0 / 3.0))
        for number, semitones in enumerate(voices):
            start = note.start_beats + number * strum
            out.append(replace(softer, start_beats=start, semitones=float(semitones)))
    return out


def _voicings(card: StemCard, setting: PitchSetting, reference: int) -> list[Voicing]:
    """Voice all chords of a section for a sample: about the middle of the keyboard."""
    chords = [one.chord for one in setting.harmony.row]
    if is_chord_sample(card):
        return [(_chord_sample(card, chord, reference),) for chord in chords]
    root = root_note(card)
    low = _LOWEST_NOTE - (_MIDDLE if root is None else root)
    low = min(_MOST_LOW, max(_LEAST_LOW, low))
    centre = low + _CENTRES[setting.function]
    return leading(chords, reference=reference, low=low, high=low + _RANGE, centre=centre)


def is_chord_sample(card: StemCard) -> bool:
    """Tell whether a one-shot is a recorded chord, which is moved as a whole."""
    if words_of(card) & _CHORD_WORDS:
        return True
    if len(card.chroma) != 12:
        return False
    first, _, third, *_ = sorted(card.chroma, reverse=True)
    return first > 0.0 and third >= _FULL_CHORD * first


def _chord_sample(card: StemCard, chord: Chord, reference: int) -> int:
    """Shift a recorded chord so that it belongs to another one: to its root, or its relative.

    A minor chord over a major one plays a third below it, a major chord over a minor one a
    third above: both then share two notes.
    """
    tones = card.chroma if len(card.chroma) == 12 else (0.0,) * 12
    minor = tones[(reference + 3) % 12] > tones[(reference + 4) % 12]
    aim = chord.root
    if minor != chord.minor and len(chord.intervals) > 2:
        aim = chord.root - 3 if minor else chord.root + 3
    return _nearest(aim % 12, reference, -6, 5, aim=0)


def _is_figure(struck: Sequence[Struck]) -> bool:
    return bool({step.degree for _, step, _ in struck} - {1, 5, 8})


def _per_bar(struck: Sequence[Struck], setting: PitchSetting) -> float:
    bars = {int((beat - setting.start) // setting.bar_beats) for beat, _, _ in struck}
    return len(struck) / max(1, len(bars))


def _figures(struck: Sequence[Struck]) -> list[Figure]:
    return [Figure(beat, step.length_beats or 0.0, step.degree) for beat, step, _ in struck]


def _at(struck: Sequence[Struck], semitones: Sequence[int]) -> list[Note]:
    return [
        replace(note, semitones=float(up))
        for (_, _, note), up in zip(struck, semitones, strict=True)
    ]


def _split(struck: Sequence[Struck], setting: PitchSetting) -> list[Struck]:
    """Strike held notes again where the chord changes; one just before a change anticipates it."""
    out: list[Struck] = []
    for beat, step, note in struck:
        end = beat + (step.length_beats or 0.0)
        chord = setting.harmony.at(beat)
        pushes = chord.end - beat <= _PUSH_BEATS and end > chord.end + _NOTHING
        out += _pieces(chord.end if pushes else beat, end, step, note, setting)
    return out


def _pieces(beat: float, end: float, step: Step, note: Note, setting: PitchSetting) -> list[Struck]:
    """Cut a note that is held to ``end`` at the changes of the harmony from ``beat`` on."""
    last = setting.harmony.row[-1]
    chord = setting.harmony.at(beat)
    if chord is last or end <= chord.end + _NOTHING:
        return [(beat, step, note)]
    pieces: list[Struck] = []
    start = note.start_beats
    while start < end - _SHORTEST_BEATS:
        chord = setting.harmony.at(beat)
        until = end if chord is last else min(end, chord.end)
        held = replace(note, start_beats=start, length_beats=until - start)
        pieces.append((beat, step, held))
        beat = start = until
    return pieces


def _nearest(tone: int, reference: int, low: int, high: int, *, aim: int) -> int:
    places = [step for step in range(low, high + 1) if (reference + step - tone) % 12 == 0]
    return min(places, key=lambda step: (abs(step - aim), step))


def _folded(note: int) -> int:
    while note > _FIGURE_HIGH:
        note -= 12
    while note < _FIGURE_LOW:
        note += 12
    return note
