"""Delivering: stems, notes, projects and other formats of a finished track.

Face: ``service.ExportService``.
"""
