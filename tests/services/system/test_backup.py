"""Saving a library, and putting it back: all of it, or nothing changes."""

import io
import os
import sqlite3
import tarfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ClassVar
from unittest.mock import Mock

import pytest

from src.core.config import Settings
from src.core.errors import ConflictError, InvalidInputError, NotFoundError
from src.core.progress import JobCancelled
from src.db.crud import library_counts
from src.db.database import Database
from src.services.ingest.lock import import_lock
from src.services.jobs.kinds import JobRules
from src.services.preprocessor import NeuroAnalyzer
from src.services.system.backup import BackupService, folders_of
from src.services.system.restore import JOURNAL, RestoreService, finish_interrupted
from src.storage.zips import backup as backup_archive
from src.wiring import build_services
from src.workers.local import LocalRunner
from tests.db.stocked import fresh_database, stock
from tests.services.plain_analysis import PLAIN, SpectralEmbedder

Contents = dict[str, bytes]


def contents(settings: Settings, *, hidden: bool = False) -> Contents:
    """Every file of a library by its name; the database as the text of its rows."""
    found: Contents = {}
    for name, folder in folders_of(settings).items():
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder).as_posix()
            if path.is_symlink() or not path.is_file() or inner == "jobs.lock":
                continue
            if hidden or not any(part.startswith(".") for part in inner.split("/")):
                is_database = inner.startswith("stems.db")
                found[f"{name}/{inner}"] = b"" if is_database else path.read_bytes()
    return found


def rows(settings: Settings) -> str:
    with closing(sqlite3.connect(settings.processed_path / "stems.db")) as opened:
        return "\n".join(opened.iterdump())


