"""The arranger: a sentence becomes a plan that a musician can read and edit."""

from collections.abc import Callable

from src.music.arranging.arrangement import MAX_LENGTH_S, arrange
from src.music.arranging.library_summary import LibrarySummary
from src.music.model.plan import ArrangementPlan
from src.music.prompt.understanding import understand_prompt


class ArrangerService:
    """Makes plans from prompts.

    summarise: tells what the library holds, so that tempo and key follow it where the
        prompt leaves them open; None: the genre alone decides
    max_length_s: the longest track that may be asked for
    """

    def __init__(
        self,
        summarise: Callable[[], LibrarySummary] | None = None,
        *,
        max_length_s: float = MAX_LENGTH_S,
    ) -> None:
        self._summarise = summarise
        self._max_length_s = max_length_s

    def generate_arrangement_plan(self, prompt: str, *, seed: int = 0) -> ArrangementPlan:
        """Plan a track for a prompt in English, German or Russian.

        seed: the same prompt, seed and library give the same plan

        Raises InvalidInputError for an empty or overlong prompt, an impossible tempo or
        length, and a prompt that refuses everything.
        """
        intent = understand_prompt(prompt)
        library = None if self._summarise is None else self._summarise()
        return arrange(intent, seed=seed, library=library, max_length_s=self._max_length_s)
