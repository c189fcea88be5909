import pytest

from src.music.evidence.category import fuse_category
from src.music.theory.library import CATEGORIES


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


@pytest.mark.parametrize("weight", [0.3, 0.6, 0.9])
def test_where_the_sound_says_nothing_a_word_is_believed_as_often_as_it_is_right(
    weight: float,
) -> None:
    silent = dict.fromkeys(CATEGORIES, 1.0 / len(CATEGORIES))
    finding, _ = fuse_category({"bass": weight}, silent)
    assert finding.value == "bass"
    assert finding.confidence == pytest.approx(weight, abs=0.03)


def test_a_likely_word_beats_a_sound_that_is_sure_of_something_else() -> None:
    finding, _ = fuse_category({"keys": 0.75}, {"percussion": 0.9, "keys": 0.02})
    assert finding.value == "keys"
