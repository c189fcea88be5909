"""Harmony: which chords a section has, and the notes that parts play over them.

Face: ``progressions.with_chords``, ``progressions.is_moving``, ``progressions.function_of``,
``transposing.in_key``, ``row.HarmonicSetting``, ``voicing.leading``, ``bass_lines.bass_notes``,
``melody.melody_notes``.
"""
