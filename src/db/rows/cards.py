"""The cards that search, arranger, renderer and exports read instead of rows."""

import threading
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from src.db.database import Database
from src.db.models import Stem, StemChange
from src.music.casting.made_marks import is_made, made_card
from src.music.theory.groove import groove_at
from src.music.theory.library import LoopNote, StemCard
from src.music.theory.progressions import chords_of_row

MOST_KEPT = 4_000
"""So many cards stay in memory; one more, and all are forgotten."""

_AT_ONCE = 500


class StemCards:
    """Reads cards by id and keeps them until the library changes. Safe between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cards: dict[str, StemCard] = {}
        self._seq = 0
        self._lock = threading.Lock()

    def by_id(self, ids: Iterable[str]) -> dict[str, StemCard]:
        """Look up cards, in the order asked; ids that are not there are left out.

        Sounds of our own synthesis have cards too. What others changed meanwhile is seen.
        """
        requested = list(dict.fromkeys(ids))
        found = {one: made_card(one) for one in requested if is_made(one)}
        stored = [one for one in requested if one not in found]
        if stored:
            found |= self._stored(stored)
        return {one: found[one] for one in requested if one in found}

    def _stored(self, ids: Sequence[str]) -> dict[str, StemCard]:
        with self._lock, self._database.transaction() as session:
            self._follow(session)
            missing = [one for one in ids if one not in self._cards]
            if len(self._cards) + len(missing) > MOST_KEPT:
                self._cards.clear()
                missing = list(ids)
            for start in range(0, len(missing), _AT_ONCE):
                self._load(session, missing[start : start + _AT_ONCE])
            return {one: self._cards[one] for one in ids if one in self._cards}

    def _follow(self, session: Session) -> None:
        """Forget all cards where any stem changed since the last look."""
        newest = session.scalar(select(func.max(StemChange.seq))) or 0
        if newest != self._seq:
            self._cards.clear()
            self._seq = newest

    def _load(self, session: Session, ids: Sequence[str]) -> None:
        for stem in session.scalars(select(Stem).where(Stem.id.in_(ids))):
            self._cards[stem.id] = card(stem)


def card(stem: Stem) -> StemCard:
    """Convert a stem's effective values to plain data, usable after the session is closed.

    What the user corrected has a confidence of 1.
    """
    return StemCard(
        id=stem.id,
        path=stem.path,
        name=stem.name,
        category=stem.category,
        is_loop=stem.is_loop,
        duration_s=stem.duration_s,
        channels=stem.channels,
        kit=None if stem.kit is None else stem.kit.name,
        kit_id=stem.kit_id,
        original_file=stem.original_file,
        bars=stem.bars,
        bpm=stem.bpm,
        key=stem.key,
        downbeat_s=stem.downbeat_s,
        tags=dict(stem.tags),
        features=dict(stem.features),
        confidence=_confidence(stem.analysis, stem.corrections),
        loudness_lufs=stem.loudness_lufs,
        true_peak_dbtp=stem.true_peak_dbtp,
        user_rating=stem.user_rating,
        licence=stem.licence,
        groove=_groove(stem),
        chroma=tuple(stem.analysis.get("matching", {}).get("chroma", ())),
        chords=chords_of_row(stem.chords, bpm=stem.bpm),
        notes=tuple(LoopNote(*row) for row in (stem.notes or {}).get("notes", ())),
        keys=tuple(stem.analysis.get("alone", {}).get("keys", ())),
    )


def _groove(stem: Stem) -> tuple[float, ...]:
    """Return the groove at the tempo that the stem has now, whoever set it."""
    noted = stem.analysis.get("matching", {})
    if not (stem.bpm and "groove" in noted):
        return ()
    return groove_at(noted["groove"], bpm=noted["groove_bpm"], target_bpm=stem.bpm)


def _confidence(analysis: dict[str, Any], corrections: dict[str, Any]) -> dict[str, float]:
    found = {
        name: float(evidence["confidence"])
        for name, evidence in analysis.items()
        if isinstance(evidence, dict) and "confidence" in evidence
    }
    return found | dict.fromkeys(corrections, 1.0)
