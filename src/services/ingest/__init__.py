"""Files to library: scan, work, rows, kits, uploads, re-analysis.

Face: ``run.ImportRun``, ``report.ImportReport``, ``scan.Scan``, ``kit_consensus.reconcile_kits``,
``uploads.UploadService``, ``reanalysis.ReanalysisService``, ``reembedding.ReembeddingService``,
``lock.import_lock``.
"""
