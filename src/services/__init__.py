"""The story of one task each: preprocess, search, arrange, render."""
