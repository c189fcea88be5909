"""CLAP on ONNX Runtime: front-end, towers, download and export."""
