"""The manifest refuses what it can't stand for."""

import json
from pathlib import Path

import pytest

from src.core.errors import BackendUnavailableError
from src.embeddings.clap.manifest import read_manifest, write_manifest
from tests.embeddings.plain_clap import write_plain_clap
from tests.embeddings.tiny_clap import edit_manifest


def test_it_comes_back_as_it_was_written(tmp_path: Path) -> None:
    made = write_plain_clap(tmp_path / "a")
    write_manifest(tmp_path / "b", made)
    assert read_manifest(tmp_path / "b") == made


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"precision": "int4"}, "makes no sense at 'precision'"),
        ({"dimension": None}, "makes no sense at 'dimension'"),
        ({"format": 2}, "must have format 1, got 2"),
        ({"mel": {"bands": 128}}, "another mel front-end"),
        ({"audio": {"file": "gone.onnx"}}, r"names 'gone\.onnx', which is no file of this folder"),
        ({"text": {"file": "../../etc/passwd"}}, "which is no file of this folder"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, changes: dict[str, object], match: str
) -> None:
    write_plain_clap(tmp_path)
    edit_manifest(tmp_path, **changes)
    with pytest.raises(BackendUnavailableError, match=match):
        read_manifest(tmp_path)


def test_a_manifest_that_is_missing_or_no_json_is_told(tmp_path: Path) -> None:
    with pytest.raises(
        BackendUnavailableError, match=r"manifest\.json can't be read: No such file"
    ):
        read_manifest(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(BackendUnavailableError, match="makes no sense"):
        read_manifest(tmp_path)


def test_files_may_not_lie_elsewhere(tmp_path: Path) -> None:
    write_plain_clap(tmp_path)
    files = json.loads((tmp_path / "manifest.json").read_text())["files"]
    edit_manifest(tmp_path, files=files | {"../x": files["audio.onnx"]})
    with pytest.raises(BackendUnavailableError, match=r"'\.\./x'"):
        read_manifest(tmp_path)
