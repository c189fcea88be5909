"""Files: decoding, encoding, metadata, fingerprints, safe paths, atomic writes."""
