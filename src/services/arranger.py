"""The arranger: a sentence becomes a plan that a musician can read and edit."""

from collections.abc import Callable, Mapping, Sequence

from src.music.arranging.arrangement import MAX_LENGTH_S, arrange
from src.music.arranging.library_summary import LibrarySummary
from src.music.model.plan import ArrangementPlan
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

    def generate_arrangement_plan(self, prompt: str, *, seed: int = 0) -> ArrangementPlan:
        """Plan a track for a prompt in English, German or Russian.

        seed: the same prompt, seed and library give the same plan

        Raises InvalidInputError for an empty or overlong prompt, an impossible tempo or
        length, and a prompt that refuses everything.
        """
        intent = understand_prompt(prompt)
        library = None if self._summarise is None else self._summarise()
        names = names_to_look_up(intent)
        if self._find_sounds is not None and names and library is not None and library.counts:
            intent = with_library_sounds(intent, self._find_sounds(names))
        return arrange(intent, seed=seed, library=library, max_length_s=self._max_length_s)
