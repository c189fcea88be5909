"""Loudness, true peak, and the report of a master.

Face: ``loudness.measured_loudness``, ``loudness.integrated_loudness``,
``true_peak.true_peak_dbtp``, ``master_report.measured_master``, ``master_report.MasterReport``.
"""
