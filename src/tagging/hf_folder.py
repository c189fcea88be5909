"""A Hugging Face dataset folder as ``datasets.load_from_disk`` reads it, in ACE-Step 1's fields.

Written with pyarrow, which the studio's requirements hold; the package ``datasets`` is not needed.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from src.core.errors import BackendUnavailableError
from src.storage.atomic import replacing, write_json
from src.storage.fingerprint import text_hash
from src.tagging.dataset_json import DatasetSample

_DATA = "data-00000-of-00001.arrow"
_STRING = {"dtype": "string", "_type": "Value"}
_FEATURES = {
    "keys": _STRING,
    "filename": _STRING,
    "tags": {"feature": _STRING, "_type": "List"},
    "speaker_emb_path": _STRING,
    "norm_lyrics": _STRING,
    "recaption": {"caption": _STRING},
}


def write_hf_folder(folder: Path, samples: Sequence[DatasetSample], prompts: Sequence[str]) -> None:
    """Write a dataset folder: Arrow data, ``dataset_info.json``, ``state.json``, each whole.

    prompts: the tag line of each sample, tempo and key included

    Raises BackendUnavailableError where pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as error:
        raise BackendUnavailableError(
            "a Hugging Face dataset folder needs pyarrow (pip install pyarrow)",
            code="pyarrow_missing",
        ) from error
    string = pa.string()
    schema = pa.schema({
        "keys": string, "filename": string, "tags": pa.list_(string), "speaker_emb_path": string,
        "norm_lyrics": string, "recaption": pa.struct({"caption": string}),
    })  # fmt: skip
    rows = [_row(one, prompt) for one, prompt in zip(samples, prompts, strict=True)]
    table = pa.Table.from_pylist(rows, schema=schema)
    folder.mkdir(parents=True, exist_ok=True)
    with (
        replacing(folder / _DATA) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_stream(sink, schema) as writer,
    ):
        writer.write_table(table)
    write_json(folder / "dataset_info.json", _info())
    fingerprint = text_hash("\n".join(map(str, rows)))[:16]
    write_json(folder / "state.json", _state(fingerprint))


def _row(sample: DatasetSample, prompt: str) -> dict[str, Any]:
    return {
        "keys": sample.id,
        "filename": sample.audio_path,
        "tags": [tag for tag in prompt.split(", ") if tag],
        "speaker_emb_path": "",
        "norm_lyrics": sample.lyrics,
        "recaption": {"caption": sample.caption},
    }


def _info() -> dict[str, Any]:
    return {"citation": "", "description": "", "features": _FEATURES, "homepage": "", "license": ""}


def _state(fingerprint: str) -> dict[str, Any]:
    return {
        "_data_files": [{"filename": _DATA}],
        "_fingerprint": fingerprint,
        "_format_columns": None,
        "_format_kwargs": {},
        "_format_type": None,
        "_output_all_columns": False,
        "_split": None,
    }
