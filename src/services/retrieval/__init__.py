"""Finding: words, directions, filters, ranking, matches, changes of the embedder."""
