"""Endings of plans: a fade has its length, a stop has none, and nothing else is one."""

import pytest

from src.core.errors import InvalidInputError
from src.music.model.ending import COLD, FADE, TrackEnding, ending_from_dict, ending_to_dict


@pytest.mark.parametrize("ending", [TrackEnding(FADE, 10.0), TrackEnding(COLD)])
def test_an_ending_survives_json(ending: TrackEnding) -> None:
    assert ending_from_dict(ending_to_dict(ending)) == ending


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "slow"}, "kind of fade, cold, got"),
        ("fade", "kind of fade, cold, got 'fade'"),
        ({"kind": "fade"}, r"fade_s must be 0\.5 to 120 seconds, got None"),
        ({"kind": "fade", "fade_s": 500}, "got 500"),
        ({"kind": "fade", "fade_s": True}, "got True"),
    ],
)
def test_what_is_no_ending_is_refused_with_the_rule(data: object, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        ending_from_dict(data)
