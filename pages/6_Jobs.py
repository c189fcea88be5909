"""The page itself is src/ui/pages/jobs.py."""

from src.ui.pages.jobs import show

show()
