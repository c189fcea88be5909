"""Neuromorphe Traum-Engine: from a folder of stems and a sentence to a track."""

__version__ = "0.1.0"
