"""``backup`` and ``restore`` from the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from src.cli import main
from src.core.config import Settings
from tests.db.stocked import fresh_database, stock

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings = Settings(TRAUM_HOME=tmp_path / "here")
    database = fresh_database(settings)
    stock(database, settings)
    database.close()
    monkeypatch.setenv("TRAUM_HOME", str(tmp_path / "here"))
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.wav")}


def test_there_and_back(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(home / "b.tar")
    assert main(["backup", file, "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert main(["restore", file, "--library", str(home / "there"), "--json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["files"], again["size_bytes"]) == (report["files"], report["size_bytes"])
    assert names(home / "there") == names(home / "here")
    assert main(["restore", file, "--library", str(home / "there")]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["restore", file, "--library", str(home / "there"), "--replace"]) == 0
    assert "what was there before: " in capsys.readouterr().out


def test_through_pipes_nothing_but_the_backup_goes_to_standard_output(home: Path) -> None:
    command = [sys.executable, "-m", "src.cli"]
    saved = subprocess.run([*command, "backup", "-"], cwd=ROOT, capture_output=True, check=True)
    assert b"files" in saved.stderr
    assert len(saved.stdout) % 512 == 0  # tar's blocks, and no line of ours behind them
    there = home / "there"
    subprocess.run(
        [*command, "restore", "-", "--library", str(there)],
        cwd=ROOT, input=saved.stdout, capture_output=True, check=True,
    )  # fmt: skip
    assert names(there) == names(home / "here")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["restore", "nothing.tar"], "nothing.tar"),
        (["backup", "-", "--json"], "standard output"),
        (["backup", "HOME/here/raw_construction_kits/b.tar"], "inside the library"),
    ],
)
def test_errors_name_the_value(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main([word.replace("HOME", str(home)) for word in words]) == 1
    assert message in capsys.readouterr().err
