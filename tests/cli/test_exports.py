"""``export``: stems, notes and projects from the command line."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from src.cli import main
from src.core.config import Settings
from src.wiring import build_services
from tests.services.export.test_service import plan
from tests.services.small_library import fill_library, made_stems

NOTES = ["credits", "midi", "picture"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one rendered track."""
    home = tmp_path_factory.mktemp("home")
    services = build_services(Settings(TRAUM_HOME=home))
    fill_library(services.database, services.settings, services.embedder, made_stems())
    services.renderer.render_track(plan(), seed=3)
    services.close()
    return home


@pytest.fixture
def home(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(template, tmp_path / "home")
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_the_newest_track_is_exported(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--formats", "midi, credits,picture", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert sorted({file["format"] for file in answer["files"]}) == NOTES
    for file in answer["files"]:
        assert (Path(answer["folder"]) / file["name"]).stat().st_size == file["bytes"]


def test_all_that_was_exported_comes_as_one_zip(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "my track.zip"
    assert main(["export", "--formats", "midi", "--zip", str(target), "--quiet"]) == 0
    assert str(target) in capsys.readouterr().out
    with zipfile.ZipFile(target) as archive:
        assert [Path(name).suffix for name in archive.namelist()] == [".mid"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["export", "nobody"], "nobody"),
        (["export", "--formats", "ogg"], "must be one of wav"),
        (["export", "--formats", ","], "must be named"),
        (["export", "--formats", "midi", "--zip", "."], "must name a file"),
    ],
)
def test_errors_name_the_value(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(words) == 1
    assert message in capsys.readouterr().err


def test_without_a_track_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path))
    (tmp_path / "processed_database").mkdir()
    assert main(["export"]) == 1
    assert "generate one first" in capsys.readouterr().err
