"""One-shots play chords, basses and melodies over the chords of a section."""

from collections import defaultdict
from dataclasses import replace

from src.music.model.score import Note
from src.music.scoring.pitching import is_chord_sample
from tests.music.cards import shot
from tests.music.casting.test_casting import section
from tests.music.scoring.test_loop_chords import over
from tests.music.scoring.test_score_building import score_of, track

ROW = {0: {9, 0, 4}, 1: {5, 9, 0}, 2: {0, 4, 7}, 3: {7, 11, 2}}


def chords_of(notes: tuple[Note, ...]) -> dict[float, list[Note]]:
    found: dict[float, list[Note]] = defaultdict(list)
    for note in notes:
        found[note.start_beats].append(note)
    return found


def test_keys_play_whole_chords_of_the_row() -> None:
    score = score_of(over("Am F C G", "keys"), [shot("Piano", "keys", key="C")])
    for start, notes in chords_of(track(score, "keys").notes).items():
        assert len(notes) == 3
        tones = {int(note.semitones) % 12 for note in notes}
        held = notes[0].length_beats or 0.0
        bar = int((start + min(0.5, held / 2)) // 4) % 4
        assert tones == ROW[bar]


def test_a_chord_is_as_strong_as_one_note() -> None:
    (chord, *_) = chords_of(
        track(score_of(over("Am F C G", "keys"), [shot("P", "keys", key="C")]), "keys").notes
    ).values()
    energy = sum(note.velocity**3 for note in chord)
    assert 0.4 < energy ** (1 / 3) <= 1.06


def test_a_pad_is_struck_again_where_the_chord_changes() -> None:
    pad = shot("Pad", "pad", key="A", duration_s=2.0)
    clips = track(score_of(over("Am F C G", "pad"), [pad]), "pad").clips
    assert sorted({clip.start_beats for clip in clips})[:4] == [0.0, 4.0, 8.0, 12.0]
    assert sum(clip.start_beats == 0.0 for clip in clips) == 3


def test_a_recorded_chord_is_moved_as_a_whole() -> None:
    minor = tuple(1.0 if tone in (9, 0, 4) else 0.0 for tone in range(12))
    stab = shot("Stab", "synth", key="A", chroma=minor)
    assert is_chord_sample(stab)
    notes = track(score_of(over("Dm Dm G G", "synth"), [stab]), "synth").notes
    assert {len(group) for group in chords_of(notes).values()} == {1}
    assert {int(note.semitones) for note in notes} == {5, -5}


def test_a_single_note_is_no_chord() -> None:
    saw = tuple({0: 0.6, 7: 0.2, 4: 0.1}.get(tone, 0.01) for tone in range(12))
    assert not is_chord_sample(shot("Saw", "synth", key="C", chroma=saw))
    assert is_chord_sample(shot("Minor Chord", "synth", key="C"))


def test_a_lead_sings_more_than_one_note_and_stays_with_the_chords_on_the_beat() -> None:
    lead = track(score_of(over("Am F C G", "lead"), [shot("L", "lead", key="A")]), "lead").notes
    assert len({note.semitones for note in lead}) >= 4
    for note in lead:
        if note.start_beats.is_integer():
            assert int(note.semitones + 9) % 12 in ROW[int(note.start_beats // 4) % 4]


def test_verse_and_chorus_sing_and_walk_differently() -> None:
    one = over("Am F C G", "lead", "bass")
    chords = one.structure[0].chords
    verse = replace(section("lead", "bass", name="Verse", bars=8), chords=chords)
    chorus = replace(section("lead", "bass", name="Chorus", bars=8), chords=chords)
    made = replace(one, structure=(verse, chorus, verse, chorus))
    score = score_of(made, [shot("L", "lead", key="A"), shot("B", "bass", key="A")])
    for part in ("lead", "bass"):
        notes = track(score, part).notes
        parts = [
            [n.semitones for n in notes if 32.0 * k <= n.start_beats < 32.0 * (k + 1)]
            for k in range(4)
        ]
        assert parts[0] != parts[1]
        if part == "lead":
            assert parts[0][:4] == parts[2][:4]


def test_an_untuned_sound_stays_as_it_is() -> None:
    notes = track(score_of(over("Am F C G", "keys"), [shot("P", "keys")]), "keys").notes
    assert {note.semitones for note in notes} == {0.0}
