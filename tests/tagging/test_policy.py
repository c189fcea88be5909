from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.tagging.policy import (
    GROUPED_ORDER,
    MOST,
    MOST_TAGS,
    ORIGINAL_ORDER,
    SongTags,
    conform,
    spelled_bpm,
    spelled_mode,
)
from src.tagging.whitelist import CATEGORIES, Whitelist, read_whitelist

WHITELIST = read_whitelist()
PRESETS = {"": WHITELIST, "hiphop": read_whitelist("hiphop")}
SPELLINGS = [name for tag in WHITELIST.tags.values() for name in (tag.name, *tag.aliases)]
WORDS = st.one_of(
    st.sampled_from(SPELLINGS),
    st.sampled_from(SPELLINGS).map(str.upper),
    st.integers(0, 999).map("{} bpm".format),
    st.sampled_from(["A minor", "F# major", "Bbm", "minor key", "dur", "key: C major"]),
    st.text(printable + "äöüßé♯", max_size=20),
    st.text(max_size=12),
)
LINES = st.lists(WORDS, max_size=25).map(", ".join)


def breaches(tags: SongTags, whitelist: Whitelist) -> list[str]:
    """What of the policy the tags break; nothing, hopefully."""
    listed = tags.in_order()
    found = [tag for tag in listed if tag not in whitelist.tags and tag != f"{tags.bpm} bpm"]
    found += [tag for tag in listed if tag != tag.lower() or listed.count(tag) > 1]
    for category in CATEGORIES:
        names = [tag for tag in listed if tag in whitelist.tags]
        count = sum(whitelist.tags[name].category == category for name in names)
        found += [category] * (count > MOST[category])
    groups = [whitelist.tags[mood].group for mood in tags.moods]
    found += ["synonyms"] * (len(set(groups)) < len(groups))
    found += ["tempo"] * (tags.bpm is not None and not 30 <= tags.bpm <= 300)
    return found + ["too many"] * (len(listed) > MOST_TAGS)


@given(LINES, st.sampled_from(["", "hiphop"]))
def test_any_input_gives_a_line_that_keeps_the_policy(text: str, preset: str) -> None:
    whitelist = PRESETS[preset]
    assert breaches(conform(text, whitelist).tags, whitelist) == []


@given(LINES, st.sampled_from([ORIGINAL_ORDER, GROUPED_ORDER]))
def test_running_twice_changes_nothing(text: str, order: tuple[str, ...]) -> None:
    once = conform(text, WHITELIST).tags
    again = conform(once.line(order), WHITELIST)
    assert again.tags == once
    assert (again.dropped, again.corrected) == ((), ())


@given(LINES)
def test_every_word_is_kept_or_reported(text: str) -> None:
    result = conform(text, WHITELIST)
    kept = set(result.tags.in_order())
    accounted = {one.text for one in result.dropped} | {one for one, _ in result.corrected}
    for one in text.replace(";", ",").replace("|", ",").replace("\n", ",").split(","):
        reading = WHITELIST.read(one)
        if reading is not None and reading.tag.name not in kept:
            assert " ".join(one.split()).strip(" .*-•\"'") in accounted


def test_the_written_order_is_genre_tempo_genre_key_moods_instruments_effects_rap_vocal() -> None:
    shuffled = (
        "male vocal, boom-bap, autotune, synth pad, dark, minor key, hip hop, keys, 93 BPM,"
        " vocal reverb, trap, synth bass, energetic, hypnotic"
    )
    line = conform(shuffled, WHITELIST).tags.line()
    assert line == (
        "hip hop, 93 bpm, trap, minor key, dark, energetic, hypnotic, synth pad, keys, synth bass,"
        " autotune, vocal reverb, boom-bap, male vocal"
    )


def test_the_grouped_order_starts_with_tempo_and_key() -> None:
    tags = conform("house, 124 bpm, disco, major key, warm, happy, organ, duet", WHITELIST).tags
    assert tags.line(GROUPED_ORDER) == (
        "124 bpm, major key, house, disco, warm, happy, organ, duet"
    )


@pytest.mark.parametrize(
    "tag",
    [
        "synth bass", "synth pad", "synth lead", "electric piano", "keys", "male vocal",
        "female vocal", "instrumental", "duet", "choir", "spoken word", "street rap", "boom-bap",
        "minor key", "major key",
    ],
)  # fmt: skip
def test_every_tag_that_the_task_names_survives_in_both_presets(tag: str) -> None:
    for whitelist in PRESETS.values():
        assert conform(tag, whitelist).tags.line() == tag


def test_of_moods_that_say_the_same_the_first_stays() -> None:
    result = conform("dark, brooding, gloomy, driving", WHITELIST)
    assert result.tags.moods == ("dark", "driving")
    assert [(one.text, one.reason) for one in result.dropped] == [
        ("brooding", "says the same as 'dark'")
    ]


def test_near_misses_are_taken_and_reported_unless_two_tags_are_as_near() -> None:
    result = conform("synth bas, melancolic, fmale vocal", WHITELIST)
    assert result.tags.line() == "melancholic, synth bass"
    assert ("synth bas", "synth bass") in result.corrected
    assert [one.text for one in result.dropped] == ["fmale vocal"]


def test_a_rap_style_is_no_genre_and_a_song_has_one() -> None:
    result = conform("boom bap, street rap, hip-hop", WHITELIST)
    assert (result.tags.genres, result.tags.rap_style) == (("hip hop",), "boom-bap")
    assert result.dropped[0].reason == "more than 1 of rap_style"


def test_what_the_policy_wants_and_nobody_gave_is_named() -> None:
    assert conform("techno, 138 bpm, dark", WHITELIST).tags.missing == (
        "key", "moods", "instruments", "vocal",
    )  # fmt: skip


def test_an_instrumental_has_no_vocal_effects() -> None:
    result = conform("autotune, instrumental", WHITELIST)
    assert result.tags.line() == "instrumental"
    assert result.dropped[0].text == "autotune"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Tempo: 93", "93 bpm"), ("bpm 128", "128 bpm"), ("127.6 bpm", "128 bpm"),
        ("12 bpm", ""), ("999 bpm", ""), ("F# minor", "minor key"), ("Key: C major", "major key"),
        ("b-moll", "minor key"), ("Ebm", "minor key"), ("A", ""),
    ],
)  # fmt: skip
def test_tempos_and_keys_are_read_in_many_spellings(text: str, line: str) -> None:
    assert conform(text, WHITELIST).tags.line() == line


def test_measured_values_are_spelled_as_the_policy_wants() -> None:
    assert (spelled_bpm(92.7), spelled_mode("F#m"), spelled_mode("C")) == (
        93, "minor key", "major key",
    )  # fmt: skip
    with pytest.raises(InvalidInputError, match="30 to 300"):
        spelled_bpm(1)
