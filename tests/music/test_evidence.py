import pytest

from src.music.category_evidence import fuse_category
from src.music.library import CATEGORIES


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
