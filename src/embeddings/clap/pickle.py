"""Reads checkpoints that torch saved, without running what a pickle could run.

A ``.pt`` file is a zip: ``data.pkl`` names the tensors, their bytes lie beside it uncompressed.
Only names on a short list may be called while unpickling, and tensors are views of the mapped
file, so that optimiser states that nobody wants cost no memory.
"""

import io
import pickle
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from src.core.errors import InvalidInputError

MOST_PICKLE_BYTES = 64 * 2**20
"""Longest ``data.pkl`` that is read; those of real checkpoints have one or two megabytes."""

_STORAGES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "i1", "ByteStorage": "u1",
    "BoolStorage": "?",
}  # fmt: skip
_LOCAL_HEADER = struct.Struct("<4s2B4HL2L2H")
_STORED = 0


def read_checkpoint(path: Path) -> Any:
    """What ``torch.save`` wrote: plain values, with read-only NumPy views for tensors.

    Raises InvalidInputError for a file that is none, is damaged, or asks for anything beyond
    tensors and plain values (a pickle can otherwise run any program).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _Archive(path, archive).load()
    except zipfile.BadZipFile as error:
        raise InvalidInputError(f"{path} is no checkpoint of torch.save: {error}") from error
    except OSError as error:
        raise InvalidInputError(f"{path} can't be read: {error.strerror or error}") from error


class _Archive:
    """One open file. Its tensors are views of the mapped bytes."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path = path
        self._archive = archive
        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")

    def load(self) -> Any:
        names = [name for name in self._archive.namelist() if name.endswith("/data.pkl")]
        if len(names) != 1:
            raise InvalidInputError(f"{self._path} must hold one data.pkl, got {len(names)}")
        (name,) = names
        if self._archive.getinfo(name).file_size > MOST_PICKLE_BYTES:
            raise InvalidInputError(f"the data.pkl of {self._path} is too long to be one")
        folder = name.removesuffix("data.pkl")
        text = io.BytesIO(self._archive.read(name))
        try:
            return _Unpickler(text, lambda key: self._stored(f"{folder}data/{key}")).load()
        except (
            pickle.UnpicklingError, EOFError, KeyError, IndexError, TypeError, ValueError,
            AttributeError,
        ) as error:  # fmt: skip
            raise InvalidInputError(f"{self._path} is refused: {error}") from error

    def _stored(self, name: str) -> np.ndarray:
        """The bytes of an entry as a view of the file."""
        entry = self._archive.getinfo(name)
        if entry.compress_type != _STORED:
            raise InvalidInputError(f"{name} in {self._path} is compressed: save it anew")
        start = entry.header_offset + _LOCAL_HEADER.size
        header = _LOCAL_HEADER.unpack(self._bytes[entry.header_offset : start].tobytes())
        start += header[-2] + header[-1]
        found: np.ndarray = self._bytes[start : start + entry.file_size]
        if found.size != entry.file_size:
            raise InvalidInputError(f"{self._path} is cut short at {name}")
        return found


class _Unpickler(pickle.Unpickler):
    """Knows tensors, ordered dictionaries and NumPy's numbers, and nothing else."""

    def __init__(self, text: io.BytesIO, stored: Callable[[str], np.ndarray]) -> None:
        super().__init__(text)
        self._stored = stored

    def find_class(self, module: str, name: str) -> Any:
        if module == "torch" and name in _STORAGES:
            return _STORAGES[name]
        allowed = _ALLOWED.get((module, name))
        if allowed is None:
            raise pickle.UnpicklingError(f"it wants to call {module}.{name}, which may do anything")
        return allowed

    def persistent_load(self, pid: Any) -> np.ndarray:
        _, dtype, key, _, count = pid
        values: np.ndarray = self._stored(str(key)).view(dtype)
        if values.size < int(count):
            raise pickle.UnpicklingError(f"storage {key} holds {values.size} values, not {count}")
        return values


def _tensor(
    storage: np.ndarray, offset: int, shape: Sequence[int], strides: Sequence[int], *_rest: Any
) -> np.ndarray:
    """A view of a storage; strides count values. Refuses views that reach beyond it."""
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    if min([offset, *shape, *strides]) < 0 or (0 not in shape and last >= storage.size):
        raise pickle.UnpicklingError(f"a tensor of shape {tuple(shape)} reaches beyond its storage")
    steps = [step * storage.itemsize for step in strides]
    return as_strided(storage[offset:], shape=tuple(shape), strides=steps, writeable=False)


def _parameter(tensor: np.ndarray, *_rest: Any) -> np.ndarray:
    return tensor


def _number(dtype: np.dtype[Any], raw: bytes) -> Any:
    """A number of NumPy's; objects are refused, since their bytes would be a pickle again."""
    if dtype.hasobject:
        raise pickle.UnpicklingError("it holds a NumPy object")
    return np.frombuffer(raw, dtype, count=1)[0]


def _dtype(code: str, *_rest: Any) -> np.dtype[Any]:
    made: np.dtype[Any] = np.dtype(code)
    if made.hasobject:
        raise pickle.UnpicklingError("it holds NumPy objects")
    return made


def _encode(text: str, encoding: str) -> bytes:
    return text.encode(encoding)


_ALLOWED: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch", "Size"): tuple,
    ("numpy", "dtype"): _dtype,
    ("numpy.core.multiarray", "scalar"): _number,
    ("numpy._core.multiarray", "scalar"): _number,
    ("_codecs", "encode"): _encode,
}
