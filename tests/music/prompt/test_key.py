"""Keys in prompts, and words that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.prompt.key import take_key
from src.music.prompt.text import Sentence
from src.music.theory.keys import KEYS, camelot


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("in A minor", "Am"), ("in a minor", "Am"), ("A major", "A"), ("Am", "Am"),
        ("F#m", "F#m"), ("f# minor", "F#m"), ("F sharp minor", "F#m"), ("B flat major", "Bb"),
        ("B minor", "Bm"), ("Bb minor", "Bbm"), ("Db minor", "C#m"), ("G# phrygian", "Abm"),
        ("techno 138 am", "Am"), ("8A", "Am"), ("12b", "E"), ("Tonart: Gm", "Gm"),
        ("a-moll", "Am"), ("fis-moll", "F#m"), ("cis moll", "C#m"), ("h-moll", "Bm"),
        ("b-moll", "Bbm"), ("B-Dur", "Bb"), ("Es-Dur", "Eb"), ("As-Dur", "Ab"), ("des-dur", "C#"),
        ("ля минор", "Am"), ("до-диез минор", "C#m"), ("ре мажор", "D"),
        ("си-бемоль минор", "Bbm"), ("в ля миноре", "Am"),
    ],
)  # fmt: skip
def test_key_is_found(text: str, key: str) -> None:
    request = take_key(Sentence(text))
    assert request is not None
    assert request.key == key


@pytest.mark.parametrize(
    ("text", "pitch"),
    [("in C", 0), ("key of F sharp", 6), ("in H mit Bass", 11), ("in B mit Streichern", 10),
     ("in B", 11), ("Db", 1)],
)  # fmt: skip
def test_tonic_alone_leaves_the_mode_open(text: str, pitch: int) -> None:
    request = take_key(Sentence(text))
    assert request is not None
    assert (request.pitch, request.minor, request.key) == (pitch, None, None)


@pytest.mark.parametrize(
    "text",
    [
        "am Anfang leise", "Am Anfang leise", "3 am vibes", "in a minor key", "a minor change",
        "half a min", "FM bass", "a bass", "Ab Takt 16", "I am happy", "em dm", "808",
        "5 cm", "C",
    ],
)  # fmt: skip
def test_other_words_are_no_key(text: str) -> None:
    assert take_key(Sentence(text)) is None


@given(st.sampled_from(KEYS))
def test_every_key_is_read_in_short_long_and_camelot(key: str) -> None:
    long = key.replace("m", "") + (" minor" if key.endswith("m") else " major")
    for text in (f"techno in {long}, dark", f"techno, {camelot(key)}, dark"):
        request = take_key(Sentence(text))
        assert request is not None
        assert request.key == key
