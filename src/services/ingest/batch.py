"""One batch of an import: what came of its files, and its short transaction."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from src.core.config import Settings
from src.db.database import Database
from src.db.rows import imports
from src.db.rows.imports import KnownPlace, LibraryState, RefusedFile
from src.embeddings.protocol import Vectors
from src.services.ingest.contents import Content, Failure, Taken
from src.services.ingest.kits import kit_path, kit_row
from src.services.ingest.licences import KitLicences
from src.services.ingest.quarantine_moves import KEPT_PREFIX, stored_name
from src.services.ingest.recovery import finish_moves
from src.services.ingest.report import FileProblem, ImportReport
from src.services.ingest.rows import (
    Row,
    analysis_columns,
    bad_id,
    known_location,
    stem_name,
    stem_row,
    vector_row,
)
from src.services.ingest.scan import FoundFile
from src.services.ingest.work import batch_values
from src.storage.paths import path_of, shown
from src.storage.stem_copies import copy_in

log = logging.getLogger(__name__)

MOST_VALUES = 2**24
"""Values that one batch may bring into a worker's memory at once: 64 MB as float32."""

MOST_CONTENTS = 64

UNSUPPORTED = "unsupported"
"""Reason of a sound that plays, but by no decoder that is here."""


def is_full(batch: Sequence[Content], embed_batch: int) -> bool:
    """Tell whether contents should be saved before more are added to them."""
    taken = [one.outcome for one in batch if isinstance(one.outcome, Taken)]
    return (
        len(taken) >= embed_batch
        or len(batch) >= MOST_CONTENTS
        or batch_values(taken) >= MOST_VALUES
    )


@dataclass
class _Rows:
    """What one transaction writes."""

    kits: dict[str, Row] = field(default_factory=dict)
    stems: list[Row] = field(default_factory=list)
    vectors: list[Row] = field(default_factory=list)
    locations: list[KnownPlace] = field(default_factory=list)
    known: list[KnownPlace] = field(default_factory=list)
    moved_from: list[str] = field(default_factory=list)
    bad: list[RefusedFile] = field(default_factory=list)
    good_again: list[str] = field(default_factory=list)
    lost_places: list[str] = field(default_factory=list)


