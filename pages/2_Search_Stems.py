"""The page itself is src/ui/pages/search.py."""

from src.ui.pages.search import show

show()
