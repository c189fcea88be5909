"""Reading word files: what is refused, and with which words."""

from pathlib import Path

import pytest

from src.core.errors import InvalidInputError
from src.words.vocabulary import read_vocabulary
from tests.words.changed_files import with_instrument


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"category": "woodwind", "en": ["kazoo"]}, "sound must be one of .*woodwind"),
        ({"category": "lead", "eng": ["kazoo"]}, "instruments.yaml, kazoo: a field .* got eng"),
        ({"category": "lead", "en": [True]}, "must be texts"),
        ({"category": "lead", "en": "kazoo", "sound": "buzzy"}, "a sound must be .*buzzy"),
        ({"category": "lead", "names": {"kazoo": [1]}}, "names, kazoo must be a weight"),
        ({"category": "atmospheric", "en": ["kazoo"]}, "has no category"),
    ],
)
def test_what_can_not_be_is_refused_with_its_place(
    word_files: Path, facts: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        with_instrument(word_files, "kazoo", facts)


def test_a_file_that_holds_no_mapping_is_refused(word_files: Path) -> None:
    (word_files / "names.yaml").write_text("- a\n", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"names\.yaml must hold a mapping"):
        read_vocabulary(word_files)
