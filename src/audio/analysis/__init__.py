"""Estimators: tempo, key, onsets, pitch, loop shape, category, descriptors."""
