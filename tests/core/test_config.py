"""Settings come from the environment, and folders lie below the library's home."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import make_url

from src.core.config import Settings


def test_folders_lie_below_the_home_unless_they_are_absolute(tmp_path: Path) -> None:
    settings = Settings(TRAUM_HOME=tmp_path, tracks_dir=Path("/elsewhere/tracks"))
    assert settings.raw_path == tmp_path / "raw_construction_kits"
    assert settings.quarantine_path == tmp_path / "processed_database" / "quarantine"
    assert settings.tracks_path == Path("/elsewhere/tracks")
    assert settings.sql_url == f"sqlite:///{tmp_path / 'processed_database' / 'stems.db'}"


def test_environment_variables_set_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARGET_LUFS", "-9.5")
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://u:p@h/d")
    settings = Settings()
    assert settings.target_lufs == -9.5
    assert settings.sql_url == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [("port", 0), ("port", 70000), ("ceiling_dbtp", 1.0), ("target_lufs", 0.0), ("workers", -1)],
)
def test_values_beyond_their_range_are_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


@pytest.mark.parametrize("name", ["what?", "50%41", "no #1", "ä @ö: x"])
def test_the_database_lies_in_its_folder_whatever_that_is_called(tmp_path: Path, name: str) -> None:
    settings = Settings(TRAUM_HOME=tmp_path / name)
    assert make_url(settings.sql_url).database == str(settings.processed_path / "stems.db")


def test_log_level_is_understood_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "info")
    assert Settings().log_level == "INFO"
