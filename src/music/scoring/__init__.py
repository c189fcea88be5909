"""From plan and cast to score: clips, notes, transitions and automation.

Face: ``score_building.build_score``, ``section_levels.as_mastered``, ``section_levels.reweighted``.
"""
