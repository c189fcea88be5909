import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.evidence.estimates import Evidence
from src.music.evidence.key import PossibleKey, fuse_key, has_key
from src.music.theory.keys import KEYS
from src.music.theory.library import DRUM_CATEGORIES

weights = st.floats(0.01, 0.99)


def heard(**chances: float) -> list[Evidence[PossibleKey]]:
    """What is heard, the rest of all probability shared by the other keys. Cs is C#."""
    likely = {key.replace("s", "#"): chance for key, chance in chances.items()}
    rest = (1.0 - sum(likely.values())) / (len(KEYS) - len(likely))
    return [Evidence(PossibleKey(key), likely.get(key, rest), "audio") for key in KEYS]


def named(key: str, weight: float, *, mode_known: bool = True) -> Evidence[PossibleKey]:
    return Evidence(PossibleKey(key, mode_known), weight, "filename")


def test_nothing_claimed_is_no_key() -> None:
    assert fuse_key([]) is None


def test_what_is_heard_alone_keeps_its_probability() -> None:
    found = fuse_key(heard(Fm=0.6, C=0.2))
    assert found is not None
    assert (found.value, found.source) == ("Fm", "audio")
    assert found.confidence == pytest.approx(0.6)


def test_a_key_that_is_hardly_likely_is_not_given() -> None:
    assert fuse_key(heard(Fm=0.15)) is None


def test_a_named_tonic_takes_its_mode_from_the_sound() -> None:
    named = Evidence(PossibleKey("G", mode_known=False), 0.8, "filename")
    heard = [Evidence(PossibleKey("Gm"), 0.5, "audio"), Evidence(PossibleKey("Bb"), 0.3, "audio")]
    found = fuse_key([named, *heard])
    assert found is not None
    assert (found.value, found.source) == ("Gm", "filename")


def test_a_named_key_beats_a_near_one_heard() -> None:
    named = Evidence(PossibleKey("Am"), 0.85, "filename")
    found = fuse_key([named, Evidence(PossibleKey("C"), 0.8, "audio")])
    assert found is not None
    assert found.value == "Am"


def test_a_weak_word_loses_to_a_clear_sound() -> None:
    named = Evidence(PossibleKey("Fm"), 0.3, "filename")
    found = fuse_key([named, Evidence(PossibleKey("Cm"), 0.8, "audio")])
    assert found is not None
    assert (found.value, found.source) == ("Cm", "audio")


def test_a_clear_name_stands_against_a_clear_sound() -> None:
    found = fuse_key([named("Cm", 0.92), *heard(Fm=0.9)])
    assert found is not None
    assert (found.value, found.source) == ("Cm", "filename")


def test_agreement_makes_surer_and_contradiction_less_sure() -> None:
    found = [
        fuse_key([named("Cm", 0.8), *claims])
        for claims in (heard(Cm=0.7), heard(Fm=0.3, Cm=0.1), heard(Fm=0.98))
    ]
    chances = [0.0 if f is None else f.confidence for f in found]
    assert chances[0] > chances[1] > chances[2] > 0.5
    assert chances[0] > 0.9


def test_the_surer_of_two_names_decides() -> None:
    found = fuse_key([named("Am", 0.9), named("C", 0.5)])
    assert found is not None
    assert found.value == "Am"


def test_a_bare_tonic_is_major_unless_minor_is_heard_far_more() -> None:
    claim = named("G", 0.8, mode_known=False)
    for minor, major, key in ((0.3, 0.25, "G"), (0.5, 0.1, "Gm")):
        found = fuse_key([claim, *heard(Gm=minor, G=major)])
        assert found is not None
        assert found.value == key


@given(weights, weights)
def test_the_users_key_always_wins(weight: float, other: float) -> None:
    claims = [Evidence(PossibleKey("Bb"), weight, "user"), named("Am", other), *heard(Em=0.9)]
    found = fuse_key(claims)
    assert found is not None
    assert (found.value, found.confidence, found.source) == ("Bb", 1.0, "user")


@given(st.sampled_from(KEYS), weights, st.sampled_from(KEYS), weights)
def test_confidence_stays_a_probability(name: str, weight: float, key: str, chance: float) -> None:
    found = fuse_key([named(name, weight), *heard(**{key.replace("#", "s"): chance})])
    assert found is None or 0.0 < found.confidence <= 0.99


def test_drums_have_no_key() -> None:
    assert not any(has_key(category) for category in DRUM_CATEGORIES)
    assert has_key("bass")
