"""Stems that lie together are compared at the end of every import."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from src.core.config import Settings
from src.core.progress import JobCancelled, silent
from src.db.database import Database
from src.db.models import Stem
from src.db.rows import kit_consensus as consensus_rows
from src.db.rows.kit_consensus import Member
from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence, evidence_record
from src.music.evidence.stem_in_kit import estimate_record
from src.music.theory.library import CATEGORIES
from src.services.ingest import kit_consensus
from src.services.ingest.kit_consensus import consensus_paths, kits_of_members, reconcile_kits
from src.services.preprocessor import NeuroAnalyzer
from tests.db.rows.test_corrections import correct
from tests.db.stocked import fresh_database
from tests.music.kit_stems import loop
from tests.services.library_files import everything, rows_of, write_sound
from tests.services.plain_analysis import SPEAKING, SpectralEmbedder

FAST = loop((170.0, 0.85), (85.0, 0.15), bars=8.0)
SLOW = loop((85.0, 0.55), (170.0, 0.45), bars=4.0)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An empty database of its own."""
    opened = fresh_database(settings)
    yield opened
    opened.close()


def put(database: Database, place: str, evidence: StemEvidence) -> str:
    """A stem as an import leaves it before its kit is settled."""
    digest = hashlib.sha256(place.encode()).hexdigest()
    bpm = evidence.bpm
    with database.transaction() as session:
        stem = Stem(
            id=digest[:16],
            path=f"stems/{digest[:16]}.wav",
            original_file=place,
            name=place,
            content_hash=digest,
            duration_s=evidence.duration_s,
            channels=2,
            original_sample_rate=48_000,
            is_loop=evidence.is_loop.value,
            bars=evidence.bars,
            downbeat_s=0.0,
            bpm=None if bpm is None else bpm.value,
            key=None if evidence.key is None else evidence.key.value,
            category=evidence.category,
            tags={},
            features={},
            analysis={
                "bpm": estimate_record(bpm),
                "key": estimate_record(evidence.key),
                "is_loop": estimate_record(evidence.is_loop),
                "category": {"value": evidence.category, "confidence": 0.5, "source": "audio"},
                "alone": evidence_record(evidence),
            },
            corrections={},
            analysis_version="1",
        )
        session.add(stem)
    return digest[:16]


def kit_of_six(database: Database) -> str:
    """Five fast loops and one that is taken for a slow one, whose id is returned."""
    for number in range(5):
        put(database, f"Kit/loop {number}.wav", FAST)
    return put(database, "Kit/pad.wav", SLOW)


def stem_of(database: Database, stem_id: str) -> Stem:
    """The stem as it stands."""
    with database.transaction() as session:
        return session.scalars(select(Stem).where(Stem.id == stem_id)).one()


def test_a_kit_corrects_an_octave_and_says_that_it_did(database: Database) -> None:
    slow = kit_of_six(database)
    reconcile_kits(database, silent)
    stem = stem_of(database, slow)
    assert (stem.bpm, stem.bars) == (170.0, 8.0)
    assert stem.analysis["bpm"]["source"] == "kit"
    assert stem.analysis["bpm"]["value"] == 170.0


def snare(chance: float, category: str = "snare") -> StemEvidence:
    """A short hit that sounds like a category with this chance."""
    rest = (1.0 - chance) / (len(CATEGORIES) - 1)
    shares = tuple(chance if name == category else rest for name in CATEGORIES)
    alone = StemEvidence(0.3, category, Estimate(False, 0.9, "audio"), None, None)
    return replace(alone, shares=shares)


def test_a_folder_of_snares_tells_what_a_doubtful_hit_is(database: Database) -> None:
    for number in range(8):
        put(database, f"Snares/hit {number}.wav", snare(0.8))
    doubtful = put(database, "Snares/thing.wav", snare(0.15, "fx"))

    reconcile_kits(database, silent)
    stem = stem_of(database, doubtful)
    assert stem.category == stem.analysis["category"]["value"] == "snare"
    assert stem.analysis["category"]["source"] == "kit"
    assert reconcile_kits(database, silent) == 0


def test_the_users_category_stays_above_what_the_folder_says(database: Database) -> None:
    for number in range(8):
        put(database, f"Snares/hit {number}.wav", snare(0.8))
    doubtful = put(database, "Snares/thing.wav", snare(0.15, "fx"))
    with database.transaction() as session:
        correct(session.get_one(Stem, doubtful), {"category": "vocal"})

    reconcile_kits(database, silent)
    assert stem_of(database, doubtful).category == "vocal"
    with database.transaction() as session:
        correct(session.get_one(Stem, doubtful), {}, taken_back=["category"])
    reconcile_kits(database, silent)
    assert stem_of(database, doubtful).category == "snare"


def test_settling_again_writes_nothing(database: Database) -> None:
    kit_of_six(database)
    reconcile_kits(database, silent)
    before = everything(database)
    assert reconcile_kits(database, silent) == 0
    assert everything(database) == before


def test_it_does_not_matter_when_the_stems_came(database: Database, tmp_path: Path) -> None:
    slow = put(database, "Kit/pad.wav", SLOW)
    reconcile_kits(database, silent)
    assert stem_of(database, slow).bpm == 85.0
    kit_of_six_but_pad(database)
    reconcile_kits(database, silent)
    late = stem_of(database, slow)
    other = fresh_database(Settings(TRAUM_HOME=tmp_path / "other"))
    kit_of_six(other)
    reconcile_kits(other, silent)
    at_once = stem_of(other, slow)
    other.close()
    assert (late.bpm, late.analysis) == (at_once.bpm, at_once.analysis)


