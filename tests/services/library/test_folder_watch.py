"""New files are noticed once they are still; a burst of them is one import."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.services.jobs.intake import JobRunningError, QueueFullError
from src.services.library.folder_watch import FolderWatch
from src.services.preprocessor import NeuroAnalyzer
from tests.services.library_files import write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Submitted:
    """Takes imports in, and does them when a test says so."""

    def __init__(self, analyzer: NeuroAnalyzer) -> None:
        self.analyzer, self.count = analyzer, 0
        self.refusal: Exception | None = None

    def __call__(self) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.count += 1


@pytest.fixture
def raw(settings: Settings) -> Path:
    settings.raw_path.mkdir()
    return settings.raw_path


@pytest.fixture
def analyzer(settings: Settings, raw: Path) -> Iterator[NeuroAnalyzer]:
    database = Database(settings.sql_url)
    database.upgrade()
    yield NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN)
    database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def submitted(analyzer: NeuroAnalyzer) -> Submitted:
    return Submitted(analyzer)


@pytest.fixture
def watch(analyzer: NeuroAnalyzer, submitted: Submitted, clock: Clock) -> FolderWatch:
    return FolderWatch(analyzer, submitted, quiet_s=10.0, clock=clock)


def looks(watch: FolderWatch, clock: Clock, *, every_s: float = 5.0, times: int = 6) -> int:
    asked = 0
    for _ in range(times):
        asked += watch.look()
        clock.now_s += every_s
    return asked


def test_nothing_is_asked_for_while_files_still_come_and_then_one_import(
    watch: FolderWatch, clock: Clock, raw: Path, submitted: Submitted
) -> None:
    for number in range(30):
        write_sound(raw / "Kit" / f"{number}.wav", seed=number)
        assert not watch.look()
        clock.now_s += 9.0
    assert looks(watch, clock) == 1
    submitted.analyzer.run()
    assert looks(watch, clock) == 0
    assert submitted.count == 1


def test_a_file_that_grows_is_not_read_half(watch: FolderWatch, clock: Clock, raw: Path) -> None:
    whole = write_sound(raw / "long.wav").read_bytes()
    for share in (0.2, 0.4, 0.9):
        (raw / "long.wav").write_bytes(whole[: int(len(whole) * share)])
        assert looks(watch, clock, times=2) == 0
    (raw / "long.wav").write_bytes(whole)
    assert looks(watch, clock) == 1


def test_what_came_while_nobody_looked_is_imported_and_what_is_known_is_not(
    watch: FolderWatch, clock: Clock, raw: Path, submitted: Submitted
) -> None:
    write_sound(raw / "known.wav", seed=1)
    submitted.analyzer.run()
    assert looks(watch, clock) == 0
    (raw / "known.wav").unlink()
    assert looks(watch, clock) == 0
    write_sound(raw / "new.wav", seed=2)
    assert looks(watch, clock) == 1


@pytest.mark.parametrize(
    "refusal",
    [JobRunningError("one runs", job_id="a"), QueueFullError("too many", retry_after_s=9)],
)
def test_where_no_import_can_be_asked_for_now_it_is_asked_for_later(
    watch: FolderWatch, clock: Clock, raw: Path, submitted: Submitted, refusal: Exception
) -> None:
    write_sound(raw / "new.wav")
    submitted.refusal = refusal
    assert looks(watch, clock) == 0
    submitted.refusal = None
    assert looks(watch, clock) == 1


def test_a_file_that_an_import_does_not_take_is_not_asked_for_again_and_again(
    watch: FolderWatch, clock: Clock, raw: Path, submitted: Submitted
) -> None:
    write_sound(raw / "new.wav")
    assert looks(watch, clock, times=20) == 1
