"""Reading files of torch's without running them."""

import io
import os
import pickle
import runpy
import subprocess
import tarfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from src.core.errors import BackendUnavailableError, InvalidInputError
from src.embeddings.clap.checkpoint import laion_model, read_checkpoint
from tests.embeddings.tiny_clap import needs_torch


class Evil:
    """Calls a function when it is unpickled carelessly."""

    def __init__(self, function: Callable[..., Any], *arguments: object) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def evaluated(target: Path) -> Evil:
    return Evil(eval, f"open({str(target)!r}, 'w').close()")


def script(target: Path) -> Evil:
    path = target.with_name("script.py")
    path.write_text(f"open({str(target)!r}, 'w').close()")
    return Evil(runpy.run_path, str(path))


PAYLOADS: dict[str, Callable[[Path], Any]] = {
    "system": lambda target: Evil(os.system, f"touch {target}"),
    "eval": evaluated,
    "exec": lambda target: Evil(exec, f"open({str(target)!r}, 'w').close()"),
    "program": lambda target: Evil(subprocess.check_call, ["touch", str(target)]),
    "script": script,
    "nested": lambda target: {"x": [(1, OrderedDict(y=evaluated(target)))]},
    "attribute": lambda target: Evil(getattr, evaluated(target), "real", 0),
    "pickle in a pickle": lambda target: Evil(pickle.loads, pickle.dumps(evaluated(target))),
    "argument of torch": lambda target: Evil(needs_torch().Size, [evaluated(target)]),
    "number of NumPy's": lambda target: Evil(
        np.float64(0.0).__reduce__()[0], np.dtype("f8"), evaluated(target)
    ),
}
"""Each makes a file, in a way of its own."""


def write_zip(path: Path, content: Any) -> None:
    """As torch writes it today."""
    needs_torch().save(content, path)


def write_legacy(path: Path, content: Any) -> None:
    """As torch wrote it before 1.6: pickles one after the other."""
    needs_torch().save(content, path, _use_new_zipfile_serialization=False)


def write_tar(path: Path, content: Any) -> None:
    """As torch wrote it in its first year, and long read without looking."""
    data = pickle.dumps(content, protocol=2)
    with tarfile.open(path, "w:") as archive:
        for name in ("sys_info", "storages", "tensors", "pickle"):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def write_pickle(path: Path, content: Any) -> None:
    path.write_bytes(pickle.dumps(content, protocol=2))


def write_torchscript(path: Path, content: Any) -> None:
    """A zip that torch would hand to another reader, which looks less closely."""
    write_zip(path, content)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{path.stem}/constants.pkl", pickle.dumps(content, protocol=2))


WRITERS = (write_zip, write_legacy, write_tar, write_pickle, write_torchscript)


def rewritten(
    source: Path, target: Path, change: Callable[[bytes], bytes], *, compressed: bool = False
) -> Path:
    """The same zip with other bytes of its tensors."""
    kind = zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", kind) as made:
        for name in archive.namelist():
            data = archive.read(name)
            made.writestr(name, change(data) if "/data/" in name else data)
    return target


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_payloads_work_where_a_pickle_is_read_carelessly(payload: str, tmp_path: Path) -> None:
    target = tmp_path / "ran"
    with suppress(TypeError):  # what a payload makes may not be what the next call takes
        pickle.loads(pickle.dumps(PAYLOADS[payload](target), protocol=2))
    assert target.exists()


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_file_that_runs_a_program_is_refused_and_runs_nothing(
    payload: str, writer: Callable[[Path, Any], None], tmp_path: Path
) -> None:
    torch = needs_torch()
    target = tmp_path / "ran"
    weights = OrderedDict(weight=torch.zeros(2), bias=PAYLOADS[payload](target))
    writer(tmp_path / "evil.pt", {"epoch": 1, "state_dict": weights})
    with pytest.raises(InvalidInputError, match=r"evil\.pt"):
        read_checkpoint(tmp_path / "evil.pt")
    assert not target.exists()


def test_a_refusal_names_what_the_file_wants_to_call(tmp_path: Path) -> None:
    write_zip(tmp_path / "evil.pt", {"state_dict": evaluated(tmp_path / "ran")})
    with pytest.raises(InvalidInputError, match=r"refused: .*eval") as caught:
        laion_model(tmp_path / "evil.pt")
    assert "weights_only" not in str(caught.value), "torch's advice to read it all the same"


