"""Four demo construction kits, each synthesised from its score."""
