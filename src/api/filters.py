"""Which stems a list or a search is about, as its query says."""

import re
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator

from src.db import crud
from src.schemas.common import Text
from src.schemas.stems import Category, KeyName, Tag
from src.services.search import SearchQuery

Bpm = Annotated[
    float | None, Query(ge=0, le=1000, allow_inf_nan=False, description="Beats per minute")
]
Seconds = Annotated[float | None, Query(ge=0, le=1e6, allow_inf_nan=False, description="Seconds")]
Categories = Annotated[list[Category] | None, Query(description="Any of these")]
Key = Annotated[KeyName | None, Query()]
IsLoop = Annotated[bool | None, Query(description="Loops or one-shots only")]
KitName = Annotated[Text | None, Query(max_length=255, description="Id or name of a kit")]


CollectionName = Annotated[
    Text | None, Query(max_length=36, description='Id of a collection, such as "favourites"')
]

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER})?\s*(\.\.)?\s*({_NUMBER})?")


def range_of(text: str | None, *, around: float = 0.0) -> tuple[float | None, float | None]:
    """Return lowest and highest value of "120..130", "120..", "..130" or "128"; None: no limit.

    around: how far a value may lie from a single one

    Raises ValueError for anything else.
    """
    if text is None:
        return None, None
    match = _RANGE.fullmatch(text.strip())
    numbers = (None, None) if match is None else (match[1], match[3])
    if match is None or numbers == (None, None) or (match[2] is None and numbers[1] is not None):
        raise ValueError(f"must be a number, or a range such as 1..4, 1.. or ..4, got {text!r}")
    low, high = (None if number is None else float(number) for number in numbers)
    if match[2] is None and low is not None:
        return low - around, low + around
    if low is not None and high is not None and low > high:
        raise ValueError(f"a range must not start above its end, got {text!r}")
    return low, high


def _range_text(text: str) -> str:
    range_of(text)
    return text


RangeText = Annotated[Text, AfterValidator(_range_text)]

BPM_AROUND, LOUDNESS_AROUND_LU, DURATION_AROUND = 0.5, 0.5, 0.02
"""How far from a single value still counts as it; of durations as a share."""


@dataclass(frozen=True)
class ListQuery:
    """The filters of the list of stems."""

    category: Categories = None
    bpm_min: Bpm = None
    bpm_max: Bpm = None
    key: Key = None
    is_loop: IsLoop = None
    kit: KitName = None
    tag: Annotated[Tag | None, Query(description="A tag that the stem has")] = None
    q: Annotated[Text, Query(max_length=200, description="Part of name, file or kit")] = ""
    missing: Annotated[bool | None, Query(description="Whether its originals are gone")] = None
    collection: CollectionName = None

    def requested(self) -> crud.StemFilter:
        """Convert to the database's filter."""
        return crud.StemFilter(
            categories=tuple(self.category or ()),
            bpm_min=self.bpm_min,
            bpm_max=self.bpm_max,
            key=self.key,
            is_loop=self.is_loop,
            kit=self.kit,
            tag=self.tag,
            text=self.q,
            missing=self.missing,
            collection=self.collection,
        )


