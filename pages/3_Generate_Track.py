"""The page itself is src/ui/pages/generate.py."""

from src.ui.pages.generate import show

show()
