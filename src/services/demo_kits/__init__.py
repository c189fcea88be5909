"""The four demo construction kits, each the story of its stems."""
