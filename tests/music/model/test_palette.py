from typing import Any

import pytest

from src.core.errors import InvalidInputError
from src.music.model.palette import MOST_NAMED, Palette, palette_from_dict, palette_to_dict
from src.music.model.plan import plan_from_dict, plan_to_dict

PLAN: dict[str, Any] = {"bpm": 138, "key": "Am", "structure": [{"section": "A", "bars": 4}]}


def test_a_palette_survives_its_json_form() -> None:
    palette = Palette(("favourites",), ("Berlin", "kit2"))
    assert palette_from_dict(palette_to_dict(palette)) == palette
    plan = plan_from_dict({**PLAN, "palette": palette_to_dict(palette)})
    assert plan.palette == palette
    assert plan_from_dict(plan_to_dict(plan)) == plan


def test_a_plan_without_a_palette_does_not_speak_of_one() -> None:
    assert "palette" not in plan_to_dict(plan_from_dict(PLAN))


@pytest.mark.parametrize("data", [None, {}, {"collections": [], "kits": []}])
def test_what_names_nothing_allows_everything(data: object) -> None:
    assert palette_from_dict(data) is None


@pytest.mark.parametrize(
    ("data", "reported"),
    [("x", "object"), ({"kits": "x"}, "list of ids"), ({"kits": [1]}, "list of ids"),
     ({"folders": []}, "folders"), ({"kits": ["k"] * (MOST_NAMED + 1)}, str(MOST_NAMED))],
)  # fmt: skip
def test_what_is_no_palette_is_refused(data: object, reported: str) -> None:
    with pytest.raises(InvalidInputError, match=reported):
        palette_from_dict(data)
