"""A job's life: its row, progress, log and end."""
