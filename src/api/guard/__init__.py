"""Who may ask, how often they may guess, and what is written down of them.

Face: ``access.AccessGuard``, ``access.check_access``, ``brake.KeyBrake``, ``trail.AuditTrail``,
``request_ids.RequestIds``, ``access_log.leave_out_health_checks``.
"""
