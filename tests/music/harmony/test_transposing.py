"""Chords move with the key of their plan."""

import pytest

from src.music.harmony.transposing import in_key
from src.music.model.plan import plan_from_dict


@pytest.mark.parametrize(
    ("chords", "key", "moved"),
    [
        ("Am F C/E G7", "Cm", "Cm Ab Eb/G Bb7"),
        ("Am F G Dm", "A", "A F#m Abdim D"),
        ("Am Bb E7", "A", "A Bb E7"),
    ],
)
def test_chords_move_with_the_key(chords: str, key: str, moved: str) -> None:
    row = [{"chord": name, "beats": 4} for name in chords.split()]
    plan = plan_from_dict({"bpm": 100, "key": "Am", "structure": [{"bars": 4, "chords": row}]})
    found = in_key(plan, key)
    assert found.key == key
    assert " ".join(str(one.chord) for one in found.structure[0].chords) == moved
