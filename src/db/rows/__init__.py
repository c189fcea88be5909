"""Queries and changes of rows, beside crud.

Face: ``cards.StemCards``, ``clock.Clock``, ``stem_edits.Selection``, ``imports.LibraryState``,
``imports.RefusedFile``, ``corrections.found_in``, ``tracks.track_row``.
"""
