"""Notes of melodic loops by the network of basic-pitch, where its package lies on the machine.

Only the ONNX file of the package is used (Bittner et al. 2022, Apache-2.0), nothing of it is
imported: ``pip install --no-deps basic-pitch==0.4.0``. Some 35 ms of one core a second of sound,
many times what all of our own analysis takes: never during an import.
"""

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from src.audio.analysis.harmony.notes import Melody, melody_of
from src.audio.analysis.onsets import loudest_channel_mix
from src.audio.basics.validation import Audio, valid_audio
from src.core.errors import BackendUnavailableError
from src.embeddings.onnx_tower import open_session

PACKAGE, VERSION = "basic-pitch", "0.4.0"
RATE = 22_050
_FILE = "basic_pitch/saved_models/icassp_2022/nmp.onnx"
_INPUT, _SOUNDS, _BEGINS = (
    "serving_default_input_2:0",
    "StatefulPartitionedCall:1",
    "StatefulPartitionedCall:2",
)
_HOP = 256
_WINDOW = 43_844
"""Samples that the network takes at once."""

_EDGE_FRAMES = 15
"""Frames at either end of a window that see too little; windows overlap by twice as many."""

FRAME_RATE = RATE / _HOP


def network_file() -> Path | None:
    """Find the network's file; None where its package is not installed."""
    try:
        file = Path(str(distribution(PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError:
        return None
    return file if file.is_file() else None


class NoteNetwork:
    """Hears the notes of single voices.

    path: the network's file; threads: how many cores one run may use

    Raises BackendUnavailableError where the file can't be loaded or is another network.
    """

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        self._session: Any = open_session(path, threads=threads, lean=False)
        has = {one.name for one in (*self._session.get_inputs(), *self._session.get_outputs())}
        missing = {_INPUT, _SOUNDS, _BEGINS} - has
        if missing:
            raise BackendUnavailableError(f"{path} must have {sorted(missing)}, got {sorted(has)}")

    @property
    def name(self) -> str:
        """The package and its version."""
        return f"{PACKAGE} {VERSION}"

    def melody(self, audio: Audio, *, sample_rate: int) -> Melody:
        """Hear the notes of a melodic clip; none in silence.

        audio: float32, shape (channels, samples)
        """
        mono = loudest_channel_mix(valid_audio(audio))
        if not mono.any():
            return Melody((), 0.0)
        begins, sounds = self.strengths(mono, sample_rate=sample_rate)
        return melody_of(begins, sounds, frame_rate=FRAME_RATE)

    def strengths(
        self, mono: NDArray[np.float32], *, sample_rate: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Hear how strongly each semitone begins and sounds, both of shape (frames, 88).

        mono: float32, shape (samples,); semitones from 21 on, FRAME_RATE frames a second
        """
        mono = soxr.resample(mono, sample_rate, RATE, quality="HQ")
        step, frames = _WINDOW - 2 * _EDGE_FRAMES * _HOP, -(-mono.size // _HOP)
        padded = np.pad(mono, (_EDGE_FRAMES * _HOP, _WINDOW)).astype(np.float32)
        begins: list[NDArray[np.float32]] = []
        sounds: list[NDArray[np.float32]] = []
        for start in range(0, mono.size + _EDGE_FRAMES * _HOP, step):
            window = padded[start : start + _WINDOW][None, :, None]
            heard = self._session.run([_BEGINS, _SOUNDS], {_INPUT: window})
            for kept, found in zip((begins, sounds), heard, strict=True):
                kept.append(found[0, _EDGE_FRAMES:-_EDGE_FRAMES])
        return np.concatenate(begins)[:frames], np.concatenate(sounds)[:frames]
