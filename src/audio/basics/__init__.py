"""What every signal function stands on: checks, gain, filters, fades, oscillators.

Face: ``validation.Audio``, ``validation.PROJECT_SAMPLE_RATE``, ``validation.valid_audio``,
``side_by_side.side_by_side``, ``filters.high_pass``, ``filters.low_pass``, ``gain.db_to_gain``,
``envelopes.Adsr``, ``fades.crossfade``, ``oscillators.SampleSpan``.
"""
