"""Revisions: a rendered track is edited as a plan, and rendered again as a new track."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from src.core.errors import InvalidInputError, NotFoundError
from src.db import crud
from src.db.database import Database
from src.db.rows.cards import StemCards
from src.music.arranging.plan_edits import Edit, Swap, edited
from src.music.casting.cast_part import CastPart
from src.music.casting.casting import rivals_of
from src.music.model.plan import ArrangementPlan, plan_from_dict
from src.music.model.score import Choice
from src.music.model.score_reading import choice_from_dict
from src.music.theory.library import StemCard
from src.music.theory.roles import category_fit
from src.services.search import SearchService
from src.services.tracks.candidates import find_candidates

MAX_SUGGESTIONS = 50


@dataclass(frozen=True)
class Revised:
    """A plan to be rendered. seed: that of the track it comes from, unless another is asked."""

    plan: ArrangementPlan
    seed: int


class RevisionService:
    """Reads rendered tracks as plans, explains them and edits them."""

    def __init__(self, database: Database, search: SearchService, cards: StemCards) -> None:
        self.database = database
        self.search = search
        self.cards = cards

    def plan(self, track_id: str) -> dict[str, Any]:
        """Return the plan of a track. Raises NotFoundError."""
        return dict(self._track(track_id)[0])

    def explain(self, track_id: str) -> list[dict[str, Any]]:
        """Explain who plays each part and why: scores by criterion, the runners-up.

        Raises NotFoundError.
        """
        return self._track(track_id)[1]

    def revised(
        self,
        track_id: str,
        edits: Sequence[Edit],
        *,
        locked: Sequence[str] = (),
        seed: int | None = None,
    ) -> Revised:
        """Edit the plan of a track; stems that no edit names stay.

        Raises NotFoundError for a track or stem that is not there, InvalidInputError for an
        edit that can't be made.
        """
        data, choices, own_seed = self._track(track_id)
        plan, played = plan_from_dict(data), played_in(choices)
        self._check_swaps(edits, played)
        return Revised(
            edited(plan, edits, played, locked=locked), own_seed if seed is None else seed
        )

    def suggestions(self, track_id: str, part: str, *, limit: int = 10) -> list[CastPart]:
        """Propose stems that could play a part instead, best first.

        Raises NotFoundError for the track, InvalidInputError for a part it does not have.
        """
        data, choices, seed = self._track(track_id)
        played = played_in(choices)
        plan = edited(plan_from_dict(data), [], played)
        if part not in {one.part for one in played}:
            names = ", ".join(one.part for one in played)
            raise InvalidInputError(f"voice must be one of {names}, got {part!r}")
        pool = find_candidates(self.search, plan)
        pinned = pinned_cards(plan, self.cards)
        return rivals_of(plan, pool, part, seed=seed, pinned=pinned)[:limit]

    def _track(self, track_id: str) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
        """Plan, choices and seed of a track."""
        with self.database.transaction() as session:
            row = crud.get_track(session, track_id)
            return row.plan, list(row.report.get("stems", [])), row.seed

    def _check_swaps(self, edits: Sequence[Edit], played: Sequence[Choice]) -> None:
        requested = {
            edit.part: edit.stem_id for edit in edits if isinstance(edit, Swap) and edit.stem_id
        }
        cards = self.cards.by_id(requested.values())
        roles = {one.part: one.asked_category for one in played}
        for part, stem_id in requested.items():
            if stem_id not in cards:
                raise NotFoundError(f"there is no stem {stem_id!r}")
            card = cards[stem_id]
            if part in roles and category_fit(roles[part], card.category) == 0.0:
                raise InvalidInputError(
                    f"{card.name!r} is a {card.category}: it can't play the role"
                    f" {roles[part]!r} of voice {part!r}"
                )


def played_in(choices: Sequence[Mapping[str, Any]]) -> list[Choice]:
    """List who plays, from the choices that a track's row keeps."""
    return [choice_from_dict(choice) for choice in choices]


def pinned_cards(plan: ArrangementPlan, known: StemCards) -> dict[str, StemCard]:
    """Find the stems that a plan pins, by part; those that are gone are left out."""
    cards = known.by_id(stem_id for _, stem_id in plan.pinned)
    return {part: cards[stem_id] for part, stem_id in plan.pinned if stem_id in cards}
