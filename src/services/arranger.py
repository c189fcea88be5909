"""The arranger: a sentence becomes a plan that a musician can read and edit."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from src.music.arranging.arrangement import MAX_LENGTH_S, arrange
from src.music.arranging.form import UNIT
from src.music.arranging.library_summary import LibrarySummary
from src.music.arranging.plan_edits import SetLength, edited
from src.music.model.plan import ArrangementPlan, plan_to_dict
from src.music.prompt.library_sounds import (
    LibrarySound,
    names_to_look_up,
    with_library_sounds,
)
from src.music.prompt.understanding import understand_prompt


class ArrangerService:
    """Makes plans from prompts.

    summarise: tells what the library holds, so that tempo and key follow it where the
        prompt leaves them open; None: the genre alone decides
    find_sounds: tells which of some names sounds of the library have; None: there is no
        library to look into
    max_length_s: the longest track that may be asked for
    """

    def __init__(
        self,
        summarise: Callable[[], LibrarySummary] | None = None,
        *,
        find_sounds: Callable[[Sequence[str]], Mapping[str, LibrarySound]] | None = None,
        max_length_s: float = MAX_LENGTH_S,
    ) -> None:
        self._summarise = summarise
        self._find_sounds = find_sounds
        self._max_length_s = max_length_s

    def generate_arrangement_plan(self, prompt: str, *, seed: int = 0) -> dict[str, Any]:
        """Plan a track as plain JSON values: ``bpm``, ``key`` and ``structure``, and what else is
        known.

        Raises what ``plan_prompt`` raises, whose plan this is.
        """
        return plan_to_dict(self.plan_prompt(prompt, seed=seed))

    def plan_prompt(self, prompt: str, *, seed: int = 0) -> ArrangementPlan:
        """Plan a track for a prompt in English, German or Russian.

        seed: the same prompt, seed and library give the same plan

        A track that the genre would make longer than may be is shortened, with a note.

        Raises InvalidInputError for an empty or overlong prompt, an impossible tempo or
        length, and a prompt that refuses everything.
        """
        intent = understand_prompt(prompt)
        library = None if self._summarise is None else self._summarise()
        names = names_to_look_up(intent)
        if self._find_sounds is not None and names and library is not None and library.counts:
            intent = with_library_sounds(intent, self._find_sounds(names))
        plan = arrange(intent, seed=seed, library=library, max_length_s=self._max_length_s)
        return _shortened(plan, self._max_length_s)


def _shortened(plan: ArrangementPlan, max_length_s: float) -> ArrangementPlan:
    """Limit a plan to so many seconds.

    Sections keep their shares; the first remain where there are too many of them.
    """
    if plan.duration_s <= max_length_s:
        return plan
    bar_s = plan.beats_per_bar * 60.0 / plan.bpm
    bars = UNIT * math.floor(max_length_s / bar_s / UNIT)
    sections = plan.structure[: max(1, bars // UNIT)]
    note = (
        f"shortened: {plan.duration_s:.0f} s are usual, {max_length_s:g} s at most (MAX_RENDER_S)"
    )
    kept = replace(plan, structure=sections, notes=(*plan.notes, note))
    return edited(kept, [SetLength(bars=max(bars, UNIT))], ())
