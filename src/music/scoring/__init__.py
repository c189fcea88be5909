"""From plan and cast to score: clips, notes, transitions and automation."""
