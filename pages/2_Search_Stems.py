"""The page itself is src/ui/search_page.py."""

from src.ui.search_page import show

show()
