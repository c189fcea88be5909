"""What the benchmark of tracks counts as there, as missing, and as stood in for."""

from typing import Any, cast

import pytest

from benchmarks.music import missing_of, stood_in_of
from benchmarks.music_prompts import PROMPTS, TrackRequest
from src.music.model.score import Choice, Score
from src.services.search import SearchQuery
from src.wiring import Services


class Library:
    """Has stems of some categories."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds
        self.search_service = self

    @property
    def services(self) -> Services:
        holder: Any = type("Holder", (), {"search": self})()
        return cast(Services, holder)

    def search(self, query: SearchQuery) -> list[str]:
        return ["stem"] if query.category in self.kinds else []


def score_with(*pairs: tuple[str, str]) -> Score:
    choices = tuple(
        Choice(f"s{n}", f"S{n}", plays, requested, ("Drop",), 0.9)
        for n, (requested, plays) in enumerate(pairs)
    )
    return Score(120.0, "Am", 1, (), (), -14.0, -1.0, choices=choices)


@pytest.mark.parametrize(
    ("held", "missing", "lacking"),
    [(("brass", "bass"), ("brass",), ()), (("bass",), (), ("brass",))],
)
def test_what_the_library_has_not_can_not_be_missing(
    held: tuple[str, ...], missing: tuple[str, ...], lacking: tuple[str, ...]
) -> None:
    wish = TrackRequest("trap with brass and bass", ("brass", "bass"))
    found = missing_of(Library(*held).services, wish, score_with(("bass", "bass")))
    assert found == (missing, lacking)


def test_a_stand_in_is_told_apart() -> None:
    wish = TrackRequest("brass and bass", ("brass", "bass"))
    score = score_with(("brass", "synth"), ("bass", "bass"), ("bass", "synth"))
    assert stood_in_of(wish, score) == ("brass",)


def test_there_are_sixty_prompts_and_none_twice() -> None:
    assert len({requested.prompt for requested in PROMPTS}) == 60
