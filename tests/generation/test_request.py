"""What can be asked of a model, and what it says otherwise."""

from typing import Any

import pytest

from src.core.errors import InvalidInputError
from src.generation.request import MOST_CAPTION, MusicRequest

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no words": ({"prompt": "  "}, "prompt must say something"),
    "too many words": ({"style": "x" * MOST_CAPTION}, "511 characters together, got 519"),
    "long lyrics": ({"lyrics": "la" * 2048}, "4095 characters, got 4096"),
    "too short": ({"duration_s": 9.9}, "duration_s must be from 10 to 600, got 9.9"),
    "too long": ({"duration_s": 601.0}, "got 601"),
    "no length": ({"duration_s": float("nan")}, "got nan"),
    "too slow": ({"tempo_bpm": 29.0}, "tempo_bpm must be from 30 to 300, got 29"),
    "no key": ({"key": "Hm#"}, "key must look like"),
    "odd bars": ({"time_signature": 5}, "one of 2, 3, 4, 6"),
    "no language": ({"language": "xx"}, "language must be one of"),
    "many variants": ({"variants": 9}, "variants must be from 1 to 8, got 9"),
    "negative seed": ({"seed": -1}, "seed must be from 0"),
    "no task": ({"task": "remix"}, "task must be one of"),
    "lego of nothing": ({"task": "lego"}, "exactly one of track_names, got 0"),
    "lego of a kick": ({"task": "lego", "track_names": ("kick",)}, "must be of woodwinds"),
    "repaint of nothing": ({"task": "repaint"}, "needs window_s"),
    "window of nothing": ({"task": "repaint", "window_s": (5.0, 5.0)}, "got 5 to 5"),
    "window elsewhere": ({"window_s": (0.0, 5.0)}, "not for text2music"),
    "strong adapter": ({"lora_strength": 2.5}, "lora_strength must be from 0 to 2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_request_beyond_the_models_limits_is_refused_by_rule_and_value(case: str) -> None:
    values, message = REFUSED[case]
    with pytest.raises(InvalidInputError, match=message):
        MusicRequest(**{"prompt": "techno", **values})


def test_a_request_survives_being_written_and_read() -> None:
    request = MusicRequest("dub", task="repaint", window_s=(1.0, 4.5), key="8A", tempo_bpm=120.0)
    assert MusicRequest.from_dict(request.to_dict()) == request
    with pytest.raises(InvalidInputError, match="no field 'keyscale'"):
        MusicRequest.from_dict({"prompt": "dub", "keyscale": "Am"})


@pytest.mark.parametrize(
    ("key", "scale"), [("8A", "A minor"), ("F# dur", "F# major"), ("b minor", "B minor")]
)
def test_a_key_in_any_spelling_becomes_the_models(key: str, scale: str) -> None:
    assert MusicRequest("dub", key=key).key_scale == scale


def test_style_is_part_of_what_describes_the_music() -> None:
    assert MusicRequest("dub", style="warm").caption == "dub, warm"
