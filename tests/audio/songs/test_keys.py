import numpy as np
import pytest

from src.audio.songs.keys import BLOCK_S, song_key

RATE = 8_000


def chords(roots: tuple[int, ...], length_s: float, *, minor: bool = True) -> np.ndarray:
    """Triads of i, VI, III, VII on a root for a while, one every two seconds."""
    time = np.arange(2 * RATE) / RATE
    third = 3 if minor else 4
    parts = []
    for at in range(round(length_s / 2.0)):
        root = roots[at % len(roots)]
        notes = (root, root + third if root == roots[0] else root + 4, root + 7, root - 12)
        hertz = [440 * 2 ** ((note - 69) / 12) for note in notes]
        tone = sum(np.sin(2 * np.pi * one * time) for one in hertz)
        parts.append(tone * np.exp(-0.8 * time))
    return (0.2 * np.concatenate(parts)).astype(np.float32)


A_MINOR = (57, 53, 48, 55)
D_SHARP_MINOR = (63, 59, 54, 61)


def test_a_song_in_one_key_has_one_stretch() -> None:
    found = song_key(chords(A_MINOR, 60.0), rate=RATE)
    assert found is not None
    assert ((found.tonic, found.minor) == (9, True)) or ((found.tonic, found.minor) == (0, False))
    assert len(found.stretches) == 1
    assert found.stretches[0].end_s == pytest.approx(60.0)


def test_a_change_of_key_is_found_where_it_is() -> None:
    both = np.concatenate([chords(A_MINOR, 60.0), chords(D_SHARP_MINOR, 36.0)])
    found = song_key(both, rate=RATE)
    assert found is not None
    assert len(found.stretches) == 2
    assert found.stretches[1].start_s == pytest.approx(60.0, abs=BLOCK_S)
    assert (found.stretches[1].tonic - found.stretches[0].tonic) % 12 == 6


@pytest.mark.parametrize("samples", [0, 100, 20 * RATE])
def test_silence_has_no_key(samples: int) -> None:
    assert song_key(np.zeros(samples, np.float32), rate=RATE) is None
