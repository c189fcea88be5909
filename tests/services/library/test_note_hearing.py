from collections.abc import Iterator
from pathlib import Path

import pytest

from src.audio.analysis.harmony.notes import Melody, MelodyNote
from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.core.progress import JobCancelled
from src.db.database import Database
from src.db.models import Stem
from src.services.library.note_hearing import NoteHearingService
from src.services.library.stems import StemService
from tests.db.stocked import Sound, fresh_database, stock

NOTE = MelodyNote(60, 0.5, 0.25, 0.8)
SOUNDS = (
    Sound("lead.wav", "lead", True, 120.0, "Am", 0.2),
    Sound("bass.wav", "bass", True, 120.0, "Am", 0.1),
    Sound("shot.wav", "lead", False, seconds=0.1),
    Sound("keys.wav", "keys", True, 120.0, "Am", 0.1),
)


class Listener:
    """Hears one note in what is longer than 0.15 s, and several voices in the rest."""

    name = "stand-in"

    def melody(self, audio: Audio, *, sample_rate: int) -> Melody:
        one_voice = audio.shape[1] > 0.15 * sample_rate
        return Melody((NOTE,), 1.0 if one_voice else 0.4)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(TRAUM_HOME=tmp_path)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    made = fresh_database(settings)
    yield made
    made.close()


@pytest.fixture
def stem_ids(database: Database, settings: Settings) -> list[str]:
    return stock(database, settings, SOUNDS)


def notes_of(database: Database, stem_id: str) -> object:
    with database.transaction() as session:
        return session.get_one(Stem, stem_id).notes


def test_melodic_loops_get_notes_and_several_voices_none(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    report = NoteHearingService(database, settings, listener=Listener()).run()
    assert (report.loops, report.melodies, report.failed) == (2, 1, 0)
    row = {"by": "stand-in", "notes": [[60, 0.5, 0.25, 102]]}
    assert notes_of(database, stem_ids[0]) == row
    assert notes_of(database, stem_ids[1]) is None
    assert notes_of(database, stem_ids[3]) == {"by": "stand-in", "notes": []}
    (note,) = StemService(database, settings).detail(stem_ids[0]).notes or ()
    assert (note.pitch, note.start_s, note.length_s, note.velocity) == (60, 0.5, 0.25, 102)


def test_what_was_heard_is_not_heard_again(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    service = NoteHearingService(database, settings, listener=Listener())
    assert service.run().loops == 2
    assert service.run().loops == 0


def test_a_copy_that_is_gone_is_counted_and_the_rest_goes_on(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    (settings.processed_path / f"stems/{stem_ids[0]}.wav").unlink()
    report = NoteHearingService(database, settings, listener=Listener()).run()
    assert (report.loops, report.failed) == (1, 1)


def test_a_cancel_passes_through(
    database: Database, settings: Settings, stem_ids: list[str]
) -> None:
    def cancel(_stage: str, _done: int, _total: int) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        NoteHearingService(database, settings, listener=Listener()).run(progress=cancel)
    assert notes_of(database, stem_ids[0]) is None
