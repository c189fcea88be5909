"""From a sound and its names to the facts of a stem.

``analyse`` is the face: behind it lie audio's estimators, the evidence of names, folders and
metadata, and their fusing. An embedder that can name sounds adds to the facts with ``with_labels``.
``analyse_song`` measures whole songs.
"""

from src.analysis.labels import labels_of, with_labels
from src.analysis.song_facts import analyse_song
from src.analysis.stem_facts import ANALYSIS_VERSION, StemFacts, StemNames, analyse

__all__ = [
    "ANALYSIS_VERSION",
    "StemFacts",
    "StemNames",
    "analyse",
    "analyse_song",
    "labels_of",
    "with_labels",
]
