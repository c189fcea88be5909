"""CLAP on ONNX Runtime: front-end, towers, download and export.

Face: ``embedder.ClapEmbedder``, ``download.pull``, ``download.READY_MODELS``, ``export.export``,
``manifest.read_manifest``, ``manifest.Manifest``.
"""