@dataclass(frozen=True)
class SearchFilters:
    """The filters of a search. Ranges are written 120..130, 120.. or ..130."""

    category: Categories = None
    bpm: Annotated[
        RangeText | None, Query(description="Tempo: 128 or 120..130", examples=["120..130"])
    ] = None
    bpm_min: Bpm = None
    bpm_max: Bpm = None
    key: Key = None
    compatible: Annotated[bool, Query(description="Also keys that mix well with it")] = False
    is_loop: IsLoop = None
    duration: Annotated[
        RangeText | None, Query(description="Length in seconds, a range", examples=["1..4"])
    ] = None
    duration_min_s: Seconds = None
    duration_max_s: Seconds = None
    loudness: Annotated[
        RangeText | None, Query(description="Integrated loudness in LUFS", examples=["-20..-10"])
    ] = None
    rating: Annotated[
        RangeText | None, Query(description="Your rating, 1 to 5", examples=["4.."])
    ] = None
    licence: Annotated[
        Text | None, Query(max_length=100, description='Part of its name; "none": without one')
    ] = None
    kit: KitName = None
    tag: Annotated[Tag | None, Query(description="A tag that the stem has")] = None
    collection: CollectionName = None

    def filtered(self) -> SearchQuery:
        """Convert to the search's filters. A range and its single limits hold together."""
        bpm = _both(range_of(self.bpm, around=BPM_AROUND), (self.bpm_min, self.bpm_max))
        low_s, high_s = range_of(self.duration)
        if low_s is not None and low_s == high_s:
            low_s, high_s = low_s * (1.0 - DURATION_AROUND), low_s * (1.0 + DURATION_AROUND)
        duration = _both((low_s, high_s), (self.duration_min_s, self.duration_max_s))
        loudness = range_of(self.loudness, around=LOUDNESS_AROUND_LU)
        rating = range_of(self.rating)
        return SearchQuery(
            categories=tuple(self.category or ()),
            bpm_min=bpm[0],
            bpm_max=bpm[1],
            key=self.key,
            compatible=self.compatible,
            is_loop=self.is_loop,
            duration_min_s=duration[0],
            duration_max_s=duration[1],
            loudness_min_lufs=loudness[0],
            loudness_max_lufs=loudness[1],
            rating_min=rating[0],
            rating_max=rating[1],
            licence=self.licence,
            kit=self.kit,
            tag=self.tag,
            collection=self.collection,
            feedback=True,
        )


Limits = tuple[float | None, float | None]


def _both(first: Limits, second: Limits) -> Limits:
    """Narrow two ranges to what both allow."""
    lows = [limit for limit in (first[0], second[0]) if limit is not None]
    highs = [limit for limit in (first[1], second[1]) if limit is not None]
    return max(lows, default=None), min(highs, default=None)


SearchFiltersDep = Annotated[SearchFilters, Depends()]
Likes = list[Annotated[Text, Query(min_length=1, max_length=200)]]


@dataclass(frozen=True)
class Paging:
    """Which hits of all are reported."""

    limit: Annotated[int, Query(ge=1, le=200)] = 5
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0
    cursor: Annotated[
        Text | None, Query(max_length=500, description="next_cursor of the page before")
    ] = None
    spread: Annotated[
        float, Query(ge=0, le=1, allow_inf_nan=False, description="How much hits shall differ")
    ] = 0.0
    fold: Annotated[bool, Query(description="Tell near-duplicates beside the best one only")] = (
        False
    )

    def of(self, query: SearchQuery) -> SearchQuery:
        """Give a query this paging."""
        return replace(
            query,
            limit=self.limit,
            offset=self.offset,
            cursor=self.cursor,
            spread=self.spread,
            fold=self.fold,
        )


PagingDep = Annotated[Paging, Depends()]


@dataclass(frozen=True)
class SearchWords:
    """What hits shall sound like, be called, and go with."""

    prompt: Annotated[
        Text,
        Query(
            max_length=1000,
            description="How it should sound: English, German, Russian. Empty: filters alone",
            examples=["dark industrial kick"],
        ),
    ] = ""
    like: Annotated[
        Likes | None, Query(max_length=32, description="Ids of stems, or texts: more like this")
    ] = None
    unlike: Annotated[
        Likes | None, Query(max_length=32, description="Ids of stems, or texts: less like that")
    ] = None
    fits: Annotated[
        Text | None, Query(max_length=36, description="Id of a stem or track to go with")
    ] = None

    def of(self, query: SearchQuery) -> SearchQuery:
        """Give a query these words."""
        return replace(
            query,
            prompt=self.prompt,
            like=tuple(self.like or ()),
            unlike=tuple(self.unlike or ()),
            fits=self.fits,
        )


ListQueryDep = Annotated[ListQuery, Depends()]
SearchWordsDep = Annotated[SearchWords, Depends()]
