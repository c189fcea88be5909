"""A job's life: its row, progress, log and end.

Face: ``service.JobService``, ``states.JobState``, ``states.JobNews``, ``kinds.JobKind``,
``kinds.JobRules``, ``intake.RequestMark``, ``leases.Claim``, ``logs.JobLogs``.
"""
