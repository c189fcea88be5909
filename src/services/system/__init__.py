"""Running it: backup, restore, diagnosis.

Face: ``backup.BackupService``, ``restore.RestoreService``, ``restore.finish_interrupted``,
``doctor.examine``.
"""
