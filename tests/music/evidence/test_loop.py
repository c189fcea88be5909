from hypothesis import given
from hypothesis import strategies as st

from src.music.evidence.estimates import Evidence
from src.music.evidence.loop import fuse_loop


def test_loop_evidence_multiplies() -> None:
    one = fuse_loop([Evidence(True, 0.7, "audio")])
    two = fuse_loop([Evidence(True, 0.7, "audio"), Evidence(True, 0.9, "filename")])
    assert one.value is two.value is True
    assert two.confidence > one.confidence > 0.5
    assert two.source == "filename"


@given(st.lists(st.tuples(st.booleans(), st.floats(0.5, 1.0)), max_size=5))
def test_loop_confidence_is_a_probability_of_at_least_half(
    claims: list[tuple[bool, float]],
) -> None:
    found = fuse_loop([Evidence(value, weight, "audio") for value, weight in claims])
    assert 0.5 <= found.confidence <= 1.0


def test_nothing_known_is_a_one_shot_by_even_odds() -> None:
    found = fuse_loop([])
    assert (found.value, found.confidence) == (False, 0.5)


def test_two_doubts_outweigh_one_weak_word() -> None:
    sound = [Evidence(False, 0.8, "audio"), Evidence(False, 0.8, "metadata")]
    assert fuse_loop([Evidence(True, 0.85, "filename"), *sound]).value is False
