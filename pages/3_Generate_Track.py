"""The page itself is src/ui/generate_page.py."""

from src.ui.generate_page import show

show()
