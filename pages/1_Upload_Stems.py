"""Sounds come in: files, folders, zips, or the demo kits; then they are heard."""

from src.ui.pages.upload import show

show()
