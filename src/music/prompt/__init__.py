"""From a sentence to a request: tempo, key, genre, moods, instruments, lengths.

Face: ``understanding.understand_prompt``, ``intent.PromptIntent``, ``intent.SectionRequest``,
``length.length_words``.
"""