@dataclass
class BatchWriter:
    """Writes batches. gone: places whose file is not there, by stem; moves use them up."""

    database: Database
    settings: Settings
    model_id: str
    analysis_version: str
    state: LibraryState
    gone: dict[str, list[str]]
    report: ImportReport
    keep_bad_files: bool
    licences: KitLicences

    def __post_init__(self) -> None:
        bad = self.state.bad.values()
        self._stored = {one.stored_as for one in bad}
        self._in_place = {one.original_path: one for one in bad if not one.moved}

    def save(self, batch: Sequence[Content], vectors: Mapping[str, Vectors]) -> None:
        """Write a batch in one transaction, then move what was refused."""
        rows = _Rows()
        for content in batch:
            outcome = content.outcome
            if outcome is None:
                self._known_stem(rows, content)
            elif isinstance(outcome, Taken):
                self._new_stem(rows, content, outcome, vectors)
            elif outcome.for_now:
                self._leave(content, outcome)
            else:
                self._refuse(rows, content, outcome)
        self._write(rows)
        self._move_bad(rows.bad)

    def save_vectors(self, vectors: Mapping[str, Vectors]) -> None:
        """Write vectors of stems that are there already."""
        rows = [vector_row(one, vector, model_id=self.model_id) for one, vector in vectors.items()]
        with self.database.transaction() as session:
            imports.add_rows(session, vectors=rows)
        self.report.embedded += len(rows)

    def vector_of(self, stem: str) -> Vectors | None:
        """Read a stem's stored vector by the present model, shape (1, dimension); None: it has
        none.
        """
        with self.database.transaction() as session:
            raw = imports.vector_of(session, stem, model_id=self.model_id)
        return None if raw is None else np.frombuffer(raw, "<f4")[None]

    def refresh(self, stem: str, taken: Taken) -> None:
        """Write a new analysis of a stem."""
        columns = analysis_columns(taken, analysis_version=self.analysis_version)
        with self.database.transaction() as session:
            self.report.refreshed += imports.refresh_stem(session, stem, columns)

    def move_kept(self, kept: Sequence[RefusedFile]) -> bool:
        """Move refused files that an earlier import was told to leave; whether there were any."""
        waiting = [
            one
            for one in kept
            if one.stored_as == f"{KEPT_PREFIX}{one.id}"
            and not self._stays(one.original_path, one.reason)
        ]
        if self.keep_bad_files or not waiting:
            return False
        moves: list[RefusedFile] = []
        with self.database.transaction() as session:
            for one in waiting:
                path = path_of(one.original_path, self.settings.raw_path)
                moves.append(replace(one, stored_as=self._stored_as(one.id, path, one.reason)))
                self._stored.add(moves[-1].stored_as)
                imports.rename_bad(session, one.id, moves[-1].stored_as)
        self.report.quarantined += len(finish_moves(self.database, self.settings, moves))
        return True

    def _new_stem(
        self, rows: _Rows, content: Content, taken: Taken, vectors: Mapping[str, Vectors]
    ) -> None:
        stem = content.stem_id
        if stem not in vectors:  # no vector, no stem: the next import tries again
            copy_in(self.settings.stems_path, stem).unlink(missing_ok=True)
            return
        first = content.files[0]
        licence, version = self.licences.of(first.location), self.analysis_version
        rows.stems.append(stem_row(content, taken, analysis_version=version, kit_licence=licence))
        rows.vectors.append(vector_row(stem, vectors[stem], model_id=self.model_id))
        for found in content.files:
            self._note_replaced(found, stem)
            rows.locations.append(self._location(rows, found, stem))
        self.state.stems[rows.stems[-1]["content_hash"]] = version
        self.report.added += 1
        self.report.embedded += 1
        self.report.duplicates += len(content.files) - 1
        if not taken.whole:
            log.warning("%s is taken but %s", shown(first.location), "; ".join(taken.warnings))
            self.report.tell(FileProblem(first.location, "warning", "; ".join(taken.warnings)))

    def _known_stem(self, rows: _Rows, content: Content) -> None:
        """Note known content at a new or changed location: moved, a duplicate, or touched."""
        stem = content.stem_id
        for found in content.files:
            before = self.state.locations.get(found.location)
            rows.known.append(self._location(rows, found, stem))
            gone = self.gone.get(stem, [])
            self._note_replaced(found, stem)
            if before is not None and before.stem_id == stem:
                self.report.unchanged += 1
            elif gone:
                rows.moved_from.append(gone.pop(0))
                self.report.moved += 1
                log.info("%s moved to %s", shown(rows.moved_from[-1]), shown(found.location))
            else:
                self.report.duplicates += 1

    def _note_replaced(self, found: FoundFile, stem: str) -> None:
        before = self.state.locations.get(found.location)
        if before is not None and before.stem_id != stem:
            self.report.replaced += 1
            log.warning(
                "%s holds another sound now; stem %s stays", shown(found.location), before.stem_id
            )

    def _location(self, rows: _Rows, found: FoundFile, stem: str) -> KnownPlace:
        kit = kit_path(found.location)
        if kit is not None and kit not in rows.kits:
            rows.kits[kit] = dict(kit_row(kit))
        self._forget_refusal(rows, found)
        return known_location(found, stem)

    def _forget_refusal(self, rows: _Rows, found: FoundFile) -> None:
        """Forget a refusal whose place holds another file now."""
        before = self._in_place.pop(found.location, None)
        if before is not None:
            rows.good_again.append(before.id)

    def _refuse(self, rows: _Rows, content: Content, failure: Failure) -> None:
        for found in content.files:
            self._refuse_one(rows, found, content.digest, failure)

    def _refuse_one(
        self, rows: _Rows, found: FoundFile, digest: str | None, failure: Failure
    ) -> None:
        content = f"{found.size_bytes}:{found.modified_ns}" if digest is None else digest
        one = bad_id(found.location, content)
        stays = self._stays(found.location, failure.reason)
        stored = f"{KEPT_PREFIX}{one}"
        if not stays:
            stored = self._stored_as(one, found.path, failure.reason)
        refused = RefusedFile(
            id=one,
            original_path=found.location,
            stored_as=stored,
            reason=failure.reason,
            message=failure.message,
            size_bytes=found.size_bytes,
            modified_ns=found.modified_ns,
        )
        self._forget_refusal(rows, found)
        rows.bad.append(refused)
        if found.location in self.state.locations:
            rows.lost_places.append(found.location)
        self.state.bad[one] = refused
        self._stored.add(stored)
        self.report.quarantined += 1
        self.report.unsupported += failure.reason == UNSUPPORTED
        self.report.left_outside += (
            stays and not self.keep_bad_files and _is_outside(found.location)
        )
        moved_to = None if stays else stored
        self.report.tell(FileProblem(found.location, failure.reason, failure.message, moved_to))
        log.warning("%s refused (%s): %s", shown(found.path), failure.reason, failure.message)

    def _stays(self, location: str, reason: str) -> bool:
        """Tell whether a refused file is left where it lies.

        A folder outside the library is not ours to tidy, and a sound that other programs play
        is not broken.
        """
        return self.keep_bad_files or reason == UNSUPPORTED or _is_outside(location)

    def _stored_as(self, one: str, path: Path, reason: str) -> str:
        before = self.state.bad.get(one)
        if before is not None and not before.stored_as.startswith(KEPT_PREFIX):
            return before.stored_as  # the same bytes from the same place: the same name
        plain = stored_name(reason, path.name, bad_id=one, taken=self._stored)
        if os.path.lexists(self.settings.quarantine_path / plain):
            return stored_name(reason, path.name, bad_id=one, taken={plain})
        return plain

    def _leave(self, content: Content, failure: Failure) -> None:
        for found in content.files:
            self.report.failed += 1
            self.report.tell(FileProblem(found.location, failure.reason, failure.message))
            log.warning("%s left for the next import: %s", shown(found.path), failure.message)

    def _write(self, rows: _Rows) -> None:
        with self.database.transaction() as session:
            imports.add_rows(
                session, kits=list(rows.kits.values()), stems=rows.stems, vectors=rows.vectors
            )
            imports.put_places(session, rows.locations + rows.known, gone=rows.moved_from)
            if rows.known:
                names = {location.path: stem_name(location.path) for location in rows.known}
                imports.adopt_places(session, rows.known, names)
            imports.forget_bad(session, rows.good_again)
            imports.put_bad(session, rows.bad)
            imports.set_missing(session, rows.lost_places, missing=True)

    def _move_bad(self, bad: Sequence[RefusedFile]) -> None:
        finish_moves(self.database, self.settings, bad)


def _is_outside(location: str) -> bool:
    """Tell whether a place lies outside the raw folder: then it is absolute."""
    return location.startswith("/")
