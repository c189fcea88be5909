"""Hearing the notes of melodic loops, behind everything else.

    loops of melodic kinds without notes → the network, one after the other → rows, in batches

What was written before a cancel stays, and the next run goes on from there.
"""

import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.config import Settings
from src.core.errors import BackendUnavailableError, UnreadableAudioError
from src.core.progress import Progress, silent
from src.db.database import Database
from src.db.rows import reanalysis as rows
from src.db.rows.reanalysis import UnheardLoop
from src.storage.decode import read_stem
from src.storage.paths import safe_join

if TYPE_CHECKING:
    from src.audio.analysis.harmony.notes import Melody

log = logging.getLogger(__name__)

HEARING = "hearing notes"
NOTE_STAGES = ((HEARING, 1.0),)

MELODIC = ("lead", "synth", "keys", "guitar", "strings", "brass", "vocal")
"""Kinds that may play a melody. Of basses too few notes are heard right."""

LONGEST_S = 60.0
"""Longer sounds are songs or recordings rather than loops."""

LEAST_CLEAR = 0.8
"""Where more than a fifth of what is heard overlaps it is no single voice, and has no notes."""

_PAGE, _WRITTEN_AT_ONCE = 500, 16

NoteRow = dict[str, Any]
"""{"by": name of the network, "notes": [[pitch, start s, length s, velocity], ...]}"""


@dataclass
class NoteReport:
    """What a run did.

    loops: that were listened to; melodies: that are a single voice and have notes now
    failed: copies that could not be read
    """

    loops: int = 0
    melodies: int = 0
    failed: int = 0
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


class MelodyListener(Protocol):
    """What hears the notes of a single voice. name: as the rows hold it"""

    @property
    def name(self) -> str: ...

    def melody(self, audio: Audio, *, sample_rate: int) -> "Melody":
        """Hear the notes of a clip, float32, shape (channels, samples)."""
        ...


class NoteHearingService:
    """Gives the melodic loops of one library their notes.

    listener: what hears them; None: the network of the installed package
    """

    def __init__(
        self, database: Database, settings: Settings, *, listener: MelodyListener | None = None
    ) -> None:
        self._database = database
        self._settings = settings
        self._listener = listener

    def check(self) -> None:
        """Raise BackendUnavailableError where the network is not installed."""
        if self._listener is None:
            _network_path()

    def run(self, *, progress: Progress = silent) -> NoteReport:
        """Hear every melodic loop that was never listened to.

        Raises BackendUnavailableError where the network is not installed or can't be loaded;
        JobCancelled passes through, and what was written before stays.
        """
        started, report = time.monotonic(), NoteReport()
        listener = _network() if self._listener is None else self._listener
        sources = self._sources()
        progress(HEARING, 0, len(sources))
        for first in range(0, len(sources), _WRITTEN_AT_ONCE):
            batch = sources[first : first + _WRITTEN_AT_ONCE]
            found = self._heard(batch, listener, report)
            with self._database.transaction() as session:
                rows.write_notes(session, found)
            progress(HEARING, min(first + _WRITTEN_AT_ONCE, len(sources)), len(sources))
        report.seconds = round(time.monotonic() - started, 3)
        log.info(
            "%d of %d loops have notes now, %d failed, in %.1f s",
            report.melodies, report.loops, report.failed, report.seconds,
        )  # fmt: skip
        return report

    def _sources(self) -> list[UnheardLoop]:
        """List what is to be heard: short loops of melodic kinds."""
        found: list[UnheardLoop] = []
        page, after = [UnheardLoop("", "", 0.0)], ""
        while page:
            with self._database.transaction() as session:
                page = rows.stems_without_notes(session, MELODIC, after=after, limit=_PAGE)
            found += [one for one in page if one.duration_s <= LONGEST_S]
            after = page[-1].id if page else after
        return found

    def _heard(
        self, sources: Sequence[UnheardLoop], listener: MelodyListener, report: NoteReport
    ) -> dict[str, NoteRow]:
        """Return the rows of a batch; of what is no single voice one without notes."""
        found = {}
        for source in sources:
            file = safe_join(self._settings.processed_path, source.path)
            try:
                audio = read_stem(file)
            except UnreadableAudioError as error:
                report.failed += 1
                log.warning("the notes of %s can't be heard: %s", source.id, error)
                continue
            melody = listener.melody(audio, sample_rate=PROJECT_SAMPLE_RATE)
            report.loops += 1
            report.melodies += bool(_rows(melody))
            found[source.id] = {"by": listener.name, "notes": _rows(melody)}
        return found


def _rows(melody: "Melody") -> list[list[float]]:
    if melody.clarity < LEAST_CLEAR:
        return []
    return [
        [
            note.pitch,
            round(note.start_s, 4),
            round(note.length_s, 4),
            max(1, min(127, round(127 * note.strength))),
        ]
        for note in melody.notes
    ]


def _network() -> MelodyListener:
    from src.analysis.note_network import NoteNetwork

    return NoteNetwork(_network_path())


def _network_path() -> Path:
    from src.analysis.note_network import PACKAGE, VERSION, network_file

    found = network_file()
    if found is None:
        raise BackendUnavailableError(
            f"notes are heard by {PACKAGE}, which is not installed: pip install --no-deps"
            f" {PACKAGE}=={VERSION}"
        )
    return found
