"""Melodies repeat a motif and sing the notes of the chords on strong beats."""

from src.music.harmony.melody import HIGHEST, LOWEST, melody_notes
from src.music.harmony.row import Figure, HarmonicSetting
from src.music.model.planned_chords import PlannedChord, laid_out
from src.music.theory.chords import parse_chord

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)


def sung(*names: str, seed: str = "one", bars: int = 8) -> tuple[list[Figure], list[int]]:
    planned = [PlannedChord(parse_chord(name), 4.0) for name in names]
    where = HarmonicSetting(laid_out(planned, 0.0, bars * 4.0), C_MAJOR)
    figures = [Figure(bar * 4.0 + beat, 0.5) for bar in range(bars) for beat in (0, 1.5, 2, 3.5)]
    notes = melody_notes(figures, where, reference=0, bar_beats=4.0, start=0.0, seed=seed, centre=0)
    return figures, notes


def test_strong_beats_belong_to_the_chord() -> None:
    figures, notes = sung("C", "F", "G", "Am")
    tones = [(0, 4, 7), (5, 9, 0), (7, 11, 2), (9, 0, 4)]
    for figure, note in zip(figures, notes, strict=True):
        if figure.beat.is_integer():
            assert note % 12 in tones[int(figure.beat // 4) % 4]


def test_all_notes_are_of_the_scale_and_within_range() -> None:
    _, notes = sung("C", "F", "G", "Am")
    assert {note % 12 for note in notes} <= set(C_MAJOR)
    assert all(LOWEST <= note <= HIGHEST for note in notes)
    assert len(set(notes)) >= 4


def test_the_motif_returns() -> None:
    _, notes = sung("C")
    assert notes[0:4] == notes[8:12] == notes[16:20]
    assert notes[0:4] != notes[4:8]


def test_a_phrase_comes_to_rest_on_its_chord() -> None:
    for seed in "abcdef":
        _, notes = sung("C", seed=seed)
        assert notes[15] % 12 in (0, 4, 7)


def test_another_seed_sings_something_else() -> None:
    assert len({tuple(sung("C", "F", seed=seed)[1]) for seed in "abcdef"}) > 3


def test_over_a_foreign_chord_its_own_notes_replace_those_of_the_scale() -> None:
    _, notes = sung("E")
    assert not {note % 12 for note in notes} & {7}
