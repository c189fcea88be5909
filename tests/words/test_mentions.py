"""What a text wants to hear: concepts, denials, weights."""

import pytest

from src.words.mentions import concepts_of, is_filler, mentions, names_for


def read(text: str) -> dict[str, float]:
    return {mention.concept: mention.weight for mention in mentions(text)}


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("dark industrial kick", {"dark", "industrial", "kick"}),
        ("düstere industrielle Bassdrum", {"dark", "industrial", "kick"}),
        ("тёмная индустриальная бочка", {"dark", "industrial", "kick"}),
        ("темный индастриал кик", {"dark", "industrial", "kick"}),
        ("warme, breite Flächen", {"warm", "wide", "pad"}),
        ("warme breite flaechen", {"warm", "wide", "pad"}),
        ("глубокого баса", {"deep", "bass"}),
        ("медленные мрачные подклады", {"slow", "dark", "pad"}),
        ("offene Hi-Hats", {"open", "hihat"}),
        ("open_hi-hat", {"open", "hihat"}),
        ("хай-хэты", {"hihat"}),
        ("drum and bass break", {"drum and bass", "drums"}),
        ("verzerrter Bass", {"distorted", "bass"}),
        ("Technokick", {"techno", "kick"}),
        ("acidbass", {"gritty", "bass"}),
        ("мелодичная гитара", {"melodic", "guitar"}),
    ],
)
def test_words_of_three_languages_name_the_same_concepts(text: str, concepts: set[str]) -> None:
    found = read(text)
    assert set(found) == concepts
    assert all(weight > 0 for weight in found.values())


@pytest.mark.parametrize(
    ("text", "requested", "unwanted"),
    [
        ("not bright", set(), {"bright"}),
        ("snare, not bright", {"snare"}, {"bright"}),
        ("not bright but punchy", {"punchy"}, {"bright"}),
        ("kick without reverb and distortion, punchy", {"kick", "punchy"},
         {"reverberant", "distorted"}),
        ("ohne Hall, dunkle Kick", {"dark", "kick"}, {"reverberant"}),
        ("ohne Hi-Hats", set(), {"hihat"}),
        ("keine Becken oder Toms", set(), {"cymbal", "tom"}),
        ("weder hell noch hart", set(), {"bright", "hard"}),
        ("бас без реверберации", {"bass"}, {"reverberant"}),
        ("неяркий пэд", {"pad"}, {"bright"}),
        ("не очень яркий синт", {"synth"}, {"bright"}),
        ("without dark pads", set(), {"dark", "pad"}),
    ],
)  # fmt: skip
def test_denials_reach_what_they_deny_and_no_further(
    text: str, requested: set[str], unwanted: set[str]
) -> None:
    found = read(text)
    assert {name for name, weight in found.items() if weight > 0} == requested
    assert {name for name, weight in found.items() if weight < 0} == unwanted


@pytest.mark.parametrize(
    ("strong", "plain", "weak"),
    [
        ("very dark", "dark", "slightly dark"),
        ("sehr dunkel", "dunkel", "etwas dunkel"),
        ("очень темный", "темный", "чуть темный"),
    ],
)
def test_intensity_weighs_what_follows(strong: str, plain: str, weak: str) -> None:
    weights = [read(text)["dark"] for text in (strong, plain, weak)]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


@pytest.mark.parametrize("text", ["", "   ", "qwertz 1234", "!!!", "不知道", "\x00"])
def test_a_text_that_says_nothing_known_names_nothing(text: str) -> None:
    assert mentions(text) == ()


@pytest.mark.parametrize(
    ("text", "requested"),
    [
        ("not without reverb", {"reverberant"}),
        ("nicht ohne Hall", {"reverberant"}),
        ("don't forget the kick", {"kick"}),
    ],
)
def test_a_denial_of_a_denial_is_a_wish(text: str, requested: set[str]) -> None:
    found = read(text)
    assert {name for name, weight in found.items() if weight > 0} == requested
    assert not [name for name, weight in found.items() if weight < 0]


def test_one_word_can_refuse_a_category() -> None:
    assert read("instrumental loop") == {"vocal": -1.0}
    assert read("beatless pad") == {"drums": -1.0, "pad": 1.0}


@pytest.mark.parametrize(
    ("word", "names"),
    [("Klavier", ("piano",)), ("пианино", ("piano",)), ("Glocken", ("bell",)), ("piano", ()),
     ("Tür", ("door",)), ("qwertz", ())],
)  # fmt: skip
def test_words_of_other_languages_find_english_names(word: str, names: tuple[str, ...]) -> None:
    assert names_for(word.lower()) == names


def test_a_compound_is_named_by_its_last_part() -> None:
    assert concepts_of("technokick") == ("kick",)
    assert concepts_of("düsterpad") == ("pad",)


def test_fillers_say_nothing() -> None:
    assert is_filler("the")
    assert is_filler("eine")
    assert not is_filler("kick")
    assert not is_filler("qwertz")


def test_a_weighed_denial_is_a_mild_one() -> None:
    (plain,), (mild,) = mentions("not bright kick")[:1], mentions("not too bright kick")[:1]
    assert (plain.concept, mild.concept) == ("bright", "bright")
    assert plain.weight < mild.weight < 0.0
