"""From a sentence to a request: tempo, key, genre, moods, instruments, lengths."""
