"""Training data from songs: tagging, lyrics, and the three steps to a training set.

Face: ``service.DatasetService``, ``tagging.TaggingOptions``, ``steps.exclusive``.
"""
