"""Words of everyday life in three languages, and what each of them does to a plan."""

import pytest

from src.music.prompt.understanding import understand_prompt


@pytest.mark.parametrize(
    ("words", "field"),
    [
        # house, garden, free time
        ("doing the dishes", "occasion"),
        ("zum Putzen", "occasion"),
        ("для уборки", "occasion"),
        ("garden party", "occasion"),
        ("Grillabend", "occasion"),
        ("под шашлыки", "occasion"),
        ("Spaziergang", "occasion"),
        ("на выпускной", "occasion"),
        ("für die Vernissage", "occasion"),
        ("рыбалка", "occasion"),
        # how a sound feels
        ("woolly", "moods"),
        ("heiser", "moods"),
        ("матовый", "moods"),
        # parts of a piece
        ("pre-chorus", "structure"),
        ("Zwischenspiel", "structure"),
        ("эпилог", "structure"),
        ("джингл", "structure"),
        # instruments
        ("Westerngitarre", "requested"),
        ("Handtrommel", "requested"),
        ("палка дождя", "requested"),
        # genres
        ("постпанк", "genre"),
        ("Kurkonzert", "genre"),
        ("гопак", "genre"),
        # scales
        ("phrygian dominant", "scale"),
        ("хиджаз", "scale"),
    ],
)
def test_everyday_words_take_effect(words: str, field: str) -> None:
    intent = understand_prompt(words)

    assert {one.field for one in intent.understood} == {field}
    assert not [one for one in intent.reported if one.code == "not_understood"]


@pytest.mark.parametrize(
    "words", ["calm, nothing heavy", "ruhig, bloß nichts Schweres", "спокойно, ничего тяжёлого"]
)
def test_nothing_refuses_the_mood_behind_it(words: str) -> None:
    intent = understand_prompt(words)

    assert "heavy" in intent.avoided_moods
    assert "heavy" not in intent.moods


def test_a_military_band_blows_a_march() -> None:
    intent = understand_prompt("военный оркестр")

    assert ("occasion", "military band") in {(u.field, u.value) for u in intent.understood}
    assert [one.category for one in intent.requested] == ["brass"]


@pytest.mark.parametrize("words", ["seventh chords", "Septakkorde", "септаккорды"])
def test_chords_that_nothing_plays_are_told(words: str) -> None:
    assert [one.code for one in understand_prompt(words).reported] == ["not_granted"]


def test_a_picture_sign_is_told_and_a_flat_is_none() -> None:
    (told,) = understand_prompt("techno 🔥").reported

    assert (told.code, told.words) == ("not_understood", "🔥")
    assert understand_prompt("techno in B♭").reported == ()


@pytest.mark.parametrize("words", ["voiceless", "Gesang frei", "gesangsfrei", "без слов"])
def test_words_that_deny_their_own_first_half_refuse_it(words: str) -> None:
    assert "vocal" in understand_prompt(words).excluded


@pytest.mark.parametrize(
    "words", ["instead of the piano an organ", "statt Klavier Orgel", "вместо пианино орган"]
)
def test_what_comes_instead_is_wanted(words: str) -> None:
    intent = understand_prompt(words)

    assert [one.name for one in intent.requested] == ["organ"]
    assert "piano" in intent.excluded_words


@pytest.mark.parametrize(
    ("words", "text"),
    [("bandoneon", "bandoneon accordion"), ("E-Piano", "electric piano rhodes"),
     ("guzheng", "guzheng koto"), ("violins", "violin")],
)  # fmt: skip
def test_a_request_is_looked_for_by_the_finer_name_as_well(words: str, text: str) -> None:
    (request,) = understand_prompt(words).requested
    assert request.text == text


@pytest.mark.parametrize(
    ("words", "kind"), [("surfrock", "genre"), ("hangdrum", "requested"), ("slapbass", "requested")]
)
def test_phrases_may_be_written_as_one_word(words: str, kind: str) -> None:
    assert {one.field for one in understand_prompt(words).understood} == {kind}


def test_fast_and_slow_at_once_is_a_contradiction() -> None:
    intent = understand_prompt("fast and slow at the same time")
    assert [one.code for one in intent.reported] == ["contradiction"]


def test_half_time_of_a_section_leaves_the_track_as_it_is() -> None:
    intent = understand_prompt("half-time in the bridge, rock")
    assert (intent.feel, intent.section("break").feel) == (None, "half-time")
    assert intent.within("break").half_time
    assert not intent.within("drop").half_time
