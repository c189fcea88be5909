import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.category_evidence import fuse_category
from src.music.evidence import Candidate
from src.music.key_evidence import KeyOpinion, fuse_key, has_key
from src.music.library import CATEGORIES, DRUM_CATEGORIES
from src.music.loop_evidence import fuse_loop
from src.music.tempo_evidence import fuse_tempo

weights = st.floats(0.05, 1.0)


def test_nothing_claimed_is_nothing_known() -> None:
    assert fuse_tempo([], duration_s=2.0, heard_exact=False) is None
    assert fuse_key([]) is None


def test_a_name_beats_the_sound_in_an_octave() -> None:
    named, heard = Candidate(174.0, 0.8, "filename"), Candidate(87.0, 0.9, "audio")
    found = fuse_tempo([named, heard], duration_s=16 * 60 / 174, heard_exact=True)
    assert found is not None
    assert (found.value, found.source) == (174.0, "filename")


def test_a_name_that_contradicts_length_and_sound_loses() -> None:
    named, heard = Candidate(120.0, 0.95, "filename"), Candidate(136.88, 0.8, "audio")
    found = fuse_tempo([named, heard], duration_s=4 * 60 / 136.88, heard_exact=True)
    assert found is not None
    assert (found.value, found.source) == (136.88, "audio")


def test_a_name_is_kept_where_the_sound_is_unsure() -> None:
    named, heard = Candidate(120.0, 0.95, "filename"), Candidate(101.0, 0.3, "audio")
    found = fuse_tempo([named, heard], duration_s=3.1, heard_exact=False)
    assert found is not None
    assert found.value == 120.0


def test_agreement_makes_more_certain() -> None:
    named, heard = Candidate(128.0, 0.6, "filename"), Candidate(128.02, 0.6, "audio")
    alone = fuse_tempo([named], duration_s=3.3, heard_exact=False)
    both = fuse_tempo([named, heard], duration_s=3.3, heard_exact=False)
    assert alone is not None
    assert both is not None
    assert both.confidence > alone.confidence


@given(st.floats(40, 220), weights, st.floats(40, 220), weights)
def test_the_user_always_wins(told: float, weight: float, heard: float, other: float) -> None:
    candidates = [Candidate(told, weight, "user"), Candidate(heard, other, "audio")]
    found = fuse_tempo(candidates, duration_s=7.5, heard_exact=True)
    assert found is not None
    assert found.value == pytest.approx(told, rel=0.006)
    assert (found.source, found.confidence) == ("user", 1.0)


@pytest.mark.parametrize("bpm", [math.nan, math.inf, 0.0, -120.0, 5_000.0])
def test_impossible_tempos_are_not_heard(bpm: float) -> None:
    assert fuse_tempo([Candidate(bpm, 0.9, "metadata")], duration_s=2.0, heard_exact=False) is None


def test_a_named_tonic_takes_its_mode_from_the_sound() -> None:
    named = Candidate(KeyOpinion("G", mode_known=False), 0.8, "filename")
    heard = [Candidate(KeyOpinion("Gm"), 0.5, "audio"), Candidate(KeyOpinion("Bb"), 0.3, "audio")]
    found = fuse_key([named, *heard])
    assert found is not None
    assert (found.value, found.source) == ("Gm", "filename")


def test_a_named_key_beats_a_near_one_heard() -> None:
    named = Candidate(KeyOpinion("Am"), 0.85, "filename")
    found = fuse_key([named, Candidate(KeyOpinion("C"), 0.8, "audio")])
    assert found is not None
    assert found.value == "Am"


def test_a_weak_word_loses_to_a_clear_sound() -> None:
    named = Candidate(KeyOpinion("Fm"), 0.3, "filename")
    found = fuse_key([named, Candidate(KeyOpinion("Cm"), 0.8, "audio")])
    assert found is not None
    assert (found.value, found.source) == ("Cm", "audio")


def test_a_clear_word_decides_the_category() -> None:
    finding, shares = fuse_category({"snare": 0.95}, {"clap": 0.7, "snare": 0.2})
    assert (finding.value, finding.source) == ("snare", "filename")
    assert sum(shares.values()) == pytest.approx(1.0)
    assert set(shares) == set(CATEGORIES)


def test_a_vague_word_does_not() -> None:
    finding, _ = fuse_category({"drums": 0.15}, {"hihat": 0.9, "drums": 0.02})
    assert (finding.value, finding.source) == ("hihat", "audio")


def test_without_any_evidence_the_category_is_other() -> None:
    finding, _ = fuse_category({}, {})
    assert (finding.value, finding.confidence) == ("other", 0.0)


def test_loop_evidence_multiplies() -> None:
    one = fuse_loop([Candidate(True, 0.7, "audio")])
    two = fuse_loop([Candidate(True, 0.7, "audio"), Candidate(True, 0.9, "filename")])
    assert one.value is two.value is True
    assert two.confidence > one.confidence > 0.5
    assert two.source == "filename"


@given(st.lists(st.tuples(st.booleans(), st.floats(0.5, 1.0)), max_size=5))
def test_loop_confidence_is_a_probability_of_at_least_half(
    claims: list[tuple[bool, float]],
) -> None:
    found = fuse_loop([Candidate(value, weight, "audio") for value, weight in claims])
    assert 0.5 <= found.confidence <= 1.0


def test_drums_have_no_key() -> None:
    assert not any(has_key(category) for category in DRUM_CATEGORIES)
    assert has_key("bass")
