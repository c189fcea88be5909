from pathlib import Path

import pytest

from src.core.errors import InvalidInputError, NotFoundError
from src.tagging.whitelist import CATEGORIES, parse_whitelist, read_whitelist


def test_headings_and_items_alone_are_a_whitelist() -> None:
    found = parse_whitelist("# Mine\n\n## Genre:\n- Techno\n- house\n\n## Vocal Typ:\n- duet\n")
    assert {name: tag.category for name, tag in found.tags.items()} == {
        "techno": "genre", "house": "genre", "duet": "vocal",
    }  # fmt: skip


def test_meaning_aliases_and_group_stand_below_an_item() -> None:
    found = parse_whitelist("## Mood:\n- dark\n  No light.\n  aliases: gloomy, grim\n  group: d\n")
    dark = found.tags["dark"]
    assert (dark.meaning, dark.aliases, dark.group) == ("No light.", ("gloomy", "grim"), "d")


def test_one_spelling_of_two_tags_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="one tag only"):
        parse_whitelist("## Genre:\n- drill\n\n## Rap Style:\n- drill rap\n  aliases: Drill\n")


def test_a_text_without_categories_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="list items"):
        parse_whitelist("- techno\n")


@pytest.mark.parametrize("preset", ["", "hiphop"])
def test_presets_have_all_categories_and_explain_every_tag(preset: str) -> None:
    found = read_whitelist(preset)
    assert all(found.of_category(category) for category in CATEGORIES)
    assert [tag.name for tag in found.tags.values() if not tag.meaning] == []
    assert "keyboard stabs" in found.tags["keys"].meaning


def test_a_preset_outside_the_folder_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "moods.md").write_text("## Genre:\n- x\n", encoding="utf-8")
    (tmp_path / "in").mkdir()
    with pytest.raises(NotFoundError, match="no preset"):
        read_whitelist("..", folder=tmp_path / "in")
