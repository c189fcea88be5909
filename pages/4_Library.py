"""The page itself is src/ui/pages/library.py."""

from src.ui.pages.library import show

show()
