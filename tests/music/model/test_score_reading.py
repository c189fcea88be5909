import json

import pytest

from src.core.errors import InvalidInputError
from src.music.model.score import Choice, choice_to_dict, score_to_dict
from src.music.model.score_reading import choice_from_dict, score_from_dict
from tests.music.made_scores import made_score


def reported() -> dict:
    return json.loads(json.dumps(score_to_dict(made_score())))


def test_a_score_comes_back_from_its_json_as_it_was():
    assert score_from_dict(reported()) == made_score()


def test_its_json_keeps_the_names_of_the_sidecar():
    data = reported()

    assert [track["name"] for track in data["tracks"]] == [c.name for c in made_score().channels]
    assert [choice["voice"] for choice in data["choices"]] == [c.part for c in made_score().choices]
    assert not {"channels", "part"} & {*data, *data["choices"][0]}


def test_a_choice_comes_back_from_its_json_and_an_old_one_is_named_by_its_category():
    choice = Choice("id1", "Kick 1", "kick", "kick", ("Drop",), 0.5, part="kick 2")
    data = json.loads(json.dumps(choice_to_dict(choice)))

    assert choice_from_dict(data) == choice
    del data["voice"]
    assert choice_from_dict(data).part == "kick"
    with pytest.raises(InvalidInputError, match="choice has no stem_id"):
        choice_from_dict({"voice": "kick"})


def test_what_an_older_version_did_not_know_gets_its_default():
    data = reported()
    del data["tracks"][0]["duck_db"], data["warnings"]
    score = score_from_dict(data)
    assert score.channels[0].duck_db == 0.0
    assert score.warnings == ()


def test_an_older_score_gets_the_ending_and_the_bus_that_it_was_played_with():
    data = reported()
    del data["fade_out_s"], data["bus_compression"]
    assert (score_from_dict(data).fade_out_s, score_from_dict(data).bus_compression) == (0.5, True)
    assert score_from_dict({**data, "tail_s": 0.001}).fade_out_s == 0.005
    assert score_from_dict({**data, "target_lufs": None}).bus_compression is False


@pytest.mark.parametrize(
    ("written", "read"), [(0.0, 0.0), (0.004, 0.0), (0.005, 0.0), (0.006, 0.006)]
)
def test_the_shortest_fades_of_an_older_clip_are_cuts_that_do_not_click(written, read):
    data = reported()
    clip = data["tracks"][2]["clips"][0]
    del clip["declick"]
    clip["fade_in_s"], clip["fade_out_s"] = written, 0.5
    found = score_from_dict(data).channels[2].clips[0]
    assert (found.fade_in_s, found.fade_out_s, found.declick) == (read, 0.5, True)


def test_a_short_fade_of_today_stays_as_it_was_written():
    data = reported()
    data["tracks"][2]["clips"][0] |= {"fade_in_s": 0.003, "declick": False}
    found = score_from_dict(data).channels[2].clips[0]
    assert (found.fade_in_s, found.declick) == (0.003, False)


def test_what_a_newer_version_wrote_is_left_out():
    assert score_from_dict({**reported(), "colour": "red"}) == made_score()


def test_whole_numbers_may_stand_for_fractions():
    data = reported()
    data["bpm"] = 133
    assert score_from_dict(data).bpm == 133.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bpm": "fast"}, r"score\.bpm must be of type float, got 'fast'"),
        ({"bpm": True}, r"score\.bpm must be of type float"),
        ({"bpm": 0}, "tempo above 0"),
        ({"seed": 1.5}, r"score\.seed must be of type int"),
        ({"tracks": "none"}, r"score\.tracks must be a list"),
        ({"tracks": [{"name": "kick"}]}, r"score\.tracks\[0\] has no role"),
        ({"sections": [7]}, r"score\.sections\[0\] must be an object, got int"),
    ],
)
def test_what_is_no_score_is_refused_with_its_place(change, message):
    with pytest.raises(InvalidInputError, match=message):
        score_from_dict({**reported(), **change})


def test_a_score_without_tempo_is_refused():
    data = reported()
    del data["bpm"]
    with pytest.raises(InvalidInputError, match="score has no bpm"):
        score_from_dict(data)
