"""One neural network on ONNX Runtime."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from src.core.errors import BackendUnavailableError

Tensor = NDArray[Any]


class OnnxTower:
    """A network with one output that matters.

    threads: how many it may use for one run
    lean: keep weights in the file's own pages instead of a repacked copy: a run takes a third
        longer, and the system may drop the pages

    Raises BackendUnavailableError where the file can't be loaded or lacks an input or output.
    """

    def __init__(
        self, path: Path, *, inputs: tuple[str, ...], output: str, threads: int, lean: bool
    ) -> None:
        self._session = open_session(path, threads=threads, lean=lean)
        self._output = output
        _check_names(path, "input", set(inputs), {one.name for one in self._session.get_inputs()})
        has = {one.name for one in self._session.get_outputs()}
        if output not in has:
            raise BackendUnavailableError(f"{path} must have output {output!r}, got {sorted(has)}")

    def __call__(self, feeds: Mapping[str, Tensor]) -> NDArray[np.float32]:
        """Run the network for these inputs; the output as float32."""
        (found,) = self._session.run([self._output], dict(feeds))
        return np.asarray(found, dtype=np.float32)


def _check_names(path: Path, what: str, expected: set[str], has: set[str]) -> None:
    if expected != has:
        raise BackendUnavailableError(
            f"{path} must have {what}s {sorted(expected)}, got {sorted(has)}"
        )


def open_session(path: Path, *, threads: int, lean: bool) -> Any:
    """Open a network on one core or more; see OnnxTower. Raises BackendUnavailableError."""
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as problems

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    if lean:
        options.add_session_config_entry("session.disable_prepacking", "1")
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (
        problems.Fail,
        problems.InvalidArgument,
        problems.InvalidGraph,
        problems.InvalidProtobuf,
        problems.NoSuchFile,
        problems.NotImplemented,
        problems.RuntimeException,
    ) as error:
        raise BackendUnavailableError(f"{path} can't be loaded: {error}") from error
