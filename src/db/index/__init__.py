"""Vectors and words held for searching."""
