import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.tagging.lyrics_text import clean_lyrics, is_instrumental, lyrics_of_lrc

PAGE = """12 ContributorsTranslationsA Song Lyrics
[Verse 1: Somebody]
Walking down a made-up street
Nobody that I could meet

[Pre-Chorus]
Wait for it
You might also like
[Refrain x2]
Here it comes
See Somebody LiveGet tickets as low as $12
[Guitar Solo]

[Verse 2]
[Bridge]
Over the water

[Hidden Thoughts]
The end5Embed
"""


def test_what_pages_put_around_lyrics_goes_and_the_text_stays() -> None:
    assert clean_lyrics(PAGE) == (
        "[verse]\nWalking down a made-up street\nNobody that I could meet\n\n"
        "[pre-chorus]\nWait for it\n\n[chorus]\nHere it comes\n\n[instrumental]\n\n"
        "[bridge]\nOver the water\n\nThe end"
    )


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("[Strophe 3]", "verse"), ("[Part 2: MC X]", "verse"), ("(Hook)", "chorus"),
        ("Chorus:", "chorus"), ("[PRE CHORUS]", "pre-chorus"), ("[Zwischenspiel]", "instrumental"),
        ("[Outro]", "outro"), ("[Verse II]", "verse"), ("[Brücke]", "bridge"),
    ],
)  # fmt: skip
def test_headers_of_any_spelling_become_the_tags_of_the_model(header: str, tag: str) -> None:
    assert clean_lyrics(f"{header}\nla la") == f"[{tag}]\nla la"


def test_brackets_within_a_text_stay() -> None:
    assert clean_lyrics("I said (hey) to you\n(hey hey)") == "I said (hey) to you\n(hey hey)"


def test_timed_lyrics_lose_their_times() -> None:
    text = "[ar:Somebody]\n[ti:A]\n[00:01.20]Chorus:\n[00:02.00]<00:02.10>One <00:02.60>two\r\n"
    assert lyrics_of_lrc(text) == "[chorus]\nOne two"


def test_a_song_that_nobody_sings_is_told_from_one_without_lyrics() -> None:
    assert is_instrumental(clean_lyrics("[Instrumental]"))
    assert not is_instrumental(clean_lyrics(""))
    assert not is_instrumental(clean_lyrics("[Instrumental]\nbut then"))


@given(
    st.lists(
        st.sampled_from([*PAGE.splitlines(), "", "a:", "[x]", "[[verse]]", "B Lyrics"]), max_size=12
    )
)
def test_cleaning_twice_changes_nothing(lines: list[str]) -> None:
    once = clean_lyrics("\n".join(lines))
    assert clean_lyrics(once) == once


@given(st.text(max_size=80))
def test_any_text_is_cleaned_to_lines_without_doubled_gaps(text: str) -> None:
    assert "\n\n\n" not in clean_lyrics(text)
    assert "\r" not in clean_lyrics(text)
