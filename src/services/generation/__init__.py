"""Parts of generating: who can do it now, what the model hears, and what is published.

Face: ``presence.WorkerPresence``, ``presence.HOW_TO_START``, ``heard.HeardAudio``,
``publishing.Shelf``, ``publishing.origin_of``, ``publishing.description_of``,
``publishing.origin_of_mix``, ``publishing.tags_of``.
"""
