"""Sounds come in: files, folders, zips, or the demo kits; then they are heard."""

from src.ui.upload_page import show

show()