@pytest.mark.parametrize("content", [b"", b"no zip at all", pickle.dumps({"a": 1})])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    needs_torch()
    path = tmp_path / "x.pt"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"no checkpoint of torch\.save"):
        read_checkpoint(path)


def test_a_file_that_is_away_or_a_folder_is_refused(tmp_path: Path) -> None:
    needs_torch()
    for path in (tmp_path / "away.pt", tmp_path):
        with pytest.raises(InvalidInputError, match="can't be read"):
            read_checkpoint(path)


def test_a_zip_without_a_pickle_is_refused(tmp_path: Path) -> None:
    needs_torch()
    with zipfile.ZipFile(tmp_path / "x.pt", "w") as archive:
        archive.writestr("archive/readme", b"hello")
    with pytest.raises(InvalidInputError, match=r"no checkpoint of torch\.save"):
        read_checkpoint(tmp_path / "x.pt")


def test_what_torch_saved_comes_back(tmp_path: Path) -> None:
    torch = needs_torch()
    content = {
        "epoch": 3,
        "state_dict": OrderedDict(
            turned=torch.arange(12, dtype=torch.float32).reshape(3, 4).t(),
            part=torch.arange(10)[4:7],
            half=torch.ones(2, dtype=torch.float16),
            weight=torch.nn.Parameter(torch.full((2, 2), 7.0)),
            none=torch.zeros(0, 3),
            number=torch.tensor(2.5),
        ),
    }
    torch.save(content, tmp_path / "x.pt")
    found = read_checkpoint(tmp_path / "x.pt")
    assert found["epoch"] == 3
    for name, tensor in content["state_dict"].items():
        assert torch.equal(found["state_dict"][name], tensor), name


def test_numbers_of_numpy_beside_the_tensors_do_no_harm(tmp_path: Path) -> None:
    torch = needs_torch()
    scores = {"best": np.float64(0.5), "counts": [np.int64(3), np.float32(1.0), np.bool_(True)]}
    torch.save({"scores": scores, "weight": torch.ones(2)}, tmp_path / "x.pt")
    assert read_checkpoint(tmp_path / "x.pt")["weight"].tolist() == [1.0, 1.0]


def test_compressed_tensors_are_refused_instead_of_read_wrongly(tmp_path: Path) -> None:
    torch = needs_torch()
    torch.save({"a": torch.arange(4.0)}, tmp_path / "x.pt")
    path = rewritten(tmp_path / "x.pt", tmp_path / "y.pt", bytes, compressed=True)
    with pytest.raises(InvalidInputError, match="compressed"):
        read_checkpoint(path)
    plain = rewritten(tmp_path / "x.pt", tmp_path / "z.pt", bytes)
    assert read_checkpoint(plain)["a"].tolist() == [0.0, 1.0, 2.0, 3.0]


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    torch = needs_torch()
    torch.save({"a": torch.zeros(4000)}, tmp_path / "x.pt")
    content = (tmp_path / "x.pt").read_bytes()
    (tmp_path / "y.pt").write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidInputError, match=r"no checkpoint of torch\.save"):
        read_checkpoint(tmp_path / "y.pt")


def test_a_tensor_beyond_the_end_of_the_file_is_refused(tmp_path: Path) -> None:
    torch = needs_torch()
    torch.save({"a": torch.zeros(4000)}, tmp_path / "x.pt")
    path = rewritten(tmp_path / "x.pt", tmp_path / "y.pt", lambda data: data[:8])
    with pytest.raises(InvalidInputError, match="is refused"):
        read_checkpoint(path)


def test_reading_leaves_no_other_reader_less_careful(tmp_path: Path) -> None:
    torch = needs_torch()
    torch.save({"best": np.float64(0.5)}, tmp_path / "x.pt")
    read_checkpoint(tmp_path / "x.pt")
    with pytest.raises(pickle.UnpicklingError, match="Unsupported global"):
        torch.load(tmp_path / "x.pt", weights_only=True)


def test_an_old_torch_that_can_be_made_to_run_programs_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = needs_torch()
    torch.save({"a": torch.zeros(4)}, tmp_path / "x.pt")
    monkeypatch.setattr(torch, "__version__", type(torch.__version__)("2.9.1+cpu"))
    with pytest.raises(BackendUnavailableError, match=r"torch 2\.10"):
        read_checkpoint(tmp_path / "x.pt")
