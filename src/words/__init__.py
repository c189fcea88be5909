"""The one vocabulary of English, German and Russian: what words mean, for all who read them.

Face: ``vocabulary.vocabulary``, ``mentions.mentions``, ``entries.WordEntry``,
``phrases.PhraseTable``, ``spelling.words_of``, ``name_words.name_words``.
"""
