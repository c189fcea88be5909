"""Choosing stems: which sound plays which part, and why.

Face: ``casting.cast_plan``, ``cast_part.CastPart``, ``fit.Fit``, ``compatibility.compatibility``,
``matching.StemCandidate``, ``requests.part_requests``, ``hats.Hats``, ``made_marks.made_card``.
"""
