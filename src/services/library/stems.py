"""Single stems: telling, correcting, drawing and removing them."""

import logging
from pathlib import Path
from typing import Any

from src.core.config import Settings
from src.core.errors import NotFoundError
from src.db import crud
from src.db.database import Database
from src.db.models import Stem
from src.db.rows.collections import get_collection
from src.db.rows.corrections import found_in, row_of, set_said
from src.db.rows.stem_edits import hold
from src.music.evidence.corrections import (
    CORRECTABLE,
    COVERED,
    TAG_CHANGES,
    Change,
    said_after,
)
from src.music.theory.keys import camelot
from src.music.theory.progressions import chords_of_row
from src.schemas.common import Page
from src.schemas.stems import (
    ChordSpan,
    Fact,
    NoteSpan,
    StemChanges,
    StemCorrection,
    StemDetailRecord,
    StemRecord,
    Waveform,
)
from src.services.library.outlines import sound_outline
from src.storage.paths import safe_join

log = logging.getLogger(__name__)

FACTS = ("bpm", "key", "category", "is_loop")
"""Fields that carry a confidence and a source."""


class StemService:
    """The stems of one library."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database = database
        self.settings = settings

    def page(
        self, requested: crud.StemFilter, *, sort: str, window: crud.Window
    ) -> Page[StemRecord]:
        """Return one page of stems. Raises NotFoundError for a collection that is not there."""
        with self.database.transaction() as session:
            if requested.collection is not None:
                get_collection(session, requested.collection)
            rows, total = crud.list_stems(session, requested, sort=sort, window=window)
            items = [StemRecord(**summary(row)) for row in rows]
        return Page[StemRecord](items=items, total=total, limit=window.limit, offset=window.offset)

    def summaries(self, stem_ids: list[str]) -> dict[str, StemRecord]:
        """Return the stems with these ids that are there."""
        with self.database.transaction() as session:
            return {
                row.id: StemRecord(**summary(row)) for row in crud.stems_by_id(session, stem_ids)
            }

    def detail(self, stem_id: str) -> StemDetailRecord:
        """Return all that is known about a stem. Raises NotFoundError."""
        with self.database.transaction() as session:
            return _detail(crud.get_stem(session, stem_id))

    def correct(self, stem_id: str, said: StemCorrection) -> StemDetailRecord:
        """Take over what the user says: values win over the analysis, null withdraws.

        Raises NotFoundError, and InvalidInputError for what this stem can't have.
        """
        with self.database.transaction() as session:
            hold(session, [stem_id])
            stem = crud.get_stem(session, stem_id)
            row = row_of(stem)
            found, earlier = found_in(row), stem.corrections
            set_said(stem, said_after(change_of(said), found, earlier, duration_s=stem.duration_s))
            session.flush()
            return _detail(stem)

    def audio_file(self, stem_id: str) -> tuple[Path, str]:
        """Find the standardised copy and its stem's name. Raises NotFoundError."""
        with self.database.transaction() as session:
            stem = crud.get_stem(session, stem_id)
        return self._copy_of(stem), stem.name

    def waveform(self, stem_id: str, points: int) -> Waveform:
        """Draw the outline of a stem, read in blocks so that long ones need little memory."""
        with self.database.transaction() as session:
            stem = crud.get_stem(session, stem_id)
        minimum, maximum = sound_outline(self._copy_of(stem), stem.duration_s, points)
        return Waveform(
            stem_id=stem_id,
            duration_s=stem.duration_s,
            points=len(minimum),
            minimum=minimum,
            maximum=maximum,
        )

    def _copy_of(self, stem: Stem) -> Path:
        file = safe_join(self.settings.processed_path, stem.path)
        if not file.is_file():
            raise NotFoundError(
                f"the copy of stem {stem.id!r} is gone; the next preprocess makes it anew",
                code="audio_missing",
            )
        return file


