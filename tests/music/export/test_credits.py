import json

from src.music.export.credits import UNKNOWN_LICENCE, credits_dict, credits_of, credits_text
from tests.music.made_scores import made_score


def test_every_stem_is_credited_once_with_all_that_it_plays():
    found = credits_of(made_score())
    assert [credit.stem_id for credit in found] == ["kick1", "hat1", "bass1", "fx1"]
    assert found[2].roles == ("bass", "synth")
    assert found[2].sections == ("Drop", "Intro")


def test_the_text_names_each_stem_with_its_kit_and_its_licence():
    text = credits_text(made_score(), title="My Track")
    blocks = {block.splitlines()[0]: block for block in text.split("\n\n")}
    assert text.startswith("My Track\n133 BPM, F#m\n")
    assert "Kick Iron, from Kit One (kick)" in blocks["CC0-1.0"]
    assert 'Bass "Roll" & Co, from Kit One (bass, synth)' in blocks["CC0-1.0"]
    assert "Kit One/Kick Iron.wav" in blocks["CC0-1.0"]
    assert "Hat Tight" in blocks["CC-BY-4.0"]
    assert "Riser (fx)" in blocks[UNKNOWN_LICENCE]


def test_who_has_no_licence_is_told_last_and_with_a_warning():
    backwards = made_score(choices=made_score().choices[::-1])
    text = credits_text(backwards, title="T")
    assert text.index(UNKNOWN_LICENCE) > text.index("CC-BY-4.0")
    assert text.rstrip().endswith("before you publish the track.")


def test_the_json_has_stems_by_licence_and_those_without():
    reported = json.loads(json.dumps(credits_dict(made_score(), title="T")))
    assert reported["licences"]["CC0-1.0"] == ["Kick Iron", 'Bass "Roll" & Co']
    assert reported["without_licence"] == ["Riser"]
    assert reported["stems"][0]["original_file"] == "Kit One/Kick Iron.wav"
    assert (reported["bpm"], reported["key"]) == (133.0, "F#m")


def test_a_score_without_choices_has_a_head_only():
    assert credits_text(made_score(choices=()), title="T") == "T\n133 BPM, F#m\n"
