"""The page itself is src/ui/jobs_page.py."""

from src.ui.jobs_page import show

show()
