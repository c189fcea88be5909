"""The page itself is src/ui/pages/tracks.py."""

from src.ui.pages.tracks import show

show()