def summary(stem: Stem) -> dict[str, Any]:
    """Convert a stem's row to what a list shows."""
    return {
        "id": stem.id,
        "name": stem.name,
        "kit": None if stem.kit is None else stem.kit.name,
        "kit_id": stem.kit_id,
        "category": stem.category,
        "is_loop": stem.is_loop,
        "bpm": stem.bpm,
        "key": stem.key,
        "camelot": None if stem.key is None else camelot(stem.key),
        "bars": stem.bars,
        "progression": None if stem.progression is None else stem.progression.strip(),
        "duration_s": stem.duration_s,
        "channels": stem.channels,
        "tags": stem.tags,
        "loudness_lufs": stem.loudness_lufs,
        "true_peak_dbtp": stem.true_peak_dbtp,
        "user_rating": stem.user_rating,
        "licence": stem.licence,
        "original_file": stem.original_file,
        "missing": all(location.missing for location in stem.locations),
        "warnings": stem.warnings,
        "corrected": _corrected(stem),
        "imported_at": stem.imported_at,
    }


def _detail(stem: Stem) -> StemDetailRecord:
    return StemDetailRecord(
        **summary(stem),
        path=stem.path,
        content_hash=stem.content_hash,
        original_sample_rate=stem.original_sample_rate,
        downbeat_s=stem.downbeat_s,
        quality_ok=stem.quality_ok,
        analysis_version=stem.analysis_version,
        facts={name: _fact(stem, name) for name in FACTS},
        analysis=_analysis(stem),
        corrections=stem.corrections,
        chords=_chord_spans(stem),
        notes=_note_spans(stem),
        features=stem.features,
        places=[location.path for location in stem.locations],
    )


def _chord_spans(stem: Stem) -> list[ChordSpan] | None:
    chords = chords_of_row(stem.chords, bpm=stem.bpm)
    if chords is None:
        return None
    return [
        ChordSpan(chord=str(one.chord), beats=one.beats, confidence=one.confidence)
        for one in chords
    ]


def _note_spans(stem: Stem) -> list[NoteSpan] | None:
    if stem.notes is None:
        return None
    names = ("pitch", "start_s", "length_s", "velocity")
    return [NoteSpan(**dict(zip(names, row, strict=True))) for row in stem.notes["notes"]]


def _fact(stem: Stem, name: str) -> Fact:
    """Choose the value that holds; what follows from another correction is as sure as that."""
    value = getattr(stem, name)
    found = stem.analysis.get(name, {})
    if name in stem.corrections or (stem.corrections and value != found.get("value")):
        return Fact(value=value, confidence=1.0, source="user")
    return Fact(
        value=value,
        confidence=found.get("confidence", 0.0),
        source=found.get("source", "audio"),
    )


def change_of(said: StemChanges, *, taken_back: tuple[str, ...] = ()) -> Change:
    """Convert a request to a change. taken_back: fields beside those that are null"""
    given = {name: getattr(said, name) for name in said.model_fields_set if name in CORRECTABLE}
    return Change(
        values={name: _stored(name, value) for name, value in given.items() if value is not None},
        taken_back=(*(name for name, value in given.items() if value is None), *taken_back),
        tempo=said.tempo,
        add_tags=tuple(said.add_tags),
        remove_tags=tuple(said.remove_tags),
    )


def _corrected(stem: Stem) -> list[str]:
    """List the fields that the user corrected; tags that came and went are tags."""
    return sorted({"tags" if name in TAG_CHANGES else name for name in stem.corrections})


def _analysis(stem: Stem) -> dict[str, dict[str, Any]]:
    """List what the analysis found, with confidence and source where these are known."""
    found = found_in(row_of(stem))
    record = [name for name in COVERED if name not in ("user_rating", "progression")]
    return {name: {**stem.analysis.get(name, {}), "value": found[name]} for name in record}


def _stored(name: str, value: Any) -> Any:
    """Convert a correction to its column; 0 and "" say that there is no tempo, no key."""
    if name == "tags":
        return dict.fromkeys(value, 1.0)
    if (name == "bpm" and value == 0) or (name in ("key", "chords") and value == ""):
        return None
    return value
