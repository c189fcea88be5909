"""Drums, tones and effects made from nothing."""
