"""Harmony: which chords a section has, and the notes that parts play over them.

Its face: with_chords, section_row, is_moving, leading, bass_notes, melody_notes, figure_notes.
"""
