"""Genre grammars as data: forms, roles, step patterns, and how they are checked.

Face: ``genres.genre_grammar``, ``genres.GenreGrammar``, ``genres.GENRES``,
``patterns.pattern_for``, ``patterns.patterns_for``, ``movement.Sway``, ``movement.TapeStop``.
"""
