import pytest

from src.music.category_evidence import fuse_category
from src.music.evidence import Candidate
from src.music.key_evidence import KeyOpinion, fuse_key, has_key
from src.music.library import CATEGORIES, DRUM_CATEGORIES


def test_nothing_claimed_is_nothing_known() -> None:
    assert fuse_key([]) is None


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


def test_drums_have_no_key() -> None:
    assert not any(has_key(category) for category in DRUM_CATEGORIES)
    assert has_key("bass")
