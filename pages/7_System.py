"""The page itself is src/ui/system_page.py."""

from src.ui.system_page import show

show()
