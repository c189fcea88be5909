"""Music from a model: what is asked for, who makes it, and whether what came is sound.

``MusicGenerator`` is what every engine is, ``MusicRequest`` what it is asked for, ``SourceAudio``
what it hears, ``GeneratedMusic`` what it gives, ``judge`` whether that may be called a
success; ``src.generation.stem_fitting`` sets a part on a track's grid.
Importing these loads no neural network library; ``src.generation.ace_step`` does when it is used.
"""

from src.generation.judging import Judgement, judge
from src.generation.protocol import GeneratedMusic, ModelCard, MusicGenerator, SourceAudio
from src.generation.request import MusicRequest

__all__ = [
    "GeneratedMusic",
    "Judgement",
    "ModelCard",
    "MusicGenerator",
    "MusicRequest",
    "SourceAudio",
    "judge",
]