@pytest.fixture
def library(tmp_path: Path) -> Settings:
    """Four sounds with their rows, one file in quarantine, one track, one model."""
    settings = Settings(TRAUM_HOME=tmp_path / "here")
    database = fresh_database(settings)
    stock(database, settings)
    database.close()
    for path, data in (
        (settings.quarantine_path / "ERROR_silent_x.wav", b"quiet"),
        (settings.raw_path / "AUX" / "con.wav", b"names that only Windows minds"),
        (settings.raw_path / os.fsdecode(b"caf\xe9 \n.wav"), b"bytes that are no text"),
        (settings.raw_path / "Kit" / ".hidden.wav", b"hidden, but the user's"),
        (settings.tracks_path / "20261121_150000.wav", b"a track"),
        (settings.tracks_path / "20261121_150000.json", b"{}"),
        (settings.models_path / "clap" / "audio.onnx", b"weights"),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return settings


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Where no library is yet."""
    return Settings(TRAUM_HOME=tmp_path / "there")


@pytest.fixture
def saved(library: Settings, tmp_path: Path) -> Path:
    BackupService(library).save(tmp_path / "library.tar")
    return tmp_path / "library.tar"


def restore(settings: Settings, file: Path, *, replace: bool = False) -> tuple[str, ...]:
    with file.open("rb") as stream:
        return RestoreService(settings).restore(stream, replace=replace).set_aside


# --- there and back ------------------------------------------------------------------------


def test_what_was_saved_comes_back_as_it_was(
    library: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    report = BackupService(library).save(tmp_path / "all.tar", models=True)
    assert restore(elsewhere, tmp_path / "all.tar") == ()
    assert contents(elsewhere) == contents(library)
    assert rows(elsewhere) == rows(library)
    assert report.files == len(contents(library)) + 1  # and the hidden one of the kit
    assert (elsewhere.raw_path / "Kit" / ".hidden.wav").is_file()


def test_a_restored_library_is_known_file_by_file(library: Settings, tmp_path: Path) -> None:
    """Times come back to the nanosecond, so the next import opens nothing."""
    database = Database(library.sql_url)
    analyzer = NeuroAnalyzer(database, library, SpectralEmbedder(), analysis=PLAIN)
    analyzer.run()
    database.close()
    BackupService(library).save(tmp_path / "library.tar")
    there = Settings(TRAUM_HOME=tmp_path / "there")
    restore(there, tmp_path / "library.tar")
    for path in library.raw_path.rglob("*.wav"):
        twin = there.raw_path / path.relative_to(library.raw_path)
        assert twin.stat().st_mtime_ns == path.stat().st_mtime_ns
    database = Database(there.sql_url)
    report = NeuroAnalyzer(database, there, SpectralEmbedder(), analysis=PLAIN).run()
    database.close()
    assert report.added == 0
    assert report.unchanged == report.found > 0


def test_it_goes_through_a_pipe(library: Settings, elsewhere: Settings) -> None:
    end, start = os.pipe()

    def fill() -> None:
        with open(start, "wb") as sink:
            BackupService(library).write(sink)

    writer = threading.Thread(target=fill)
    writer.start()
    with open(end, "rb") as stream:
        RestoreService(elsewhere).restore(stream)
    writer.join()
    assert rows(elsewhere) == rows(library)


def test_what_can_be_had_again_is_left_out(library: Settings, tmp_path: Path) -> None:
    BackupService(library).save(tmp_path / "small.tar", tracks=False)
    with tarfile.open(tmp_path / "small.tar") as tar:
        folders = {name.partition("/")[0] for name in tar.getnames()}
    assert folders == {"raw_construction_kits", "processed_database", "manifest.json"}


def test_tracks_stay_where_a_backup_has_none(library: Settings, tmp_path: Path) -> None:
    BackupService(library).save(tmp_path / "small.tar", tracks=False)
    restore(library, tmp_path / "small.tar", replace=True)
    assert (library.tracks_path / "20261121_150000.wav").read_bytes() == b"a track"


def test_locks_links_and_half_written_files_stay_out(library: Settings, tmp_path: Path) -> None:
    (library.raw_path / "link.wav").symlink_to("/etc/passwd")
    (library.raw_path / ".incoming-1").mkdir()
    (library.raw_path / ".incoming-1" / "0").write_bytes(b"half")
    (library.tracks_path / ".part-1.wav").write_bytes(b"half")
    (library.stems_path / ".part-1.wav").write_bytes(b"half")
    (library.processed_path / "jobs.lock").touch()
    (library.processed_path / ".import.lock").touch()
    os.mkfifo(library.raw_path / "pipe.wav")
    BackupService(library).save(tmp_path / "library.tar")
    with tarfile.open(tmp_path / "library.tar") as tar:
        names = "\n".join(tar.getnames())
    for word in ("link", "incoming", ".part", "lock", "pipe"):
        assert word not in names, word


# --- saving --------------------------------------------------------------------------------


def test_it_is_one_moment_though_the_engine_goes_on_writing(
    library: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    """Rows that are not committed are not in it, and the writer is not held up."""
    with closing(
        sqlite3.connect(library.processed_path / "stems.db", isolation_level=None)
    ) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("UPDATE kits SET name = 'committed'")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE kits SET name = 'not committed'")
        BackupService(library).save(tmp_path / "library.tar")
        writer.execute("COMMIT")
    restore(elsewhere, tmp_path / "library.tar")
    assert "'committed'" in rows(elsewhere)
    assert "not committed" not in rows(elsewhere)


def test_a_file_that_goes_meanwhile_is_told(
    library: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    kit = library.raw_path / "hat.wav"

    def remove(stage: str, done: int, total: int) -> None:
        if total:  # the list is made
            kit.unlink(missing_ok=True)

    report = BackupService(library).save(tmp_path / "library.tar", progress=remove)
    assert report.vanished == ("raw_construction_kits/hat.wav",)
    restore(elsewhere, tmp_path / "library.tar")
    assert not (elsewhere.raw_path / "hat.wav").exists()


def test_a_file_that_shrinks_meanwhile_is_refused(
    library: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = library.raw_path / "big.wav"
    big.write_bytes(b"x" * 100)
    real = backup_archive.write_archive

    def late(sink: object, sources: list, *rest: object) -> list[str]:
        listed = list(sources)
        big.write_bytes(b"x" * 10)
        return real(sink, listed, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("src.services.system.backup.write_archive", late)
    with pytest.raises(ConflictError, match=r"big\.wav became shorter"):
        BackupService(library).save(tmp_path / "library.tar")
    assert not (tmp_path / "library.tar").exists()


def test_a_cancelled_backup_leaves_the_older_one(library: Settings, saved: Path) -> None:
    before, there = saved.read_bytes(), contents(library, hidden=True)

    def cancel(stage: str, done: int, total: int) -> None:
        if total:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        BackupService(library).save(saved, progress=cancel)
    assert saved.read_bytes() == before
    assert contents(library, hidden=True) == there
    assert not list(saved.parent.glob(".part-*"))


def test_progress_ends_at_all_of_it(library: Settings, tmp_path: Path) -> None:
    (library.tracks_path / "long.wav").write_bytes(bytes(3_000_000))
    reported: list[tuple[int, int]] = []
    BackupService(library).save(
        tmp_path / "b.tar", progress=lambda stage, done, total: reported.append((done, total))
    )
    assert [done for done, _ in reported] == sorted(done for done, _ in reported)
    assert reported[-1][0] >= reported[-1][1] - 1 >= 3


@pytest.mark.parametrize("folder", ["raw_path", "processed_path", "tracks_path"])
def test_it_does_not_lie_in_what_it_saves(library: Settings, folder: str) -> None:
    with pytest.raises(InvalidInputError, match="inside the library"):
        BackupService(library).save(getattr(library, folder) / "b.tar")


def test_without_a_library_there_is_nothing_to_save(elsewhere: Settings, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no library"):
        BackupService(elsewhere).save(tmp_path / "b.tar")
    assert not (tmp_path / "b.tar").exists()


def test_a_library_in_postgresql_is_saved_by_its_own_tools(
    library: Settings, tmp_path: Path
) -> None:
    far = library.model_copy(update={"database_url": "postgresql+psycopg://user:secret@host/name"})
    with pytest.raises(InvalidInputError, match="pg_dump") as caught:
        BackupService(far).save(tmp_path / "b.tar")
    assert "secret" not in str(caught.value)


# --- putting back --------------------------------------------------------------------------


def test_a_library_that_is_there_is_not_touched_unasked(library: Settings, saved: Path) -> None:
    before, there = rows(library), contents(library)
    with pytest.raises(ConflictError, match="--replace") as caught:
        restore(library, saved)
    assert caught.value.code == "library_exists"
    assert (rows(library), contents(library)) == (before, there)


def test_a_library_that_is_replaced_is_set_aside(library: Settings, saved: Path) -> None:
    before = contents(library)
    kit = library.raw_path / "hat.wav"
    kit.write_bytes(b"newer than the backup")
    (library.processed_path / "stems.db-wal").write_bytes(b"a journal of the old database")
    aside = restore(library, saved, replace=True)
    assert contents(library) == before
    assert len(aside) == 3
    kept = {Path(folder).parent.name: Path(folder) for folder in aside}
    assert (kept["raw_construction_kits"] / "hat.wav").read_bytes() == b"newer than the backup"
    assert (kept["processed_database"] / "stems.db").is_file()
    assert (kept["processed_database"] / "stems.db-wal").is_file()
    assert not (library.processed_path / "stems.db-wal").exists()


def test_what_was_set_aside_is_not_taken_for_kits(
    library: Settings, saved: Path, tmp_path: Path
) -> None:
    restore(library, saved, replace=True)
    restore(library, saved, replace=True)
    BackupService(library).save(tmp_path / "again.tar")
    with tarfile.open(tmp_path / "again.tar") as again, tarfile.open(saved) as first:
        assert again.getnames() == first.getnames()


Spoil = Callable[[bytes], bytes]


def flip(data: bytes) -> bytes:
    """One bit of the first sound's bytes."""
    place = data.index(b"data", data.index(b"RIFF")) + 100
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def with_member(name: str, *, kind: bytes = tarfile.REGTYPE) -> Spoil:
    def add(data: bytes) -> bytes:
        made = io.BytesIO()
        with (
            tarfile.open(fileobj=io.BytesIO(data)) as old,
            tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as new,
        ):
            stranger = tarfile.TarInfo(name)
            stranger.type, stranger.linkname = kind, "/etc/passwd"
            new.addfile(stranger, io.BytesIO())
            for info in old.getmembers():
                new.addfile(info, old.extractfile(info))
        return made.getvalue()

    return add


def without_database(data: bytes) -> bytes:
    return data.replace(b"processed_database/stems.db", b"processed_database/other.db")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-20_000],
        lambda data: b"",
        lambda data: b"RIFF" + data[:100],
        lambda data: data.replace(b"traum-engine-backup", b"something-different"),
        flip,
        without_database,
        with_member("raw_construction_kits/extra.wav"),
        with_member("raw_construction_kits/../../outside.wav"),
        with_member("/etc/outside.wav"),
        with_member("elsewhere/outside.wav"),
        with_member("raw_construction_kits/link.wav", kind=tarfile.SYMTYPE),
        with_member("raw_construction_kits/hard.wav", kind=tarfile.LNKTYPE),
        with_member("raw_construction_kits/hat.wav"),
    ],
)
def test_what_is_no_whole_backup_changes_nothing(
    library: Settings, saved: Path, tmp_path: Path, spoil: Spoil
) -> None:
    saved.write_bytes(spoil(saved.read_bytes()))
    (library.processed_path / ".import.lock").touch()
    before, there = rows(library), contents(library, hidden=True)
    with pytest.raises(InvalidInputError) as caught:
        restore(library, saved, replace=True)
    assert caught.value.code == "bad_backup"
    assert "\n" not in caught.value.message
    assert (rows(library), contents(library, hidden=True)) == (before, there)
    assert not list(tmp_path.rglob(".restoring-*"))
    assert not list(tmp_path.rglob("outside.wav"))


