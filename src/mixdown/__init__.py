"""From a score to samples: conformed slices, channels, buses, master.

Arrays in, arrays out; the score is all it knows. Nothing here opens a file: how a slice of a
stem is read, and where earlier renders' sound is kept, is handed in.
"""

from src.mixdown.conformed import Load
from src.mixdown.mixing import MixBlock, mix_blocks, mix_score, score_samples
from src.mixdown.playback import MixReport, block_ending, play_score
from src.mixdown.render_archive import RenderArchive, SoundCache
from src.mixdown.sources import SampleGrid

__all__ = [
    "Load",
    "MixBlock",
    "MixReport",
    "RenderArchive",
    "SampleGrid",
    "SoundCache",
    "block_ending",
    "mix_blocks",
    "mix_score",
    "play_score",
    "score_samples",
]
