"""What the library has, the prompt can name; what it lacks is reported."""

from src.music.prompt.library_sounds import LibrarySound, names_to_look_up, with_library_sounds
from src.music.prompt.understanding import understand_prompt


def _requested(prompt: str, **categories: dict[str, int]) -> dict[str, str]:
    found = {name.replace("_", " "): LibrarySound(name, c) for name, c in categories.items()}
    intent = with_library_sounds(understand_prompt(prompt), found)
    return {asked.name: asked.category for asked in intent.requested}


def _reports(prompt: str, **categories: dict[str, int]) -> list[tuple[str, str]]:
    found = {name.replace("_", " "): LibrarySound(name, c) for name, c in categories.items()}
    intent = with_library_sounds(understand_prompt(prompt), found)
    return [(report.code, report.words) for report in intent.reported]


def test_unknown_words_and_named_instruments_are_looked_up_and_plain_ones_are_not() -> None:
    names = names_to_look_up(understand_prompt("house with a zimbrelphone quark, guitar, an 808"))
    assert {"zimbrelphone quark", "zimbrelphone", "quark", "808 bass", "808"} <= set(names)
    assert "guitar" not in names


def test_a_word_that_files_are_called_is_a_requested_sound() -> None:
    assert _requested("house with zimbrel", zimbrel={"lead": 2, "fx": 1}) == {"zimbrel": "lead"}
    assert _reports("house with zimbrel", zimbrel={"lead": 2}) == []


def test_a_phrase_of_unknown_words_is_one_sound_or_each_word_its_own() -> None:
    assert _requested("zimbrel quark, house", zimbrel_quark={"pad": 1}) == {"zimbrel quark": "pad"}
    assert _requested("zimbrel quark, house", quark={"pad": 1}) == {"quark": "pad"}
    assert _reports("zimbrel quark, house", quark={"pad": 1}) == [("no_such_sound", "zimbrel")]


def test_an_instrument_plays_in_the_category_where_its_files_are() -> None:
    assert _requested("house with ukulele", ukulele={"strings": 3}) == {"ukulele": "strings"}
    both = {"strings": 3, "guitar": 1}
    assert _requested("house with ukulele", ukulele=both) == {"ukulele": "guitar"}


def test_an_instrument_that_no_file_is_called_is_reported_and_another_plays() -> None:
    assert _requested("house with ukulele") == {"ukulele": "guitar"}
    assert _reports("house with ukulele") == [("stand_in", "ukulele")]
    assert _reports("house with guitar") == []
