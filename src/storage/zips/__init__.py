"""Zip archives: names of any encoding, safe reading, streamed writing, backups.

Face: ``reading.extract_zip``, ``reading.ZipLimits``, ``writing.zip_stream``, ``writing.write_zip``,
``backup.write_archive``, ``backup.unpack_archive``.
"""
