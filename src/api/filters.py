"""Which stems a list or a search is about, as its query says."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Query

from src.db import crud
from src.schemas.common import Text
from src.schemas.stem_filters import RangeText, limits_of
from src.schemas.stems import Category, ChordNames, KeyName, Tag
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


@dataclass(frozen=True)
class SearchFilters:
    """The filters of searches, matches and counts. Ranges: 120..130, 120.. or ..130."""

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
    chords: Annotated[
        ChordNames | None,
        Query(description="Loops that go over these chords", examples=["Am F C G"]),
    ] = None

    def filtered(self) -> SearchQuery:
        """Convert to the search's filters. A range and its single limits hold together."""
        return SearchQuery(feedback=True, **self._said())

    def narrowed(self) -> crud.StemFilter:
        """Convert to the database's filter."""
        return crud.StemFilter(**self._said())

    def _said(self) -> dict[str, Any]:
        """Collect the fields that both filters have by the same names."""
        same = ("key", "compatible", "is_loop", "licence", "kit", "tag", "collection", "chords")
        fields = {name: getattr(self, name) for name in same}
        return {"categories": tuple(self.category or ()), **fields, **limits_of(self)}


@dataclass(frozen=True)
class ListQuery(SearchFilters):
    """The filters of the list of stems: those of a search, and two more."""

    q: Annotated[Text, Query(max_length=200, description="Part of name, file or kit")] = ""
    missing: Annotated[bool | None, Query(description="Whether its originals are gone")] = None

    def narrowed(self) -> crud.StemFilter:
        """Convert to the database's filter."""
        return replace(super().narrowed(), text=self.q, missing=self.missing)


SearchFiltersDep = Annotated[SearchFilters, Depends()]
Likes = list[Annotated[Text, Query(min_length=1, max_length=200)]]


@dataclass(frozen=True)
class Paging:
    """Which hits of all are shown."""

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
