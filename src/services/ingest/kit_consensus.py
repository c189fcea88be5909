"""Stems that lie together are compared: a common tempo, mostly a common key.

Nothing has to be marked beforehand: whatever changed a stem since its context was reconciled
(an import, another analysis, a correction, a removal) shows in the numbers of its changes or
in who is there. So it can be killed at any point, and costs one look where nothing changed.
"""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from src.core.progress import Progress
from src.db.database import Database
from src.db.rows import kit_consensus as rows_of_kits
from src.db.rows.corrections import found_in
from src.db.rows.kit_consensus import Learnt, Member, State
from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_consensus import KitFolder
from src.music.evidence.kit_evidence import StemEvidence, evidence_from
from src.music.evidence.stem_in_kit import StemInKit, estimate_record, own_key, reconcile
from src.services.ingest.kits import kit_path

log = logging.getLogger(__name__)

STAGE = "comparing stems of a kit"

MOST_STEMS = 5_000
"""Larger groups are reconciled folder by folder, so that memory stays bounded."""

_ATTEMPTS = 3
_COUNTS = ("bpm", "key", "category", "is_loop")
"""Corrections that count for the neighbours."""


@dataclass(frozen=True)
class KitMembers:
    """Stems that lie together. path: the folder that holds them."""

    path: str
    members: tuple[Member, ...]

    @property
    def ids(self) -> list[str]:
        """Ids of its stems, by place."""
        return [member.id for member in self.members]

    @property
    def state(self) -> State:
        """Who is there, and the newest change."""
        reported = "\n".join(f"{member.id} {member.location}" for member in self.members)
        digest = hashlib.sha256(reported.encode("utf-8", "surrogateescape")).hexdigest()
        return State(digest, max(member.seq for member in self.members))


def reconcile_kits(database: Database, progress: Progress) -> int:
    """Reconcile all stems whose neighbours changed, one short transaction each; how many changed.

    JobCancelled passes through from ``progress``; what was reconciled before stays.
    """
    with database.transaction() as session:
        members = rows_of_kits.all_members(session)
        known = rows_of_kits.consensus_states(session)
    contexts = kits_of_members(members)
    outdated = [one for one in contexts if known.get(one.path) != one.state]
    left = known.keys() - {one.path for one in contexts}
    if left:
        with database.transaction() as session:
            rows_of_kits.forget_consensus(session, left)
    changed = 0
    for number, context in enumerate(outdated):
        progress(STAGE, number, len(outdated))
        changed += _reconcile_one(database, context)
    if outdated:
        progress(STAGE, len(outdated), len(outdated))
        log.info("%d folders compared, %d stems learnt from others", len(outdated), changed)
    return changed


def kits_of_members(members: Iterable[Member]) -> list[KitMembers]:
    """Group stems by the folder whose stems are reconciled together, by path."""
    members = list(members)
    paths = consensus_paths([member.location for member in members])
    groups: dict[str, list[Member]] = {}
    for member in members:
        groups.setdefault(paths[member.location], []).append(member)
    for path, group in list(groups.items()):
        if len(group) > MOST_STEMS:
            del groups[path]
            for member in group:
                groups.setdefault(_folder(member.location), []).append(member)
    return [KitMembers(path, tuple(groups[path])) for path in sorted(groups)]


def consensus_paths(locations: Sequence[str]) -> dict[str, str]:
    """Return by location the folder whose stems are reconciled together.

    That is the kit where folders only sort its sounds, or where nothing lies above it; else
    the folder above, since folders side by side may be parts of one kit.
    """
    kits = {location: kit_path(location) for location in locations}
    sorted_kits = {
        kit for location, kit in kits.items() if kit is not None and kit != _folder(location)
    }
    found = {}
    for location, kit in kits.items():
        above = "" if kit is None else PurePosixPath(kit).parent.name
        whole = kit is None or kit in sorted_kits or above == ""
        found[location] = (kit or ".") if whole else PurePosixPath(kit or "").parent.as_posix()
    return found


