"""Vectors and words held for searching.

Face: ``library_index.LibraryIndex``, ``word_index.WordIndex``, ``vector_cache.VectorCache``,
``aspect_index.AspectIndex``.
"""
