from pathlib import Path

import pytest

from src.tagging.outputs import (
    caption_of,
    persons_text,
    planned_lyrics,
    planned_prompts,
    write_planned,
)
from src.tagging.policy import GROUPED_ORDER, SongTags
from src.tagging.songs import SongFiles

TAGS = SongTags(("house",), 124, "major key", ("warm", "happy"), ("organ",), vocal="duet")


@pytest.fixture
def files(tmp_path: Path) -> SongFiles:
    return SongFiles(tmp_path / "a.wav")


def test_prompt_and_caption_are_written_without_a_line_end(files: SongFiles) -> None:
    write_planned(planned_prompts(files, TAGS, {}))
    assert files.prompt.read_bytes() == b"house, 124 bpm, major key, warm, happy, organ, duet"
    assert files.caption.read_text(encoding="utf-8") == "house, warm, happy, organ, duet"
    assert caption_of(TAGS) == "house, warm, happy, organ, duet"


def test_the_order_can_be_chosen(files: SongFiles) -> None:
    write_planned(planned_prompts(files, TAGS, {}, GROUPED_ORDER))
    assert files.prompt.read_text(encoding="utf-8").startswith("124 bpm, major key, house")


def test_what_a_person_wrote_stays_unless_they_ask(files: SongFiles) -> None:
    written = write_planned(planned_prompts(files, TAGS, {}))
    files.prompt.write_text("mine", encoding="utf-8")
    planned = planned_prompts(files, TAGS, written)
    assert [one.edit for one in planned] == ["by a person", "same"]
    assert files.prompt.name not in write_planned(planned)
    assert files.prompt.read_text(encoding="utf-8") == "mine"
    assert persons_text(files.prompt, written) == "mine"
    write_planned(planned, over_persons=True)
    assert files.prompt.read_text(encoding="utf-8") == TAGS.line()


def test_what_we_wrote_may_be_written_again(files: SongFiles) -> None:
    written = write_planned(planned_prompts(files, TAGS, {}))
    changed = planned_prompts(files, SongTags(("house",), 125), written)
    assert [one.edit for one in changed] == ["changed", "changed"]
    assert persons_text(files.prompt, written) is None


def test_no_lyrics_write_no_file(files: SongFiles) -> None:
    assert planned_lyrics(files, "", {}) == []
    write_planned(planned_lyrics(files, "[verse]\nla", {}))
    assert files.lyrics.read_text(encoding="utf-8") == "[verse]\nla"
    assert files.plain_lyrics.read_text(encoding="utf-8") == "[verse]\nla"
