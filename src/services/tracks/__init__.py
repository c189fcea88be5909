"""Making and changing tracks: candidates, revisions, files."""
