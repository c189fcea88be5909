"""What a track is: the plan that is asked for and the score that sounds.

Face: ``plan.ArrangementPlan``, ``plan.StemQuery``, ``plan.plan_from_dict``, ``plan.plan_to_dict``,
``part_request.PartRequest``, ``palette.Palette``, ``score.Score``, ``score.Channel``,
``score.Clip``, ``timeline.SectionTime``.
"""
