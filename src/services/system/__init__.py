"""Running it: backup, restore, diagnosis."""
