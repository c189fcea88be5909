"""Files to library: scan, work, rows, kits, uploads, re-analysis."""
