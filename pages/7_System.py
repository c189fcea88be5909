"""The page itself is src/ui/pages/system.py."""

from src.ui.pages.system import show

show()