def test_a_damaged_database_is_refused(library: Settings, tmp_path: Path) -> None:
    """Saved as it was, but it was broken then already."""
    database = library.processed_path / "stems.db"
    BackupService(library).save(tmp_path / "good.tar")
    entry = b"not a database at all" * 1000
    with (tmp_path / "bad.tar").open("wb") as sink:
        place = tmp_path / "broken.db"
        place.write_bytes(entry)
        source = backup_archive.ArchivedFile("processed_database/stems.db", place, len(entry), 0)
        backup_archive.write_archive(sink, [source], {"folders": ["processed_database"]}, print)
    before = database.read_bytes()
    with pytest.raises(InvalidInputError, match="database of the backup"):
        restore(library, tmp_path / "bad.tar", replace=True)
    assert database.read_bytes() == before


def test_a_backup_of_a_newer_engine_asks_for_an_update(
    library: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(library.processed_path / "stems.db")) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
        opened.commit()
    BackupService(library).save(tmp_path / "newer.tar")
    with pytest.raises(ConflictError, match="update first") as caught:
        restore(elsewhere, tmp_path / "newer.tar")
    assert caught.value.code == "newer_backup"


def test_nothing_is_restored_under_a_running_engine(library: Settings, saved: Path) -> None:
    """The lock belongs to another process, as a server would be."""
    lock = library.processed_path / "jobs.lock"
    lock.touch()
    ready, done = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        runner = LocalRunner(lanes={})
        runner.start(_NoJobs(), lock_file=lock)  # type: ignore[arg-type]
        os.write(ready[1], b"x")
        os.read(done[0], 1)
        os._exit(0)
    try:
        os.read(ready[0], 1)
        with pytest.raises(ConflictError, match="engine is running") as caught:
            restore(library, saved, replace=True)
        assert caught.value.code == "engine_running"
    finally:
        os.write(done[1], b"x")
        os.waitpid(child, 0)
    assert restore(library, saved, replace=True)


