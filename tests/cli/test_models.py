"""The models command, from words to answers."""

import json
from pathlib import Path

import pytest

from src.cli.program import main
from tests.embeddings.plain_clap import write_plain_clap
from tests.embeddings.tiny_clap import needs_torch, write_hub_folder


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main([*words, "--json"])
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, found


def test_an_empty_folder_says_how_to_get_a_model(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "list"]) == 0
    told = capsys.readouterr().out
    assert "no models in" in told
    assert "models pull" in told
    assert main(["models", "verify"]) == 1
    assert "there is no model" in capsys.readouterr().err


def test_the_list_marks_the_one_that_is_used(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plain_clap(models / "a-fp32", name="a")
    manifest = write_plain_clap(models / "a-int8", name="a", precision="int8")
    code, found = answer(capsys, "models", "list")
    assert code == 0
    rows = {row["name"]: row for row in found["installed"]}  # type: ignore[attr-defined]
    assert {name: row["chosen"] for name, row in rows.items()} == {"a-int8": True, "a-fp32": False}
    assert rows["a-int8"]["model_id"] == manifest.model_id


def test_verify_names_the_damaged_file(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plain_clap(models / "good")
    write_plain_clap(models / "bad")
    (models / "bad" / "text.onnx").write_bytes(b"nothing")
    code, found = answer(capsys, "models", "verify")
    assert code == 1
    rows = {row["name"]: row for row in found["models"]}  # type: ignore[attr-defined]
    assert rows["good"]["ok"]
    assert "text.onnx is damaged" in rows["bad"]["problem"]
    assert main(["models", "verify", "good"]) == 0


def test_what_can_not_be_pulled_or_exported_is_told(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["models", "pull", "laion/unknown"]) == 1
    assert "NAME must be one of xenova/clap-htsat-unfused:int8" in capsys.readouterr().err
    assert main(["models", "export"]) == 1
    assert "export needs one SOURCE, got 0" in capsys.readouterr().err
    assert main(["models", "export", "x", "--precision", "int4"]) == 1
    assert "precision must be of fp32, int8, got 'int4'" in capsys.readouterr().err


def test_doctor_says_which_embedder_is_used(
    models: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = write_plain_clap(models / "a")
    main(["doctor"])
    told = capsys.readouterr().out
    assert manifest.model_id in told
    assert "EMBEDDER=acoustic goes back" in told


def test_a_checkpoint_is_exported_and_then_used(
    models: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs_torch()
    write_hub_folder(tmp_path / "tiny")
    capsys.readouterr()
    words = ("models", "export", str(tmp_path / "tiny"), "--precision", "fp32")
    code, found = answer(capsys, *words)
    assert code == 0
    (row,) = found["exported"]  # type: ignore[misc]
    assert row["parity"]["audio"] > 0.99999
    assert (models / "tiny-fp32" / "manifest.json").is_file()
    assert main(["models", "verify"]) == 0
    assert main([*words]) == 1
    assert "is there already" in capsys.readouterr().err
