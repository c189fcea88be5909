"""Who may ask, and who changed what.

Face: ``keys.add_key``, ``keys.list_keys``, ``keys.valid_key``, ``keys.revoke_key``,
``keys.note_use``, ``audit.add_line``, ``audit.list_lines``.
"""
