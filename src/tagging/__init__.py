"""From songs to training data: tag policy, whitelist, taggers, lyrics, dataset files.

Face: ``policy.conform``, ``policy.SongTags``, ``whitelist.read_whitelist``.
"""
