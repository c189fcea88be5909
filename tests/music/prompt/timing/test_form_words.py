"""Forms that are named: rows, letters, headings, counts."""

import pytest

from src.music.prompt.length import Length
from src.music.prompt.text import Sentence
from src.music.prompt.timing.form_words import FormRequest, take_form


def form(prompt: str) -> FormRequest:
    return take_form(Sentence(prompt))


def titles(prompt: str) -> str:
    return " ".join(section.title for section in form(prompt).sections)


@pytest.mark.parametrize(
    ("prompt", "row"),
    [
        ("verse chorus verse chorus bridge chorus", "Verse Chorus Verse Chorus Bridge Chorus"),
        ("pop song, verse, chorus, verse, chorus", "Verse Chorus Verse Chorus"),
        ("Strophe Refrain Strophe Refrain", "Verse Chorus Verse Chorus"),
        ("Strophe Refrain Strophe Schluss", "Verse Chorus Verse Outro"),
        ("куплет припев куплет припев", "Verse Chorus Verse Chorus"),
        ("intro -> build -> drop -> break -> drop", "Intro Build Drop Break Drop"),
        ("intro, build, drop x2, outro", "Intro Build Drop Drop Outro"),
        ("a 16 bar intro, then drop, then break", "Intro Drop Break"),
        ("AABA jazz", "A A B A"),
        ("ABAB", "A B A B"),
        ("form: A B A C, swing", "A B A C"),
    ],
)
def test_a_row_of_sections_is_the_form(prompt: str, row: str) -> None:
    assert titles(prompt) == row


@pytest.mark.parametrize(
    "prompt",
    ["no drums in the intro, build and drop", "sounds like ABBA", "a bad dad house", "intro, outro",
     "key of A", "chords A B A C", "long intro, huge drop and short outro"],
)  # fmt: skip
def test_what_is_no_row_is_no_form(prompt: str) -> None:
    assert not form(prompt).sections


def test_lengths_stand_before_or_behind_their_section() -> None:
    found = form("8 bar intro, verse (16 bars), chorus 32 bars, outro").sections
    bars = [section.length.bars if section.length else None for section in found]
    assert bars == [8.0, 16.0, 32.0, None]


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [("a 1-minute techno intro", "intro"), ("16 bar drop", "drop"),
     ("ein 8 Takte langes Outro", "outro"), ("8 bars of drop", ""),
     ("house with a 16 bar intro", "")],
)  # fmt: skip
def test_a_section_alone_may_be_all_of_the_track(prompt: str, kind: str) -> None:
    assert [section.kind for section in form(prompt).sections] == ([kind] if kind else [])


@pytest.mark.parametrize(
    ("prompt", "counts"),
    [
        ("3 drops, dubstep", {"drop": 3}),
        ("two breakdowns, trance", {"break": 2}),
        ("drei Drops", {"drop": 3}),
        ("техно, три дропа", {"drop": 3}),
        ("trance with 2 breakdowns and 3 drops", {"break": 2, "drop": 3}),
        ("only one drop", {"drop": 1}),
        ("a one drop rhythm", {}),
        ("120 drops", {}),
        ("8 bar drop", {}),
    ],
)
def test_sections_are_counted(prompt: str, counts: dict[str, int]) -> None:
    assert dict(form(prompt).counts) == counts


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("techno, straight into the drop", "drop"),
        ("Techno, direkt in den Drop", "drop"),
        ("техно, сразу в дроп", "drop"),
        ("starts with the chorus", "drop"),
        ("techno with a drop", ""),
    ],
)
def test_a_track_may_begin_with_a_later_section(prompt: str, kind: str) -> None:
    assert form(prompt).straight_into == kind


def test_headings_leave_what_they_say_to_their_clauses() -> None:
    sentence = Sentence("[Intro 8 bars] pads [Chorus] everything")
    intro, chorus = take_form(sentence).sections
    assert intro.length == Length(bars=8.0)
    spans = [one.says for one in (intro, chorus) if one.says is not None]
    said = [sentence.raw[start:end].strip() for start, end in spans]
    assert said == ["pads", "everything"]


def test_what_is_said_with_a_section_of_a_row_belongs_to_it() -> None:
    sentence = Sentence("verse, chorus, bridge with only piano, chorus")
    found = take_form(sentence).sections
    assert [section.says is not None for section in found] == [False, False, True, False]
    assert [word.text for word in sentence.words() if not word.is_sign] == ["with", "only", "piano"]
