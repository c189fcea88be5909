"""Choosing stems: which sound plays which part, and why."""
