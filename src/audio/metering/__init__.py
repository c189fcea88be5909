"""Loudness, true peak, and the report of a master."""