def place_of(location: str) -> KitFolder:
    """Return kit and folder of a file."""
    return kit_path(location) or ".", _folder(location)


def consensus_notes(one: StemInKit) -> dict[str, Any]:
    """Return the notes of a stem's analysis that the kit consensus writes."""
    notes = {"bpm": estimate_record(one.bpm), "key": estimate_record(one.key)}
    if one.category is not None:
        likeliest = {"likeliest": dict(one.likeliest)}
        notes["category"] = estimate_record(one.category) | likeliest
    return notes


def _folder(location: str) -> str:
    return PurePosixPath(location).parent.as_posix()


def _reconcile_one(database: Database, context: KitMembers) -> int:
    """Reconcile one group; again where somebody changed it meanwhile."""
    for _ in range(_ATTEMPTS):
        with database.transaction() as session:
            seq = rows_of_kits.newest_change(session, context.ids)
            rows = {row["id"]: _Row.of(row) for row in rows_of_kits.rows_of(session, context.ids)}
        learnt = _learnt(context, rows)
        with database.transaction() as session:
            if rows_of_kits.newest_change(session, context.ids) != seq:
                continue
            rows_of_kits.write_learnt(session, learnt)
            newest = rows_of_kits.newest_change(session, context.ids)
            rows_of_kits.note_consensus(session, context.path, State(context.state.members, newest))
        return len(learnt)
    log.info("%r keeps changing: left for the next import", context.path)
    return 0


@dataclass(frozen=True)
class _Row:
    """What reconciling needs of a stem. alone None: an analysis without evidence."""

    alone: StemEvidence | None
    said: Mapping[str, Any]
    found: Mapping[str, Any]
    notes: Mapping[str, Any]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "_Row":
        analysis, found = row["analysis"], found_in(row)
        alone = analysis.get("alone")
        return cls(
            None if alone is None else evidence_from(alone),
            {name: row["corrections"][name] for name in _COUNTS if name in row["corrections"]},
            {name: found[name] for name in ("bpm", "key", "bars", "category")},
            {name: analysis.get(name) for name in ("bpm", "key", "category")},
        )


def _learnt(context: KitMembers, rows: Mapping[str, _Row]) -> dict[str, Learnt]:
    """Return by stem id what reconciling changes."""
    analysed = [
        (member, row, row.alone)
        for member in context.members
        if (row := rows.get(member.id)) is not None and row.alone is not None
    ]
    settled = reconcile(
        [_corrected(alone, row.said) for _, row, alone in analysed],
        [place_of(member.location) for member, _, _ in analysed],
    )
    learnt = {}
    for (member, row, alone), one in zip(analysed, settled, strict=True):
        # The user's word counts for the others; beneath it stays what the stem is alone.
        under = replace(
            one,
            bpm=alone.bpm if "bpm" in row.said else one.bpm,
            bars=alone.bars if "bpm" in row.said else one.bars,
            key=own_key(alone, _kind(one, alone)) if "key" in row.said else one.key,
        )
        notes = consensus_notes(under)
        columns = {name: note["value"] for name, note in notes.items()} | {"bars": under.bars}
        if columns != _part(row.found, columns) or notes != _part(row.notes, notes):
            learnt[member.id] = Learnt(columns, notes)
    return learnt


def _kind(settled: StemInKit, alone: StemEvidence) -> str:
    return alone.category if settled.category is None else settled.category.value


def _part(values: Mapping[str, Any], of: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in of}


def _corrected(evidence: StemEvidence, said: Mapping[str, Any]) -> StemEvidence:
    """Return evidence with what the user said."""
    changes: dict[str, Any] = {}
    for name in ("bpm", "key", "is_loop"):
        if name in said:
            value = said[name]
            changes[name] = None if value is None else Estimate(value, 1.0, "user")
    if "category" in said:
        changes |= {"category": said["category"], "shares": ()}
    if said.get("bpm"):
        changes["is_loop"] = Estimate(True, 1.0, "user")
    return replace(evidence, **changes)
