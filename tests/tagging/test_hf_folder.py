import json
from pathlib import Path

import pytest

from src.tagging.dataset_json import DatasetSample
from src.tagging.hf_folder import write_hf_folder

pa = pytest.importorskip("pyarrow")

SAMPLES = [DatasetSample("a", "/x/a.wav", "a.wav", "techno, dark", lyrics="[verse]\nla")]


def test_the_folder_holds_the_fields_of_the_original(tmp_path: Path) -> None:
    write_hf_folder(tmp_path / "set", SAMPLES, ["techno, 138 bpm, dark"])
    state = json.loads((tmp_path / "set" / "state.json").read_text(encoding="utf-8"))
    data = tmp_path / "set" / state["_data_files"][0]["filename"]
    with pa.memory_map(str(data)) as source:
        rows = pa.ipc.open_stream(source).read_all().to_pylist()
    assert rows == [
        {
            "keys": "a", "filename": "/x/a.wav", "tags": ["techno", "138 bpm", "dark"],
            "speaker_emb_path": "", "norm_lyrics": "[verse]\nla",
            "recaption": {"caption": "techno, dark"},
        }
    ]  # fmt: skip


def test_an_empty_set_is_a_folder_too(tmp_path: Path) -> None:
    write_hf_folder(tmp_path, [], [])
    assert {path.name for path in tmp_path.iterdir()} == {
        "data-00000-of-00001.arrow", "dataset_info.json", "state.json",
    }  # fmt: skip


def test_the_package_datasets_reads_the_folder(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    write_hf_folder(tmp_path, SAMPLES, ["techno, 138 bpm"])
    assert datasets.load_from_disk(str(tmp_path))[0]["tags"] == ["techno", "138 bpm"]
