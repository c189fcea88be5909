"""The page itself is src/ui/tracks_page.py."""

from src.ui.tracks_page import show

show()
