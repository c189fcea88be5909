"""Estimators: tempo, key, onsets, pitch, loop shape, category, descriptors.

Face: ``sound_estimates.estimate_sound``, ``sound_estimates.SoundEstimates``,
``descriptors.describe``, ``attributes.attribute_scores``, ``aspects.aspect_vectors``,
``categories.category_scores``, ``onsets.onset_times_s``, ``calibration.calibration``.
"""
