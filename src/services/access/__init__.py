"""Who may ask, and who changed what.

Face: ``keys.KeyService``, ``keys.KeyGrant``, ``audit.AuditLog``.
"""
