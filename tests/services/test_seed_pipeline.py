"""The user's own test: 74 files, some of them broken on purpose."""

import logging

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.services.preprocessor import NeuroAnalyzer
from tests.services.library_files import rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


def test_seventy_valid_files_are_stored_and_four_broken_ones_refused_with_reason(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    database = Database(settings.sql_url)
    database.upgrade()
    for number in range(70):
        write_sound(settings.raw_path / f"Kit {number % 7}" / f"{number}.wav", seed=number)
    for name in ("empty_1", "empty_2"):
        (settings.raw_path / f"{name}.wav").touch()
    for name in ("text_1", "text_2"):
        (settings.raw_path / f"{name}.wav").write_text(f"not a sound: {name}")
    analyzer = NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN)
    with caplog.at_level(logging.INFO):
        report = analyzer.run()
        assert (report.found, report.added, report.quarantined) == (74, 70, 4)
        assert "74 files found: 0 done already, 74 new or changed" in caplog.text
        stored = sorted(path.name for path in settings.quarantine_path.iterdir())
        assert stored == [
            "ERROR_empty_empty_1.wav", "ERROR_empty_empty_2.wav",
            "ERROR_not_audio_text_1.wav", "ERROR_not_audio_text_2.wav",
        ]  # fmt: skip
        for name in ("empty_1", "empty_2", "text_1", "text_2"):
            assert any(name in line and "refused" in line for line in caplog.messages)
        caplog.clear()
        report = analyzer.run()
    assert (report.unchanged, report.added) == (70, 0)
    assert "70 files found: 70 done already, 0 new or changed" in caplog.text
    assert len(rows_of(database, "embeddings", "seq")) == 70
    database.close()
