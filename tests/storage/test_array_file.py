from pathlib import Path

import numpy as np
import pytest

from src.storage.array_file import DamagedFileError, Part, open_arrays, write_arrays


def test_arrays_come_back_as_they_were_and_with_what_was_told(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    pieces = [np.arange(6, dtype="<f4").reshape(2, 3), np.ones((1, 3), dtype="<f4")]
    write_arrays(path, {"seq": 7}, {
        "a": Part("<f4", (3, 3), pieces),
        "none": Part("u1", (0, 4), []),
        "names": Part("S4", (2,), [np.array(["ab", "cd"], dtype="S4")]),
    })  # fmt: skip
    found = open_arrays(path)
    assert found.about == {"seq": 7}
    assert np.array_equal(found.arrays["a"], np.concatenate(pieces))
    assert found.arrays["none"].shape == (0, 4)
    assert found.arrays["names"].tolist() == [b"ab", b"cd"]
    for name in found.arrays:
        found.check(name)


def test_changed_bytes_are_noticed_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    write_arrays(path, {}, {"a": Part("u1", (9_000,), [np.zeros(9_000, dtype=np.uint8)])})
    data = bytearray(path.read_bytes())
    data[5_000] = 1
    path.write_bytes(data)
    with pytest.raises(DamagedFileError, match="array 'a'"):
        open_arrays(path).check("a")


@pytest.mark.parametrize("cut", [1, 60, 4_000])
def test_a_file_that_was_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "some.arrays"
    write_arrays(path, {}, {"a": Part("u1", (9_000,), [np.zeros(9_000, dtype=np.uint8)])})
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(DamagedFileError):
        open_arrays(path)


def test_pieces_of_another_size_than_told_leave_no_file(tmp_path: Path) -> None:
    path = tmp_path / "some.arrays"
    with pytest.raises(ValueError, match="must have 8 bytes in all, got 4"):
        write_arrays(path, {}, {"a": Part("<f4", (2,), [np.zeros(1, dtype=np.float32)])})
    assert list(tmp_path.iterdir()) == []
