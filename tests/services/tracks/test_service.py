"""A length beside a prompt is said as a part of it."""

import pytest

from src.core.errors import InvalidInputError
from src.music.prompt.length import Length
from src.music.prompt.understanding import understand_prompt
from src.services.tracks.service import with_length


@pytest.mark.parametrize("prompt", ["techno 130 bpm", "techno, 5 minutes", "5 Minuten Techno"])
def test_the_length_asked_for_goes_before_the_prompts_own(prompt: str) -> None:
    assert understand_prompt(with_length(prompt, "16 bars")).length == Length(bars=16)


def test_a_length_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="got 'banana'"):
        with_length("techno", "banana")
