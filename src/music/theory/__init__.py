"""Musical facts and the stem card: keys, tempo relations, roles, levels of mastering.

Face: ``library.StemCard``, ``library.CATEGORIES``, ``library.DRUM_CATEGORIES``, ``keys.parse_key``,
``keys.camelot_distance``, ``tempo.beats_in``, ``tempo.loop_bars``, ``roles.role_of``,
``mastering_presets.Mastering``.
"""
