"""Importing folders: everything once, nothing lost."""

import logging
import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.core.errors import ConflictError, NotFoundError
from src.core.progress import JobCancelled
from src.db import crud
from src.db.database import Database
from src.embeddings.protocol import Vectors
from src.services.ingest.lock import import_lock
from src.services.preprocessor import NeuroAnalyzer
from src.storage.decode import read_audio
from src.storage.fingerprint import content_hash
from tests.db.rows.test_corrections import correct
from tests.patience import PATIENCE_S
from tests.services.library_files import everything, refuse_to_list, rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An empty database of its own."""
    opened = Database(settings.sql_url)
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def raw(settings: Settings) -> Path:
    """The folder for construction kits."""
    settings.raw_path.mkdir(parents=True)
    return settings.raw_path


@pytest.fixture
def analyzer(database: Database, settings: Settings) -> NeuroAnalyzer:
    """An analyzer with a quick analysis."""
    return NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN)


def test_a_folder_of_sounds_becomes_stems_with_copies_places_and_vectors(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, raw: Path
) -> None:
    write_sound(raw / "Deep Kit 01 - 124 - Fm" / "Drums" / "kick.wav", seed=1)
    write_sound(raw / "Deep Kit 01 - 124 - Fm" / "bass loop.flac.wav", seed=2, length_s=0.2)
    write_sound(raw / "alone.wav", seed=3)
    report = analyzer.run()
    assert (report.found, report.added, report.quarantined, report.failed) == (3, 3, 0, 0)
    assert rows_of(database, "stems", "name") == ["alone", "bass loop.flac", "kick"]
    assert rows_of(database, "kits", "path", "name", "bpm_hint") == [
        ("Deep Kit 01 - 124 - Fm", "Deep Kit 01 - 124 - Fm", 124.0)
    ]
    with database.transaction() as session:
        digest = content_hash(raw / "alone.wav")
        stem = crud.stem_of_content(session, digest)
        assert stem is not None
        assert (stem.id, stem.path) == (digest[:16], f"stems/{digest[:16]}.wav")
        assert (stem.original_file, stem.kit_id, stem.channels) == ("alone.wav", None, 2)
        assert stem.duration_s == pytest.approx(0.05)
        vector = np.frombuffer(stem.embeddings[0].vector, "<f4")
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)
    copy = read_audio(settings.processed_path / f"stems/{digest[:16]}.wav")
    assert (copy.subtype, copy.original_sample_rate) == ("PCM_24", 48_000)
    np.testing.assert_allclose(copy.audio, read_audio(raw / "alone.wav").audio, atol=1e-6)


def test_a_second_import_changes_nothing_and_says_so(
    analyzer: NeuroAnalyzer, database: Database, raw: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_sound(raw / "a.wav", seed=1)
    write_sound(raw / "twin.wav", seed=1)
    (raw / "bad.wav").write_text("words")
    analyzer.run()
    before = everything(database)
    with caplog.at_level(logging.INFO):
        report = analyzer.run()
    assert (report.found, report.unchanged, report.added, report.embedded) == (2, 2, 0, 0)
    assert everything(database) == before
    assert "2 done already, 0 new or changed" in caplog.text
    assert any("nothing new" in message for message in report.messages)


def test_only_what_is_new_is_analysed(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    write_sound(raw / "b.wav", seed=2)
    steps: list[tuple[str, int, int]] = []
    report = analyzer.run(progress=lambda stage, done, total: steps.append((stage, done, total)))
    assert (report.unchanged, report.added) == (1, 1)
    assert steps[0] == ("looking for files", 0, 0)
    assert ("analysing", 1, 1) in steps
    assert steps[-1] == ("comparing stems of a kit", 1, 1)


def test_the_same_bytes_twice_are_one_stem_with_two_places(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "A" / "kick.wav", seed=1)
    write_sound(raw / "B" / "kick too.wav", seed=1)
    report = analyzer.run()
    assert (report.added, report.duplicates) == (1, 1)
    write_sound(raw / "C" / "kick three.wav", seed=1)
    report = analyzer.run()
    assert (report.added, report.duplicates, report.unchanged) == (0, 1, 2)
    assert rows_of(database, "stems", "original_file") == ["A/kick.wav"]
    assert rows_of(database, "places", "path") == [
        "A/kick.wav", "B/kick too.wav", "C/kick three.wav",
    ]  # fmt: skip
    assert rows_of(database, "kits", "name") == ["A"]


def test_a_copied_folder_doubles_no_kit_and_takes_its_place_when_the_first_one_goes(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, tmp_path: Path
) -> None:
    write_sound(tmp_path / "Packs" / "Kit One" / "kick.wav", seed=1)
    shutil.copytree(tmp_path / "Packs", settings.raw_path, dirs_exist_ok=True)
    analyzer.run()
    report = analyzer.run(tmp_path / "Packs")
    assert (report.added, report.duplicates) == (0, 1)
    assert rows_of(database, "kits", "path") == ["Kit One"]
    before = everything(database)
    analyzer.run(tmp_path / "Packs")
    assert everything(database) == before


@pytest.mark.parametrize(
    ("copied", "kits"),
    [
        ({"Other Name/kick.wav": 1, "Other Name/hat.wav": 2}, ["Other Name"]),
        ({"Kit One (2)/Drums/kick.wav": 1, "Kit One (2)/Drums/hat.wav": 2}, ["Kit One (2)"]),
        ({"Kit One/kick.wav": 1}, ["Kit One", "OUTSIDE/Kit One"]),
    ],
)
def test_no_kit_is_empty_however_a_folder_was_copied(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, tmp_path: Path,
    copied: dict[str, int], kits: list[str],
) -> None:  # fmt: skip
    packs = tmp_path / "Packs"
    write_sound(packs / "Kit One" / "kick.wav", seed=1)
    write_sound(packs / "Kit One" / "hat.wav", seed=2)
    for name, seed in copied.items():
        write_sound(settings.raw_path / name, seed=seed)
    analyzer.run()
    report = analyzer.run(packs)
    assert (report.added, report.duplicates) == (2 - len(copied), len(copied))
    paths = rows_of(database, "kits", "path")
    found = [str(path).replace(packs.as_posix(), "OUTSIDE") for path in paths]
    assert sorted(found) == kits
    owned = {row[0] for row in rows_of(database, "stems", "kit_id", "name")}
    assert owned == set(rows_of(database, "kits", "id"))


def test_what_is_refused_outside_the_library_stays_there(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, tmp_path: Path
) -> None:
    settings.raw_path.mkdir(parents=True, exist_ok=True)
    bad = tmp_path / "Packs" / "bad.wav"
    bad.parent.mkdir()
    bad.write_text("words")
    report = analyzer.run(tmp_path / "Packs")
    assert (report.quarantined, report.left_outside) == (1, 1)
    assert "1 refused files lie outside the library and stay there" in report.messages
    for again in (analyzer.run(tmp_path / "Packs"), analyzer.run()):
        assert again.quarantined == 0
        assert bad.exists()
    assert rows_of(database, "quarantine", "reason", "moved") == [("not_audio", False)]
    assert not any(settings.quarantine_path.glob("*"))


def test_a_sound_that_no_decoder_reads_stays_where_it_is(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    foreign = raw / "Apple Loops" / "beat.wav"
    foreign.parent.mkdir()
    foreign.write_bytes(b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(200))
    report = analyzer.run()
    assert (report.quarantined, report.unsupported) == (1, 1)
    assert "1 sounds are of kinds that are not read; they stay where they are" in report.messages
    assert analyzer.run().left_alone == 1
    assert foreign.exists()
    assert rows_of(database, "quarantine", "reason", "moved") == [("unsupported", False)]


def test_a_moved_file_is_recognised_and_keeps_what_the_user_said(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "Old Kit" / "kick.wav", seed=1)
    analyzer.run()
    with database.transaction() as session:
        stem = crud.stems_by_id(session, rows_of(database, "stems", "id"))[0]
        correct(stem, {"category": "kick", "bpm": 128.0})
    (raw / "New Kit").mkdir()
    (raw / "Old Kit" / "kick.wav").rename(raw / "New Kit" / "boom.wav")
    report = analyzer.run()
    assert (report.moved, report.added, report.missing, report.duplicates) == (1, 0, 0, 0)
    assert rows_of(database, "stems", "original_file", "name", "category", "bpm") == [
        ("New Kit/boom.wav", "boom", "kick", 128.0)
    ]
    assert rows_of(database, "places", "path", "missing") == [("New Kit/boom.wav", False)]
    assert rows_of(database, "kits", "name") == ["New Kit"]
    assert analyzer.run().unchanged == 1


def test_a_deleted_original_is_reported_kept_and_welcomed_back(
    analyzer: NeuroAnalyzer, database: Database, raw: Path, tmp_path: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    write_sound(raw / "b.wav", seed=2)
    analyzer.run()
    shutil.move(raw / "a.wav", tmp_path / "aside.wav")
    report = analyzer.run()
    assert report.missing == 1
    assert rows_of(database, "places", "path", "missing") == [("a.wav", True), ("b.wav", False)]
    assert len(rows_of(database, "stems", "id")) == 2
    before = everything(database)
    assert analyzer.run().missing == 1
    assert everything(database) == before
    shutil.move(tmp_path / "aside.wav", raw / "a.wav")
    assert analyzer.run().missing == 0
    assert rows_of(database, "places", "path", "missing") == [("a.wav", False), ("b.wav", False)]


def test_originals_below_a_folder_that_cant_be_read_are_not_gone(
    analyzer: NeuroAnalyzer, database: Database, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sound(raw / "Closed" / "a.wav", seed=1)
    write_sound(raw / "Closed" / "inner" / "b.wav", seed=2)
    write_sound(raw / "Open" / "c.wav", seed=3)
    analyzer.run()
    before = everything(database)
    with monkeypatch.context() as patch:
        refuse_to_list(raw / "Closed", patch)
        report = analyzer.run()
        assert (report.missing, report.unchanged) == (0, 1)
        assert f"the folder {raw / 'Closed'} may not be read" in report.messages
        assert everything(database) == before
        shutil.copy(raw / "Closed" / "a.wav", raw / "Open" / "copy.wav")
        (raw / "Open" / "c.wav").unlink()
        report = analyzer.run()
        assert (report.moved, report.duplicates, report.missing) == (0, 1, 1)
    assert rows_of(database, "places", "path", "missing") == [
        ("Closed/a.wav", False), ("Closed/inner/b.wav", False),
        ("Open/c.wav", True), ("Open/copy.wav", False),
    ]  # fmt: skip
    assert rows_of(database, "stems", "original_file", "name") == [
        ("Closed/a.wav", "a"), ("Closed/inner/b.wav", "b"), ("Open/c.wav", "c"),
    ]  # fmt: skip
    assert (report := analyzer.run()).unchanged == 3
    assert report.missing == 1


def test_where_the_whole_folder_cant_be_read_nothing_is_gone(
    analyzer: NeuroAnalyzer, database: Database, raw: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    before = everything(database)
    refuse_to_list(raw, monkeypatch)
    assert analyzer.run().missing == 0
    assert everything(database) == before


def test_a_file_with_new_content_is_a_new_stem_and_the_old_one_stays(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    write_sound(raw / "a.wav", seed=2, length_s=0.07)
    report = analyzer.run()
    assert (report.added, report.replaced) == (1, 1)
    assert len(rows_of(database, "stems", "id")) == 2
    digest = content_hash(raw / "a.wav")
    assert rows_of(database, "places", "path", "stem_id") == [("a.wav", digest[:16])]


def test_a_touched_file_is_not_analysed_again(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    os.utime(raw / "a.wav", ns=(1, 1))
    report = analyzer.run()
    assert (report.unchanged, report.added, report.duplicates) == (1, 0, 0)
    assert rows_of(database, "places", "modified_ns") == [1]


def test_a_refused_file_is_moved_with_its_reason_and_logged(
    analyzer: NeuroAnalyzer,
    database: Database,
    settings: Settings,
    raw: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    write_sound(raw / "good.wav", seed=1)
    write_sound(raw / "hat.wav", seed=2, length_s=0.03)
    for kit in ("A", "B"):
        (raw / kit).mkdir()
        (raw / kit / "bad.wav").write_text(f"words in {kit}")
    write_sound(raw / "silent.wav", level=0.0)
    report = analyzer.run()
    assert (report.added, report.quarantined) == (2, 3)
    stored = rows_of(database, "quarantine", "original_path", "stored_as", "reason", "moved")
    names = [name for _, name, _, _ in stored]
    assert names[0] == "ERROR_not_audio_bad.wav"
    assert names[1].startswith("ERROR_not_audio_bad_")
    assert stored[2] == ("silent.wav", "ERROR_silent_silent.wav", "silent", True)
    assert (settings.quarantine_path / names[0]).read_text() == "words in A"
    assert (settings.quarantine_path / names[1]).read_text() == "words in B"
    assert not (raw / "A" / "bad.wav").exists()
    assert str(raw / "A" / "bad.wav") in caplog.text
    assert "Format not recognised" in caplog.text


def test_bad_files_can_be_left_in_their_place_and_moved_later(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, raw: Path
) -> None:
    (raw / "bad.wav").write_text("words")
    report = analyzer.run(keep_bad_files=True)
    assert report.quarantined == 1
    assert (raw / "bad.wav").exists()
    report = analyzer.run(keep_bad_files=True)
    assert (report.quarantined, report.left_alone, report.found) == (0, 1, 1)
    report = analyzer.run()
    assert report.quarantined == 1
    assert not (raw / "bad.wav").exists()
    assert (settings.quarantine_path / "ERROR_not_audio_bad.wav").exists()
    assert rows_of(database, "quarantine", "moved") == [True]


def test_a_kept_bad_file_that_was_mended_comes_in(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    (raw / "bad.wav").write_text("words")
    analyzer.run(keep_bad_files=True)
    write_sound(raw / "bad.wav", seed=1)
    assert analyzer.run().added == 1
    assert rows_of(database, "quarantine", "id") == []


def test_a_known_file_that_broke_is_refused_and_its_stem_stays(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    (raw / "a.wav").write_text("overwritten by accident")
    assert analyzer.run().quarantined == 1
    assert rows_of(database, "places", "path", "missing") == [("a.wav", True)]
    before = everything(database)
    analyzer.run()
    assert everything(database) == before


def test_files_that_hang_or_kill_their_worker_are_refused_and_the_rest_comes_in(
    database: Database, settings: Settings, raw: Path
) -> None:
    for number, name in enumerate(["a", "hangs", "dies", "fails", "z"]):
        write_sound(raw / f"{name}.wav", seed=number)
    quick = settings.model_copy(update={"file_timeout_s": 2.0})
    report = NeuroAnalyzer(database, quick, SpectralEmbedder(), analysis=PLAIN).run()
    assert (report.added, report.quarantined, report.failed) == (2, 2, 1)
    assert rows_of(database, "stems", "name") == ["a", "z"]
    assert rows_of(database, "quarantine", "original_path", "reason") == [
        ("dies.wav", "crashed"),
        ("hangs.wav", "timeout"),
    ]
    assert (raw / "fails.wav").exists()
    assert [p.message for p in report.problems if p.reason == "failed"] == [
        "ZeroDivisionError: the analysis has a defect"
    ]


def test_an_outside_folder_is_imported_with_absolute_paths(
    analyzer: NeuroAnalyzer, database: Database, tmp_path: Path
) -> None:
    sound = write_sound(tmp_path / "Packs" / "Dark Pack" / "hit.wav", seed=1)
    assert analyzer.run(tmp_path / "Packs").added == 1
    assert rows_of(database, "stems", "original_file") == [str(sound)]
    assert rows_of(database, "kits", "path", "name") == [(str(sound.parent), "Dark Pack")]
    assert analyzer.run(tmp_path / "Packs").unchanged == 1


def test_an_import_of_one_folder_says_nothing_of_the_others(
    analyzer: NeuroAnalyzer, database: Database, raw: Path
) -> None:
    write_sound(raw / "A" / "a.wav", seed=1)
    write_sound(raw / "B" / "b.wav", seed=2)
    analyzer.run()
    (raw / "A" / "a.wav").unlink()
    assert analyzer.run(raw / "B").missing == 0
    assert analyzer.run(raw).missing == 1


def test_our_own_folders_are_never_imported(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    inside = settings.model_copy(update={"raw_dir": tmp_path})
    analyzer = NeuroAnalyzer(database, inside, SpectralEmbedder(), analysis=PLAIN)
    write_sound(tmp_path / "a.wav", seed=1)
    write_sound(settings.tracks_path / "track.wav", seed=2)
    assert analyzer.run().found == 1
    assert analyzer.run().found == 1


def test_cancelling_keeps_what_was_saved_and_leaves_nothing_half_written(
    database: Database, settings: Settings, raw: Path
) -> None:
    for number in range(12):
        write_sound(raw / f"{number:02d}.wav", seed=number)
    small = settings.model_copy(update={"embed_batch": 2})
    analyzer = NeuroAnalyzer(database, small, SpectralEmbedder(), analysis=PLAIN)

    def cancel(stage: str, done: int, total: int) -> None:
        if done >= 4:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        analyzer.run(progress=cancel)
    saved = rows_of(database, "stems", "path")
    assert 4 <= len(saved) < 12
    copies = sorted(f"stems/{path.name}" for path in settings.stems_path.iterdir())
    assert copies == saved
    assert analyzer.run().added == 12 - len(saved)


def test_two_imports_at_once_are_refused(analyzer: NeuroAnalyzer, settings: Settings) -> None:
    settings.raw_path.mkdir()
    with import_lock(settings.processed_path), pytest.raises(ConflictError, match="another import"):
        analyzer.run()
    assert analyzer.run().found == 0


def test_a_missing_folder_is_told(analyzer: NeuroAnalyzer, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no folder"):
        analyzer.run(tmp_path / "nowhere")


def test_another_analysis_looks_again_and_corrections_stay(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    with database.transaction() as session:
        correct(crud.stems_by_id(session, rows_of(database, "stems", "id"))[0], {"key": "Am"})
    newer = replace(PLAIN, version="plain-2")
    again = NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=newer)
    assert again.run().refreshed == 1
    assert rows_of(database, "stems", "analysis_version", "key") == [("plain-2", "Am")]
    assert again.run().refreshed == 0


def test_another_embedder_adds_its_vectors(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    other = SpectralEmbedder(model_id="bands-4", dimension=4)
    report = NeuroAnalyzer(database, settings, other, analysis=PLAIN).run()
    assert (report.embedded, report.added, report.unchanged) == (1, 0, 1)
    assert rows_of(database, "embeddings", "model_id") == ["bands-4", "bands-8"]


def test_a_lost_copy_is_made_again(
    analyzer: NeuroAnalyzer, database: Database, settings: Settings, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    analyzer.run()
    copy = settings.processed_path / rows_of(database, "stems", "path")[0]
    before = copy.read_bytes()
    copy.unlink()
    assert analyzer.run().refreshed == 1
    assert copy.read_bytes() == before


class ZeroEmbedder(SpectralEmbedder):
    """Gives vectors that say nothing."""

    def embed_audio(self, clips: list[Audio]) -> Vectors:  # type: ignore[override]
        return np.zeros((len(clips), self.dimension), np.float32)


def test_a_vector_that_says_nothing_is_never_stored(
    database: Database, settings: Settings, raw: Path
) -> None:
    write_sound(raw / "a.wav", seed=1)
    report = NeuroAnalyzer(database, settings, ZeroEmbedder(), analysis=PLAIN).run()
    assert (report.added, report.failed) == (0, 1)
    assert rows_of(database, "stems", "id") == []
    assert rows_of(database, "embeddings", "seq") == []
    assert list(settings.stems_path.iterdir()) == []


def test_an_import_works_from_a_thread(analyzer: NeuroAnalyzer, raw: Path) -> None:
    write_sound(raw / "a.wav", seed=1)
    reports = []
    thread = threading.Thread(target=lambda: reports.append(analyzer.run()))
    thread.start()
    thread.join(PATIENCE_S)
    assert reports[0].added == 1