def kit_of_six_but_pad(database: Database) -> None:
    for number in range(5):
        put(database, f"Kit/loop {number}.wav", FAST)


def test_a_correction_counts_for_the_neighbours_and_is_never_changed(database: Database) -> None:
    slow = put(database, "Kit/pad.wav", SLOW)
    others = [put(database, f"Kit/{n}.wav", replace(FAST, bpm=None)) for n in range(3)]
    reconcile_kits(database, silent)
    with database.transaction() as session:
        for one in others:
            correct(session.get_one(Stem, one), {"bpm": 85.0})
    reconcile_kits(database, silent)
    assert stem_of(database, others[0]).bpm == 85.0
    assert stem_of(database, slow).analysis["bpm"]["confidence"] > 0.65
    with database.transaction() as session:
        for one in others:
            correct(session.get_one(Stem, one), {}, taken_back=("bpm",))
    reconcile_kits(database, silent)
    assert stem_of(database, others[0]).bpm == 170.0


def test_who_leaves_takes_its_word_along(database: Database) -> None:
    slow = kit_of_six(database)
    reconcile_kits(database, silent)
    with database.transaction() as session:
        for stem in session.scalars(select(Stem).where(Stem.id != slow)):
            session.delete(stem)
    reconcile_kits(database, silent)
    assert stem_of(database, slow).bpm == 85.0
    assert stem_of(database, slow).analysis["bpm"]["source"] == "audio"


def test_a_folder_that_is_gone_is_forgotten(database: Database) -> None:
    slow = kit_of_six(database)
    reconcile_kits(database, silent)
    with database.transaction() as session:
        for stem in session.scalars(select(Stem)):
            stem.original_file = f"Elsewhere/{stem.original_file}"
    reconcile_kits(database, silent)
    with database.transaction() as session:
        assert list(consensus_rows.consensus_states(session)) == ["Elsewhere"]
    assert stem_of(database, slow).bpm == 170.0


def test_cancelled_between_two_kits_it_goes_on_where_it_stopped(database: Database) -> None:
    put(database, "A/one.wav", FAST)
    put(database, "B/one.wav", FAST)

    def stop(stage: str, done: int, total: int) -> None:
        if done == 1:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        reconcile_kits(database, stop)
    steps: list[tuple[str, int, int]] = []
    reconcile_kits(database, lambda *step: steps.append(step))
    assert steps == [("comparing stems of a kit", 0, 1), ("comparing stems of a kit", 1, 1)]


def test_stems_that_were_analysed_without_evidence_are_left_alone(database: Database) -> None:
    old = put(database, "Kit/old.wav", SLOW)
    with database.transaction() as session:
        stem = session.get_one(Stem, old)
        stem.analysis = {name: note for name, note in stem.analysis.items() if name != "alone"}
    kit_of_six_but_pad(database)
    reconcile_kits(database, silent)
    assert stem_of(database, old).bpm == 85.0


def test_a_kit_with_folders_for_its_sounds_is_one_company() -> None:
    paths = consensus_paths(
        ["Lib/Kit 1/loop.wav", "Lib/Kit 1/Drums/a.wav", "Lib/Kit 1/Bass/b.wav", "top.wav"]
    )
    assert set(paths.values()) == {"Lib/Kit 1", "."}


def test_folders_side_by_side_are_one_company_whatever_their_names() -> None:
    paths = consensus_paths(["Song/blue/a.wav", "Song/red/b.wav", "Loops/c.wav"])
    assert paths == {"Song/blue/a.wav": "Song", "Song/red/b.wav": "Song", "Loops/c.wav": "Loops"}


def test_a_company_too_large_is_settled_folder_by_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kit_consensus, "MOST_STEMS", 3)
    members = [Member(str(n), f"Song/{'red' if n % 2 else 'blue'}/{n}.wav", n) for n in range(6)]
    assert [one.path for one in kits_of_members(members)] == ["Song/blue", "Song/red"]


def test_a_loop_that_nothing_is_known_of_learns_from_its_neighbours(database: Database) -> None:
    quiet = StemEvidence(FAST.duration_s, "pad", Estimate(True, 0.8, "audio"), None, None)
    kit_of_six_but_pad(database)
    stem_id = put(database, "Kit/quiet.wav", quiet)
    reconcile_kits(database, silent)
    stem = stem_of(database, stem_id)
    assert (stem.bpm, stem.bars) == (170.0, 8.0)


def test_an_import_compares_the_stems_of_a_kit_once_all_are_there(
    database: Database, settings: Settings
) -> None:
    for number in range(9):
        write_sound(settings.raw_path / "Kit" / f"{number}.wav", seed=number)
    analyzer = NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=SPEAKING)
    analyzer.run()
    assert rows_of(database, "stems", "bpm") == [170.0] * 9
    sources = [note["bpm"]["source"] for note in rows_of_analysis(database)]
    assert {"audio", "kit"} == set(sources)
    before = everything(database)
    analyzer.run()
    assert everything(database) == before


def rows_of_analysis(database: Database) -> list[dict[str, dict[str, str]]]:
    """The notes of all stems."""
    with database.transaction() as session:
        return list(session.scalars(select(Stem.analysis)))
