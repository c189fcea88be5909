"""Levels by name."""

import pytest

from src.core.errors import InvalidInputError
from src.music.theory.mastering_presets import CUSTOM, PRESETS, Mastering, mastering_of, preset_name

HOUSE = Mastering(-12.0, -2.0)


@pytest.mark.parametrize(
    ("name", "target_lufs", "ceiling_dbtp"),
    [
        ("streaming", -14.0, -1.0),
        ("club", -8.0, -1.0),
        ("apple", -16.0, -1.0),
        ("premaster", None, -6.0),
    ],
)
def test_presets_have_the_levels_of_their_places(
    name: str, target_lufs: float | None, ceiling_dbtp: float
) -> None:
    assert mastering_of(name, None, otherwise=HOUSE) == Mastering(target_lufs, ceiling_dbtp)
    assert preset_name(target_lufs, ceiling_dbtp) == name


def test_without_a_wish_the_house_decides() -> None:
    assert mastering_of(None, None, otherwise=HOUSE) == HOUSE
    assert preset_name(HOUSE.target_lufs, HOUSE.ceiling_dbtp) == CUSTOM


def test_a_loudness_of_its_own_keeps_the_ceiling() -> None:
    assert mastering_of(None, -20.0, otherwise=HOUSE) == Mastering(-20.0, -2.0)
    assert mastering_of("club", -9.0, otherwise=HOUSE) == Mastering(-9.0, -1.0)


def test_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match=f"must be one of {', '.join(PRESETS)}, got 'cd'"):
        mastering_of("cd", None, otherwise=HOUSE)


def test_premaster_with_a_loudness_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="premaster has no loudness target"):
        mastering_of("premaster", -14.0, otherwise=HOUSE)
