"""Names on one line."""

import pytest

from src.core.plain_text import one_line


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Bass  138 Am", "Bass 138 Am"),
        ("kick\n\tgood", "kick good"),
        ("gnp.\u202ekick", "gnp.kick"),
        ("\u2066a\u2069\u200fb\ufeff", "ab"),
        ("a\u2028b\x00c\x9bd", "a b c d"),
        ("\u202e \n", ""),
        ("Größe 音 \U0001f469\u200d\U0001f3a4", "Größe 音 \U0001f469\u200d\U0001f3a4"),
    ],
)
def test_nothing_turns_or_breaks_a_name(name: str, line: str) -> None:
    assert one_line(name) == line
