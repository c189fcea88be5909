"""From a sound to its tones, chords and notes.

Face: ``tone_peaks.tone_peaks``, ``chords.estimate_chords``, ``chords.ChordEstimates``.
"""
