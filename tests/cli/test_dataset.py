import json
import runpy
import sys
from pathlib import Path

import pytest
import soundfile

from src.cli.program import main
from tests.audio.songs.made_songs import A_MINOR, RATE, song, steady

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    folder = tmp_path / "data" / "audio"
    folder.mkdir(parents=True)
    soundfile.write(folder / "a.wav", song(steady(120.0, 24), A_MINOR).T, RATE)
    return tmp_path


def test_the_steps_run_with_the_originals_folders(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dataset", "tag", "--tags", "techno, dark, driving", "--quiet"]) == 0
    assert main(["dataset", "lyrics", "--quiet"]) == 0
    assert main(["dataset", "convert", "--quiet"]) == 0
    assert main(["dataset", "create", "--input_name", r"data\data_sets\jsons_sets"]) == 0
    assert "1 songs in" in capsys.readouterr().out
    assert (home / "data" / "data_sets" / "train_set" / "dataset.json").is_file()
    assert main(["dataset", "train", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "training_unavailable"


def test_unknown_tags_and_presets_are_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dataset", "tag", "--tags", "shiny"]) == 1
    assert "'shiny': unknown" in capsys.readouterr().err
    assert main(["dataset", "tag", "--preset", "polka"]) == 1
    assert main(["dataset", "lyrics", "--genius"]) == 1
    assert "GENIUS_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "option"),
    [("convert2hf_dataset_new", "--data_dir"), ("preprocess_dataset_new", "--input_name")],
)
def test_the_old_names_are_doors_to_the_same_code(
    home: Path,
    script: str,
    option: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    door = ROOT / "scripts" / "train" / f"{script}.py"
    monkeypatch.setattr(sys, "argv", [str(door), option, "nowhere"])
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(door), run_name="__main__")
    assert ended.value.code == 1
    assert "there is no" in capsys.readouterr().err
    assert not (home / "nowhere").exists()
