"""How files of a sound are called, and the words of a path."""

from src.words.file_names import names_of_files, words_of_file


def test_a_path_gives_its_words_in_the_singular() -> None:
    words = words_of_file("Folk Kit/Ukulele_Loops/UkeStrum01.wav")
    assert {"folk", "kit", "ukulele", "loop", "strum"} <= words


def test_a_name_is_looked_for_as_words_glued_and_as_files_call_it() -> None:
    assert names_of_files("vinyl crackle")[:2] == (
        frozenset({"vinyl", "crackle"}),
        frozenset({"vinylcrackle"}),
    )
    assert frozenset({"musicbox"}) in names_of_files("music box")
    assert names_of_files("zimbrels") == (frozenset({"zimbrel"}),)


def test_no_name_is_met_by_every_file() -> None:
    assert all(names_of_files(name) and all(names_of_files(name)) for name in ("303", "a b", "ёж"))
    assert names_of_files("...") == ()
