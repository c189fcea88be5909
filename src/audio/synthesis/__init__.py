"""Drums, tones and effects made from nothing.

Face: ``tonal.PadVoice``, ``tonal.SynthVoice``, ``tonal.synth_note``, ``tonal.deep_bass_note``,
``fx.riser``, ``fx.impact``, ``fx.air``, ``loop_canvas.LoopCanvas``.
"""
