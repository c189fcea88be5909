"""From a request to a plan: form, target tempo and key, roles by section.

Face: ``arrangement.arrange``, ``library_summary.summarise_library``,
``library_summary.LibrarySummary``, ``plan_edits.edited``, ``plan_edits.Edit``,
``plan_warnings.warnings_of``.
"""
