"""Vectors from sound and from text."""
