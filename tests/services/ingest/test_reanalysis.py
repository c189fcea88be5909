"""Hearing stems again: some or all, under the user's corrections."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.analysis import StemFacts, StemNames
from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.core.errors import NotFoundError
from src.core.progress import JobCancelled
from src.db import crud
from src.db.crud import StemFilter
from src.db.database import Database
from src.db.models import Embedding, Stem
from src.db.rows.stem_edits import Selection
from src.services.ingest.lock import LibraryBusyError, import_lock, when_free
from src.services.ingest.reanalysis import ReanalysisService, hint_path
from src.services.ingest.work import Analysis
from src.services.preprocessor import NeuroAnalyzer
from src.storage.atomic import TEMPORARY_PREFIX
from tests.db.rows.test_corrections import correct
from tests.db.stocked import fresh_database
from tests.services.library_files import everything, rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder, plain_facts

EVERYTHING = Selection(requested=StemFilter())


def better_facts(audio: Audio, names: StemNames, *, sample_rate: int) -> StemFacts:
    """Another opinion: all are loops at 100 in Em; it tells which name it was given."""
    plain = plain_facts(audio, names, sample_rate=sample_rate)
    values = {"bpm": 100.0, "key": "Em", "category": "synth", "is_loop": True}
    notes = {n: {"value": v, "confidence": 0.9, "source": "audio"} for n, v in values.items()}
    return replace(
        plain, bars=1.0, bpm=100.0, key="Em", category="synth", is_loop=True, analysis=notes,
        warnings=(f"heard as {names.path}",),
    )  # fmt: skip


BETTER = Analysis(better_facts, "better-1")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a library of three sounds."""
    settings = Settings(TRAUM_HOME=tmp_path_factory.mktemp("home"), workers=1)
    for seed, name in enumerate(("Kit/bass loop.wav", "Kit/kick.wav", "alone.wav")):
        write_sound(settings.raw_path / name, seed=seed)
    database = fresh_database(settings)
    NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN).run()
    database.close()
    return settings.home


@pytest.fixture
def settings(tmp_path: Path, imported: Path) -> Settings:
    """Settings of a copy of the library."""
    return Settings(TRAUM_HOME=shutil.copytree(imported, tmp_path / "home"), workers=1)


@pytest.fixture
def raw(settings: Settings) -> Path:
    return settings.raw_path


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = Database(settings.sql_url)
    yield made
    made.close()


@pytest.fixture
def better(database: Database, settings: Settings) -> ReanalysisService:
    return ReanalysisService(database, settings, SpectralEmbedder(), analysis=BETTER)


def stem_at(database: Database, place: str) -> Stem:
    with database.transaction() as session:
        stem = session.query(Stem).filter_by(original_file=place).one()
        return crud.get_stem(session, stem.id)


def test_all_stems_are_heard_again_under_the_users_word(
    better: ReanalysisService, database: Database
) -> None:
    with database.transaction() as session:
        for stem in session.query(Stem).filter_by(original_file="alone.wav"):
            correct(stem, {"category": "fx", "user_rating": 5})
    report = better.run(EVERYTHING)
    assert (report.selected, report.reanalysed, report.changed, report.failed) == (3, 3, 3, 0)
    assert rows_of(database, "stems", "original_file", "category", "bpm", "user_rating") == [
        ("Kit/bass loop.wav", "synth", 100.0, None),
        ("Kit/kick.wav", "synth", 100.0, None),
        ("alone.wav", "fx", 100.0, 5),
    ]
    assert set(rows_of(database, "stems", "analysis_version")) == {"better-1"}
    with database.transaction() as session:
        for stem in session.query(Stem).filter_by(original_file="alone.wav"):
            correct(stem, {}, taken_back=("category",))
            assert stem.category == "synth"


def test_hearing_twice_changes_nothing_more(better: ReanalysisService, database: Database) -> None:
    better.run(EVERYTHING)
    before = everything(database)["stems"]
    again = better.run(EVERYTHING)
    assert (again.reanalysed, again.changed) == (3, 0)
    assert everything(database)["stems"] == before


def test_only_those_that_are_meant_are_heard(better: ReanalysisService, database: Database) -> None:
    report = better.run(Selection(requested=StemFilter(kit="Kit", is_loop=True)))
    assert (report.selected, report.reanalysed) == (1, 1)
    one = stem_at(database, "alone.wav")
    assert better.run(Selection(ids=(one.id, one.id))).selected == 1
    assert rows_of(database, "stems", "original_file", "analysis_version") == [
        ("Kit/bass loop.wav", "better-1"), ("Kit/kick.wav", "plain-1"), ("alone.wav", "better-1"),
    ]  # fmt: skip
    assert better.run(Selection(requested=StemFilter(text="nowhere"))).selected == 0


def test_unknown_ids_are_named_before_anything_is_done(
    better: ReanalysisService, database: Database
) -> None:
    with pytest.raises(NotFoundError, match="there are no stems 'nobody'"):
        better.check(Selection(ids=("nobody",)))
    with pytest.raises(NotFoundError, match="there are no stems 'nobody'"):
        better.run(Selection(ids=(stem_at(database, "alone.wav").id, "nobody")))
    assert set(rows_of(database, "stems", "analysis_version")) == {"plain-1"}


