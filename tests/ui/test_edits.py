"""What a page makes of what was said, before it asks the engine."""

from typing import Any

from src.ui.markdown import plain
from src.ui.pages.login import is_right
from src.ui.studio_settings import DEFAULT_BACKEND, place_of
from src.ui.views.bulk import selection_of
from src.ui.views.stem_form import changed_fields
from src.ui.views.track_edit import with_edit
from src.ui.views.track_view import section_marks

STEM: dict[str, Any] = {
    "name": "Kick", "category": "kick", "is_loop": False, "bpm": None, "key": None,
    "tags": {"dark": 0.9, "deep": 0.5}, "licence": None,
    "chords": None,
}  # fmt: skip
SAME = {**STEM, "key": "", "tags": ["dark", "deep"], "licence": "", "chords": ""}


def test_only_what_differs_is_sent() -> None:
    assert changed_fields(STEM, SAME) == {}
    assert changed_fields(STEM, {**SAME, "category": "bass"}) == {"category": "bass"}
    assert changed_fields(STEM, {**SAME, "tags": []}) == {"tags": []}
    assert changed_fields(STEM, {**SAME, "name": ""}) == {}


def test_an_emptied_tempo_is_none_at_all_and_an_emptied_licence_is_taken_back() -> None:
    loop = {**STEM, "bpm": 128.0, "key": "Am", "licence": "CC0"}
    said = {**SAME, "bpm": None, "key": "", "licence": ""}
    assert changed_fields(loop, said) == {"bpm": 0, "key": "", "licence": None}


def test_chords_are_shown_as_they_are_said_and_sent_only_when_changed() -> None:
    spans = [
        {"chord": "Am", "beats": 6.0, "confidence": 0.8},
        {"chord": "G", "beats": 2.0, "confidence": 0.5},
    ]
    loop, same = {**STEM, "chords": spans}, {**SAME, "chords": "Am:6 G:2"}
    assert changed_fields(loop, same) == {}
    assert changed_fields(loop, {**same, "chords": "Am F"}) == {"chords": "Am F"}
    assert changed_fields(loop, {**same, "chords": ""}) == {"chords": ""}


def test_an_edit_replaces_what_was_said_of_the_same_voice() -> None:
    edits = with_edit([], {"op": "mute", "voice": "kick"})
    edits = with_edit(edits, {"op": "swap", "voice": "kick", "stem_id": "a"})
    edits = with_edit(edits, {"op": "swap", "voice": "kick", "stem_id": "b"})
    edits = with_edit(edits, {"op": "unmute", "voice": "kick"})
    edits = with_edit(edits, {"op": "swap", "voice": "bass", "stem_id": "c"})
    assert edits == [
        {"op": "swap", "voice": "kick", "stem_id": "b"},
        {"op": "unmute", "voice": "kick"},
        {"op": "swap", "voice": "bass", "stem_id": "c"},
    ]


def test_no_filter_at_all_means_everything() -> None:
    assert selection_of({}) == {"all": True}
    assert selection_of({"q": "808", "kit": None}) == {"filter": {"q": "808"}}


def test_sections_begin_where_their_bars_do() -> None:
    plan = {"bpm": 120, "beats_per_bar": 3, "structure": [
        {"section": "Intro", "bars": 8}, {"section": "Drop", "bars": 4},
        {"section": "Out", "bars": 1},
    ]}  # fmt: skip
    assert [(mark.at, mark.label) for mark in section_marks(plan)] == [
        (0.0, "Intro"), (12.0, "Drop"), (18.0, "Out"),
    ]  # fmt: skip


def test_names_are_no_markdown() -> None:
    assert plain("Kick_*01* [x]($y)") == r"Kick\_\*01\* \[x\]\(\$y\)"


def test_only_the_whole_password_is_right() -> None:
    assert is_right("träum", "träum")
    assert not is_right("", "träum")
    assert not is_right("träu", "träum")


def test_the_environment_says_where_the_engine_is() -> None:
    assert place_of({}).backend_url == DEFAULT_BACKEND
    place = place_of({"BACKEND_URL": "http://b:1", "API_KEY": " k ", "APP_PASSWORD": " p "})
    assert (place.backend_url, place.api_key, place.password) == ("http://b:1", "k", " p ")
