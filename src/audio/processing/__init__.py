"""Effects, dynamics, time stretching and mastering.

Face: ``stretch.conform``, ``effects.saturate``, ``effects.reverberate``, ``effects.Room``,
``sweep_filter.sweep``, ``dynamics.duck_shape``, ``reverb_send.ReverbSend``.
"""