def test_the_copy_is_heard_where_the_original_is_gone_with_names_as_they_were(
    better: ReanalysisService, database: Database, settings: Settings, raw: Path
) -> None:
    before = stem_at(database, "Kit/kick.wav")
    copy = (settings.processed_path / before.path).read_bytes()
    (raw / "Kit" / "kick.wav").unlink()
    report = better.run(Selection(ids=(before.id,)))
    assert (report.reanalysed, report.from_copies) == (1, 1)
    after = stem_at(database, "Kit/kick.wav")
    assert (after.category, after.name, after.warnings) == (
        "synth", "kick", ["heard as Kit/kick.wav"],
    )  # fmt: skip
    assert after.original_sample_rate == before.original_sample_rate
    assert (settings.processed_path / after.path).read_bytes() == copy


def test_another_file_in_the_originals_place_is_not_taken_for_it(
    better: ReanalysisService, database: Database, raw: Path
) -> None:
    before = stem_at(database, "Kit/kick.wav")
    write_sound(raw / "Kit" / "kick.wav", seed=99, length_s=0.2)
    assert better.run(Selection(ids=(before.id,))).from_copies == 1
    assert stem_at(database, "Kit/kick.wav").duration_s == before.duration_s


def test_a_stem_of_which_nothing_is_left_is_told_and_kept(
    better: ReanalysisService, database: Database, settings: Settings, raw: Path
) -> None:
    lost = stem_at(database, "Kit/kick.wav")
    (raw / "Kit" / "kick.wav").unlink()
    (settings.processed_path / lost.path).unlink()
    report = better.run(EVERYTHING)
    assert (report.reanalysed, report.failed) == (2, 1)
    assert [(one.path, one.reason) for one in report.problems] == [("Kit/kick.wav", "missing")]
    assert stem_at(database, "Kit/kick.wav").analysis_version == "plain-1"


def test_a_lost_copy_is_made_again(
    better: ReanalysisService, database: Database, settings: Settings
) -> None:
    stem = stem_at(database, "alone.wav")
    (settings.processed_path / stem.path).unlink()
    better.run(Selection(ids=(stem.id,)))
    assert (settings.processed_path / stem.path).is_file()


def test_vectors_and_licences_are_renewed(
    better: ReanalysisService, database: Database, raw: Path
) -> None:
    good = rows_of(database, "embeddings", "stem_id", "vector")
    zeros = np.zeros(8, "<f4").tobytes()
    with database.transaction() as session:
        session.query(Embedding).update({"vector": zeros})
    (raw / "Kit" / "LICENSE.txt").write_text("CC0 1.0")
    better.run(EVERYTHING)
    assert rows_of(database, "embeddings", "stem_id", "vector") == good
    assert rows_of(database, "stems", "original_file", "licence") == [
        ("Kit/bass loop.wav", "CC0 1.0"), ("Kit/kick.wav", "CC0 1.0"), ("alone.wav", None),
    ]  # fmt: skip


def test_outside_the_library_a_licence_of_the_imported_folder_stays(
    database: Database, settings: Settings, better: ReanalysisService, tmp_path: Path
) -> None:
    write_sound(tmp_path / "Pack" / "Kit 2" / "hat.wav", seed=9)
    (tmp_path / "Pack" / "License.txt").write_text("CC BY 4.0")
    NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN).run(tmp_path / "Pack")
    outside = (tmp_path / "Pack" / "Kit 2" / "hat.wav").as_posix()
    assert stem_at(database, outside).licence == "CC BY 4.0"
    better.run(EVERYTHING)
    assert stem_at(database, outside).licence == "CC BY 4.0"


def test_stopped_in_the_middle_every_stem_is_whole(
    database: Database, settings: Settings, raw: Path
) -> None:
    slow = settings.model_copy(update={"embed_batch": 1})
    service = ReanalysisService(database, slow, SpectralEmbedder(), analysis=BETTER)

    def stop(stage: str, done: int, total: int) -> None:
        if done == 1:
            raise JobCancelled("enough")

    half = settings.stems_path / f"{TEMPORARY_PREFIX}1-1.wav"
    half.write_bytes(b"what a worker had written when it was stopped")
    with pytest.raises(JobCancelled):
        service.run(EVERYTHING, progress=stop)
    rows = rows_of(database, "stems", "category", "analysis_version")
    assert rows == [("other", "plain-1"), ("other", "plain-1"), ("synth", "better-1")]
    assert not half.exists()
    assert service.run(EVERYTHING).reanalysed == 3


def test_it_waits_for_an_import_where_it_may(better: ReanalysisService, settings: Settings) -> None:
    with import_lock(settings.processed_path):
        with pytest.raises(LibraryBusyError):
            better.run(EVERYTHING)

        def impatient(stage: str, done: int, total: int) -> None:
            raise JobCancelled(stage)

        with pytest.raises(JobCancelled, match="waiting for another import"):
            when_free(lambda: better.run(EVERYTHING), impatient)


def test_hints_are_read_below_the_library_or_from_the_kit_on() -> None:
    assert hint_path("Kit/Drums/kick.wav") == "Kit/Drums/kick.wav"
    assert hint_path("/home/me/Kit 128/Drums/kick.wav") == "Kit 128/Drums/kick.wav"