class _NoJobs:
    kinds: ClassVar[dict[str, object]] = {}
    rules = JobRules()
    workers = Mock()

    def renew(self) -> None:
        """There are none."""

    def sweep(self) -> None:
        """There are none."""

    def forget_old(self) -> int:
        """There are none."""
        return 0


def test_nothing_is_restored_during_an_import(library: Settings, saved: Path) -> None:
    with import_lock(library.processed_path), pytest.raises(ConflictError, match="import"):
        restore(library, saved, replace=True)


class PowerCut(BaseException):
    """Nothing after it runs."""


@pytest.mark.parametrize("renames", [0, 1, 3, 5, 7])
def test_a_swap_that_was_cut_off_is_finished_by_the_next_start(
    library: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch, renames: int
) -> None:
    before, there = rows(library), contents(library)
    (library.raw_path / "hat.wav").write_bytes(b"newer than the backup")
    real, made = os.rename, 0

    def cut(source: Path, target: Path) -> None:
        nonlocal made
        if made == renames:
            raise PowerCut
        made += 1
        real(source, target)

    with monkeypatch.context() as patched:
        patched.setattr("src.services.system.restore.os.rename", cut)
        patched.setattr("src.services.system.restore.shutil.rmtree", lambda *_, **__: None)
        with pytest.raises(PowerCut):
            restore(library, saved, replace=True)
    assert (library.processed_path / JOURNAL).is_file()
    services = build_services(library)
    with services.database.transaction() as session:
        assert library_counts(session, "any").stems == 4
    services.close()
    assert contents(library) == there
    assert rows(library) == before
    assert not (library.processed_path / JOURNAL).exists()
    assert not list(library.processed_path.glob(".restoring-*"))


def test_a_swap_that_fails_is_undone(
    library: Settings, saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, made = os.rename, 0

    def failing(source: Path, target: Path) -> None:
        nonlocal made
        made += 1
        if made == 6:
            raise OSError(18, "Invalid cross-device link")
        real(source, target)

    there = contents(library)
    monkeypatch.setattr("src.services.system.restore.os.rename", failing)
    with pytest.raises(OSError, match="cross-device"):
        restore(library, saved, replace=True)
    assert contents(library) == there
    assert not (library.processed_path / JOURNAL).exists()


def test_without_a_cut_there_is_nothing_to_finish(elsewhere: Settings) -> None:
    finish_interrupted(elsewhere)
    assert not elsewhere.processed_path.exists()
