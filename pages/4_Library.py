"""The page itself is src/ui/library_page.py."""

from src.ui.library_page import show

show()
