"""What every signal function stands on: checks, gain, filters, fades, oscillators."""
