"""Basses begin chords on their roots and lead into the next."""

from src.music.harmony.bass_lines import HIGHEST, LOWEST, bass_notes
from src.music.harmony.row import Figure, HarmonicSetting
from src.music.model.planned_chords import PlannedChord, laid_out
from src.music.theory.chords import parse_chord

A_MINOR = (9, 11, 0, 2, 4, 5, 7)
A = 9


def setting(*names: str, beats: float = 4.0) -> HarmonicSetting:
    planned = [PlannedChord(parse_chord(name), beats) for name in names]
    return HarmonicSetting(laid_out(planned, 0.0, beats * len(names)), A_MINOR)


def played(degrees: list[int], where: HarmonicSetting, *, lifted: bool = False) -> list[int]:
    figures = [Figure(float(n), 1.0, degree) for n, degree in enumerate(degrees)]
    return bass_notes(figures, where, reference=A, lifted=lifted)


def test_bare_roots_follow_the_chords() -> None:
    notes = played([1] * 16, setting("Am", "F", "C", "G"))
    assert [note % 12 for note in notes[::4]] == [0, 8, 3, 10]
    assert len(set(notes[:4])) == 1


def test_fifths_and_octaves_are_those_of_the_chord() -> None:
    notes = played([1, 5, 8, 5] * 2, setting("Am", "Bdim"))
    assert [note - notes[0] for note in notes[:4]] == [0, 7, 12, 7]
    assert notes[5] - notes[4] == 6


def test_a_walk_begins_on_roots_and_reaches_the_next_by_a_semitone() -> None:
    notes = played([1, 2, 3, 5, 6, 5, 4, 2] * 2, setting("Am", "F", "C", "G"))
    assert [note % 12 for note in notes[::4]] == [0, 8, 3, 10]
    for last in (3, 7, 11):
        assert abs(notes[last + 1] - notes[last]) in (1, 11, 13)


def test_a_slash_chord_has_its_own_bass() -> None:
    assert (played([1], setting("C/E"))[0] + A) % 12 == 4


def test_a_chorus_gets_octaves_and_fifths_where_the_verse_has_roots() -> None:
    where = setting("Am", "F", beats=8.0)
    assert played([1] * 16, where) != played([1] * 16, where, lifted=True)


def test_all_notes_lie_within_a_basss_range() -> None:
    names = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
    notes = played([1, 5, 8, 10] * 12, setting(*names))
    assert all(LOWEST <= note <= HIGHEST for note in notes)
