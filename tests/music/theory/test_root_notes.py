"""The note of a one-shot, with its octave where that was heard."""

from src.music.theory.root_notes import root_note
from tests.music.cards import loop, shot


def test_a_roots_octave_is_the_one_that_was_heard():
    def heard(octave: float) -> int | None:
        return root_note(shot("s", "bass", key="A", features={"pitch_octave": octave}))

    assert heard(0.78) == 33  # 55 Hz
    assert heard(1.78) == 45
    assert heard(3.78) == 69


def test_a_root_whose_octave_was_not_heard_lies_where_its_role_does():
    assert root_note(shot("s", "bass", key="D")) == 38
    assert root_note(shot("s", "synth", key="D")) == 62


def test_drums_loops_and_sounds_without_key_have_no_root():
    assert root_note(shot("s", "kick", key="D")) is None
    assert root_note(loop("s", "bass", key="Dm")) is None
    assert root_note(shot("s", "synth")) is None
