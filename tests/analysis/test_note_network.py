"""The real network, where its package is installed."""

from pathlib import Path

import numpy as np
import pytest

from src.analysis.note_network import NoteNetwork, network_file
from src.core.errors import BackendUnavailableError

RATE = 48_000


@pytest.fixture(scope="module")
def network() -> NoteNetwork:
    path = network_file()
    if path is None:
        pytest.skip("basic-pitch is not installed: pip install --no-deps basic-pitch==0.4.0")
    return NoteNetwork(path)


def test_a_melody_is_heard_note_by_note(network: NoteNetwork) -> None:
    times = np.arange(round(0.5 * RATE)) / RATE
    pitches = (60, 64, 67, 65)
    notes = []
    for pitch in pitches:
        hertz = 440.0 * 2 ** ((pitch - 69) / 12)
        parts = [np.sin(2 * np.pi * hertz * n * times) / n for n in range(1, 6)]
        notes.append(np.sum(parts, axis=0) * np.exp(-4 * times))
    audio = (0.2 * np.concatenate(notes)).astype(np.float32)[None]
    melody = network.melody(audio, sample_rate=RATE)
    assert [note.pitch for note in melody.notes] == list(pitches)
    starts = [note.start_s for note in melody.notes]
    assert starts == pytest.approx([0.0, 0.5, 1.0, 1.5], abs=0.05)


def test_silence_has_no_notes(network: NoteNetwork) -> None:
    assert network.melody(np.zeros((2, RATE), np.float32), sample_rate=RATE).notes == ()


def test_another_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match="can't be loaded"):
        NoteNetwork(tmp_path / "none.onnx")
