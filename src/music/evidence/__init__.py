"""From estimates to facts: what names, metadata, sound and kits say is reconciled."""
