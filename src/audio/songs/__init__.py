"""Whole songs: tempo with its drift, beats, bars, keys and sections.

Face: ``onsets.song_onsets``, ``tempo_octave.tempo_and_beats``,
``bars.find_bars``, ``keys.song_key``, ``sections.find_sections``.
"""
