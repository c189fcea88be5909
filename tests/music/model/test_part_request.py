import pytest

from src.music.model.part_request import PartRequest
from src.music.model.plan import StemQuery

SOFT = StemQuery("pad", ("warm",), text="glass", pattern="held", gain_db=-6.0, count=2)
LOUD = StemQuery("pad", ("warm",), text="glass", gain_db=3.0)
PAD = PartRequest("pad 2", "pad", ("warm",), "glass", index=1, count=2)


def test_pattern_and_level_are_those_of_the_first_section_that_asks() -> None:
    both = PAD.for_queries([(2, SOFT), (5, LOUD)])
    later = both.for_queries([(5, LOUD)])

    assert (both.pattern, both.gain_db, both.sections) == ("held", -6.0, {2, 5})
    assert (later.pattern, later.gain_db, later.sections) == (None, 3.0, {5})
    assert (later.name, later.index, later.count) == ("pad 2", 1, 2)


def test_a_section_is_told_by_its_number() -> None:
    requested = PAD.for_queries([(2, SOFT), (5, LOUD)])

    assert requested.query_in(5) == LOUD
    with pytest.raises(KeyError):
        requested.query_in(3)


def test_the_library_is_asked_the_same_for_all_sections() -> None:
    requested = [PAD.for_queries([(2, SOFT)]), PAD.for_queries([(5, LOUD)])]

    assert {one.library_query for one in requested} == {StemQuery("pad", ("warm",), text="glass")}
