"""Job queue door: runs job rows."""
