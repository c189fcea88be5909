"""Finding: words, directions, filters, ranking, matches, changes of the embedder.

Face: ``space.SearchSpaces``, ``embedding_models.EmbeddingModels``, ``example.ExampleService``,
``matches.MatchService``, ``matches.MatchQuery``, ``suggestions.Suggestions``.
"""
