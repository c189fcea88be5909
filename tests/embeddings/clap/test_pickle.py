"""Reading torch's files without running them."""

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from src.core.errors import InvalidInputError
from src.embeddings.clap.pickle import read_checkpoint
from tests.embeddings.tiny_clap import needs_torch


class Evil:
    """Runs a program when it is unpickled carelessly."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        import os

        return os.system, (f"touch {self.target}",)


def write_zip(path: Path, content: bytes, *, name: str = "archive/data.pkl") -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)
    return path


def test_a_pickle_that_runs_a_program_is_refused_and_runs_nothing(tmp_path: Path) -> None:
    target = tmp_path / "ran"
    path = write_zip(tmp_path / "evil.pt", pickle.dumps({"state_dict": Evil(target)}))
    with pytest.raises(InvalidInputError, match=r"wants to call (posix|nt|os)\.system"):
        read_checkpoint(path)
    assert not target.exists()


@pytest.mark.parametrize("module", ["builtins", "torch", "torch._utils", "numpy", "collections"])
def test_only_names_on_the_list_are_called(tmp_path: Path, module: str) -> None:
    content = b"c" + module.encode() + b"\neval\n."
    path = write_zip(tmp_path / "x.pt", content)
    with pytest.raises(InvalidInputError, match=f"wants to call {module}.eval"):
        read_checkpoint(path)


def test_numpy_objects_are_refused(tmp_path: Path) -> None:
    content = b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(VO8\ntRVx\ntR."
    with pytest.raises(InvalidInputError, match="NumPy object"):
        read_checkpoint(write_zip(tmp_path / "x.pt", content))


def test_plain_values_come_back(tmp_path: Path) -> None:
    content = {"epoch": 15, "state_dict": OrderedDict(a=[1, 2.5, "x"])}
    assert read_checkpoint(write_zip(tmp_path / "x.pt", pickle.dumps(content))) == content


@pytest.mark.parametrize("content", [b"", b"no zip at all", pickle.dumps({"a": 1})])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"no checkpoint of torch\.save|can't be read"):
        read_checkpoint(path)


def test_a_zip_without_a_pickle_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.pt", b"hello", name="archive/readme")
    with pytest.raises(InvalidInputError, match=r"one data\.pkl, got 0"):
        read_checkpoint(path)


def test_tensors_come_back_as_views_of_the_file(tmp_path: Path) -> None:
    torch = needs_torch()
    content = {
        "epoch": 3,
        "score": np.float64(0.5),
        "state_dict": OrderedDict(
            turned=torch.arange(12, dtype=torch.float32).reshape(3, 4).t(),
            part=torch.arange(10)[4:7],
            half=torch.ones(2, dtype=torch.float16),
            weight=torch.nn.Parameter(torch.full((2, 2), 7.0)),
            none=torch.zeros(0, 3),
            number=torch.tensor(2.5),
        ),
    }
    path = tmp_path / "x.pt"
    torch.save(content, path)
    found = read_checkpoint(path)
    assert (found["epoch"], found["score"]) == (3, 0.5)
    for name, tensor in content["state_dict"].items():
        value = found["state_dict"][name]
        assert np.array_equal(value, tensor.detach().numpy()), name
        assert not value.flags.writeable


def test_a_tensor_beyond_its_storage_is_refused(tmp_path: Path) -> None:
    torch = needs_torch()
    path, bad = tmp_path / "x.pt", tmp_path / "bad.pt"
    torch.save({"a": torch.zeros(4)}, path)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[:8] if "/data/" in name else data)
    with pytest.raises(InvalidInputError, match="holds 2 values, not 4"):
        read_checkpoint(bad)
